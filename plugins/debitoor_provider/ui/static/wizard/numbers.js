// Numbers with decimals: typed with either decimal sign, shown with that of the reader's language.

import { h, ui, useState } from "../host.js";
import { typedNumber, ungrouped } from "../format.js";
import { useWords } from "../words.js";
import { useField } from "./context.js";
import { Labelled, helpOf } from "./fields.js";

/** What a typed text stands for. One of no or of two meanings, such as 1.234, stays as it is: the server refuses it. */
export function numberOf(text) {
  const bare = String(text).trim();
  const plain = MARKED.some((form) => form.test(bare)) ? bare.replace(/[.,](?=\d{3})/g, "") : ungrouped(bare);
  return /^\d+(?:[.,]\d{1,2})?$/.test(plain) ? Number(plain.replace(",", ".")) : bare;
}

/** The same for a rate, behind which the sign may stand. */
export const rateOf = (text) => numberOf(String(text).replace(/(?<=\d)\s*%\s*$/, ""));

/** Numbers of groups whose mark cannot be taken for the decimal sign, since there is another, or more than one. */
const MARKED = [
  /^[1-9]\d{0,2}(?:(?:,\d{3})+\.\d{1,2}|(?:,\d{3}){2,})$/,
  /^[1-9]\d{0,2}(?:(?:\.\d{3})+,\d{1,2}|(?:\.\d{3}){2,})$/,
];

/** A value of the settings as the reader would type it. */
export function shownNumber(value, language) {
  const number = numberOf(value ?? "");
  return typeof number === "number" ? typedNumber(number, language) : number;
}

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
