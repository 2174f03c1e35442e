// An input for a list of words, such as tags: Enter or a comma adds one, each can be taken out again.

import { h, ui, useId, useRef, useState } from "../host.js";
import { useWords } from "../words.js";
import { useField } from "./context.js";
import { Offers, ProblemText } from "./fields.js";

/**
 * @param {{path: string, known?: string[], parse?: (text: string) => any}} props known: what is offered while typing;
 *   parse: what a typed text stands for
 */
export function ListField({ path, known = [], parse = (text) => text }) {
  const { t, has } = useWords();
  const { id, value = [], set, problem } = useField(path);
  const [typed, setTyped] = useState("");
  const [said, setSaid] = useState("");
  const offers = useId();
  const input = useRef(null);
  const label = t(`field.${path}`);

  const put = (list) => set(list.length ? list : undefined);
  const add = (text) => {
    const item = parse(text.trim());
    setTyped("");
    if (text.trim() === "" || value.some((one) => String(one) === String(item))) return;
    put([...value, item]);
    setSaid(t("wizard.list.added", { item }));
  };
  const remove = (item) => {
    put(value.filter((one) => one !== item));
    input.current.focus();
    setSaid(t("wizard.list.removed", { item }));
  };
  const onKeyDown = (event) => {
    if (event.key !== "Enter" && event.key !== ",") return;
    event.preventDefault();
    add(typed);
  };

  return h(
    ui.Field.Root,
    { id, invalid: Boolean(problem) },
    h(ui.Field.Label, null, label),
    value.length > 0 && h(Items, { items: value, label, remove }),
    h(
      ui.HStack,
      { width: "full" },
      h(ui.Input, {
        ref: input,
        value: typed,
        list: known.length ? offers : undefined,
        autoComplete: "off",
        maxLength: 200,
        onChange: (event) => setTyped(event.target.value),
        onKeyDown,
        onBlur: () => add(typed),
      }),
      h(
        ui.Button,
        { variant: "outline", "aria-label": t("wizard.list.addTo", { label }), onClick: () => add(typed) },
        t("wizard.list.add"),
      ),
    ),
    h(Offers, { id: offers, known }),
    has(`field.${path}.help`) && h(ui.Field.HelperText, null, t(`field.${path}.help`)),
    h(ProblemText, { problem }),
    h(ui.VisuallyHidden, { "aria-live": "polite" }, said),
  );
}

function Items({ items, label, remove }) {
  const { t } = useWords();
  return h(
    ui.Wrap,
    { as: "ul", "aria-label": label, listStyleType: "none", p: 0 },
    items.map((item) =>
      h(
        "li",
        { key: `${typeof item}:${item}` },
        h(
          ui.Tag.Root,
          { size: "lg", maxW: "full" },
          h(ui.Tag.Label, null, String(item)),
          h(
            ui.Tag.EndElement,
            null,
            h(ui.Tag.CloseTrigger, { "aria-label": t("wizard.list.remove", { item }), onClick: () => remove(item) }),
          ),
        ),
      ),
    ),
  );
}
