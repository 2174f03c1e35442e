// An input for a list of words, such as tags: Enter or a semicolon adds one, each can be taken out again. A list that is
// pasted has one in each line, or semicolons between them; a comma may be part of a name or of a number.

import { h, ui, useId, useRef, useState } from "../host.js";
import { useWords } from "../words.js";
import { useField } from "./context.js";
import { Offers, ProblemText } from "./fields.js";

const BETWEEN = /[;\t\r\n]/;

/**
 * @param {{path: string, known?: string[], parse?: (text: string) => any, show?: (item: any) => string,
 *   between?: RegExp}} props known: what is offered while typing; parse: what a typed text stands for; show: how an item
 *   is written; between: what ends an item
 */
export function ListField({ path, known = [], parse = (text) => text, show = String, between = BETWEEN }) {
  const { t, has } = useWords();
  const { id, value = [], set, problem } = useField(path);
  const [typed, setTyped] = useState("");
  const [said, setSaid] = useState("");
  const offers = useId();
  const input = useRef(null);
  const label = t(`field.${path}`);

  const put = (list) => set(list.length ? list : undefined);
  const add = (texts) => {
    const items = [];
    for (const item of texts.map((text) => text.trim()).filter(Boolean).map(parse)) {
      if (![...value, ...items].some((one) => String(one) === String(item))) items.push(item);
    }
    if (items.length === 0) return;
    put([...value, ...items]);
    setSaid(t("wizard.list.added", { item: items.map(show).join("; ") }));
  };
  const partsOf = (text) => (known.includes(text.trim()) ? [text] : text.split(between));
  const enter = (text) => {
    setTyped("");
    add(partsOf(text));
  };
  const type = (text) => {
    const parts = partsOf(text);
    setTyped(parts.pop());
    add(parts);
  };
  const remove = (item) => {
    put(value.filter((one) => one !== item));
    input.current.focus();
    setSaid(t("wizard.list.removed", { item: show(item) }));
  };
  const onKeyDown = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    enter(typed);
  };
  /** An input drops the ends of lines. */
  const onPaste = (event) => {
    const { selectionStart: from, selectionEnd: to } = event.target;
    const text = event.clipboardData.getData("text");
    if (!/[\r\n]/.test(text.trim())) return;
    event.preventDefault();
    enter(typed.slice(0, from) + text + typed.slice(to));
  };

  return h(
    ui.Field.Root,
    { id, invalid: Boolean(problem) },
    h(ui.Field.Label, null, label),
    value.length > 0 && h(Items, { items: value, label, show, remove }),
    h(
      ui.HStack,
      { width: "full" },
      h(ui.Input, {
        ref: input,
        value: typed,
        list: known.length ? offers : undefined,
        autoComplete: "off",
        maxLength: 200,
        onChange: (event) => type(event.target.value),
        onKeyDown,
        onPaste,
        onBlur: () => enter(typed),
      }),
      h(
        ui.Button,
        { variant: "outline", "aria-label": t("wizard.list.addTo", { label }), onClick: () => enter(typed) },
        t("wizard.list.add"),
      ),
    ),
    h(Offers, { id: offers, known }),
    has(`field.${path}.help`) && h(ui.Field.HelperText, null, t(`field.${path}.help`)),
    h(ProblemText, { problem }),
    h(ui.VisuallyHidden, { "aria-live": "polite" }, said),
  );
}

function Items({ items, label, show, remove }) {
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
          h(ui.Tag.Label, null, show(item)),
          h(
            ui.Tag.EndElement,
            null,
            h(ui.Tag.CloseTrigger, { "aria-label": t("wizard.list.remove", { item: show(item) }), onClick: () => remove(item) }),
          ),
        ),
      ),
    ),
  );
}
