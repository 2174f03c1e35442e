// The field of a number with decimals.

import { h, ui, useState } from "../host.js";
import { useWords } from "../words.js";
import { useField } from "./context.js";
import { Labelled, helpOf } from "./fields.js";
import { numberOf, shownNumber } from "./number_text.js";

/** @param {{path: string, parse?: (text: string) => any}} props parse: what a typed text stands for */
export function DecimalField({ path, parse = numberOf }) {
  const { t, has, language } = useWords();
  const { id, value, set, problem } = useField(path);
  const [typed, setTyped] = useState(null);
  const change = (text) => {
    const entered = parse(text);
    setTyped(text);
    set(entered === "" ? undefined : entered);
  };
  return h(
    Labelled,
    { id, label: t(`field.${path}`), help: helpOf(t, has, path), problem, maxW: "12rem" },
    h(ui.Input, {
      value: typed ?? shownNumber(value, language),
      inputMode: "decimal",
      autoComplete: "off",
      maxLength: 20,
      onChange: (event) => change(event.target.value),
      onBlur: () => setTyped(null),
    }),
  );
}
