// Numbers with decimals as text: read with either decimal sign, written with that of the reader's language.

import { typedNumber, ungrouped } from "../format.js";

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
