// The pattern of file names, with a button for each placeholder and the names that real documents would get.

import { h, ui, useRef } from "../host.js";
import { day } from "../format.js";
import { useWords } from "../words.js";
import { useField, useWizard } from "./context.js";
import { Labelled } from "./fields.js";
import { LivePreview, useLive } from "./live.js";

export function RenameField() {
  const { t, has } = useWords();
  const { choices } = useWizard();
  const { id, value = "", set, problem } = useField("rename");
  const input = useRef(null);

  const insert = (name) => {
    const box = input.current;
    const [from, to] = [box.selectionStart ?? value.length, box.selectionEnd ?? value.length];
    const text = `{${name}}`;
    set(value.slice(0, from) + text + value.slice(to));
    // React has to write the new text before the cursor can stand behind what was put in.
    requestAnimationFrame(() => {
      box.focus();
      box.setSelectionRange(from + text.length, from + text.length);
    });
  };

  return h(
    ui.Stack,
    { gap: 2 },
    h(
      Labelled,
      { id, label: t("field.rename"), help: t("field.rename.help"), problem },
      h(ui.Input, {
        ref: input,
        value,
        fontFamily: "mono",
        autoComplete: "off",
        spellCheck: false,
        maxLength: 500,
        onChange: (event) => set(event.target.value || undefined),
      }),
      h(Position, { text: value, problem }),
    ),
    h(
      ui.Wrap,
      { role: "group", "aria-label": t("wizard.placeholders"), gap: 1 },
      choices.placeholders.map(({ name, description, example }) => {
        const label = has(`choice.placeholder.${name}`) ? t(`choice.placeholder.${name}`) : description;
        return h(
          ui.Button,
          {
            key: name,
            size: "2xs",
            variant: "surface",
            title: example ? t("common.line", { name: label, value: example }) : label,
            "aria-label": t("wizard.placeholders.insert", { name: label }),
            onClick: () => insert(name),
          },
          label,
        );
      }),
    ),
    h(NamesPreview),
  );
}

/** The pattern once more, with the place of the mistake marked. */
function Position({ text, problem }) {
  const { t } = useWords();
  const found = /\(character (\d+)\)/.exec(problem?.message ?? "");
  if (!found) return null;
  const at = Math.min(Number(found[1]) - 1, text.length);
  return h(
    ui.Code,
    { display: "block", whiteSpace: "pre-wrap", overflowWrap: "anywhere", width: "full" },
    text.slice(0, at),
    h("mark", { title: t("wizard.rename.here") }, text[at] ?? " "),
    text.slice(at + 1),
  );
}

export function NamesPreview() {
  const { t, language } = useWords();
  const live = useLive("names", ["connections.getmyinvoices"]);
  return h(
    LivePreview,
    { live, title: t("preview.names"), missing: t("preview.names.later") },
    live.data?.names.length === 0 &&
      !live.data.problem &&
      h(ui.Text, { color: "fg.muted" }, t("preview.names.none")),
    live.data?.names.length > 0 &&
      h(
        ui.Stack,
        { as: "ul", gap: 1, listStyleType: "none", p: 0 },
        live.data.names.map((one, index) =>
          h(
            ui.Box,
            { as: "li", key: index, overflowWrap: "anywhere" },
            h(ui.Text, { fontFamily: "mono", textStyle: "sm" }, one.name),
            h(
              ui.Text,
              { textStyle: "xs", color: "fg.muted" },
              [one.source_name, day(one.document_date, language), one.company].filter(Boolean).join(" · "),
            ),
          ),
        ),
      ),
  );
}
