// What the Debitoor record says about its document: chosen, and put in order with buttons.

import { h, ui, useState } from "../host.js";
import { useWords } from "../words.js";
import { useField, useWizard } from "./context.js";
import { choiceWord, sentenceOf } from "./fields.js";
import { choicesOf } from "./schema.js";

const PATH = "specification";

export function SpecificationField() {
  const { t, has } = useWords();
  const { choices, settings } = useWizard();
  const { id, value = [], set, problem } = useField(PATH);
  const [said, setSaid] = useState("");
  const word = (name) => choiceWord(t, has, PATH, name);
  const others = choicesOf(choices.schema, settings.type, PATH).filter((name) => !value.includes(name));

  const move = (index, by) => {
    if (!(index + by in value)) return;
    const list = [...value];
    list.splice(index + by, 0, ...list.splice(index, 1));
    set(list);
    setSaid(t("wizard.order.moved", { name: word(value[index]), place: index + by + 1 }));
  };
  const toggle = (name) => {
    const isIn = value.includes(name);
    set(isIn ? value.filter((one) => one !== name) : [...value, name]);
    setSaid(t(isIn ? "wizard.list.removed" : "wizard.list.added", { item: word(name) }));
    document.getElementById(id)?.focus(); // the button that was pressed goes away
  };

  return h(
    ui.Fieldset.Root,
    { invalid: Boolean(problem) },
    h(ui.Fieldset.Legend, { id, tabIndex: -1, textStyle: "sm" }, t("field.specification")),
    h(ui.Fieldset.HelperText, null, t("field.specification.help")),
    h(
      ui.Stack,
      { as: "ol", gap: 1, listStyleType: "none", p: 0, maxW: "32rem" },
      value.map((name, index) =>
        h(
          ui.HStack,
          { as: "li", key: name, borderWidth: "1px", rounded: "md", ps: 3, pe: 1, py: 1 },
          h(ui.Text, { flex: 1, textStyle: "sm" }, `${index + 1}. ${word(name)}`),
          h(
            Small,
            { label: t("wizard.order.up", { name: word(name) }), isOff: index === 0, onClick: () => move(index, -1) },
            "↑",
          ),
          h(
            Small,
            {
              label: t("wizard.order.down", { name: word(name) }),
              isOff: index === value.length - 1,
              onClick: () => move(index, 1),
            },
            "↓",
          ),
          h(Small, { label: t("wizard.list.remove", { item: word(name) }), onClick: () => toggle(name) }, "✕"),
        ),
      ),
    ),
    others.length > 0 &&
      h(
        ui.Wrap,
        { role: "group", "aria-label": t("wizard.order.more"), gap: 1, mt: 1 },
        others.map((name) =>
          h(
            ui.Button,
            {
              key: name,
              size: "xs",
              variant: "surface",
              "aria-label": t("wizard.order.add", { name: word(name) }),
              onClick: () => toggle(name),
            },
            h("span", { "aria-hidden": true }, "+"),
            word(name),
          ),
        ),
      ),
    problem && h(ui.Fieldset.ErrorText, { color: "red.fg" }, sentenceOf(problem)),
    h(ui.VisuallyHidden, { "aria-live": "polite" }, said),
  );
}

/** One that can do nothing keeps the focus: what is at the top was often just moved there. */
function Small({ label, isOff, onClick, children }) {
  const props = { size: "xs", variant: "ghost", "aria-label": label, "aria-disabled": isOff || undefined, onClick };
  return h(ui.IconButton, props, children);
}
