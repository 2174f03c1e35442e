// Numbers with decimals: typed with either decimal sign, shown with that of the reader's language.

import { h, ui, useState } from "../host.js";
import { typedNumber } from "../format.js";
import { useWords } from "../words.js";
import { useField } from "./context.js";
import { Labelled, helpOf } from "./fields.js";

/** What a typed text stands for. One of no or of two meanings, such as 1.234, stays as it is: the server refuses it. */
export function numberOf(text) {
  const bare = String(text).trim();
  return /^\d+(?:[.,]\d{1,2})?$/.test(bare) ? Number(bare.replace(",", ".")) : bare;
}

/** A value of the settings as the reader would type it. */
export function shownNumber(value, language) {
  const number = numberOf(value ?? "");
  return typeof number === "number" ? typedNumber(number, language) : number;
}

export function DecimalField({ path }) {
  const { t, has, language } = useWords();
  const { id, value, set, problem } = useField(path);
  const [typed, setTyped] = useState(null);
  const change = (text) => {
    const entered = numberOf(text);
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
