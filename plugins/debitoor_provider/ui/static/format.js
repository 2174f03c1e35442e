// Dates, times and amounts as the reader's language writes them. Amounts are decimal texts and stay exact.

/** The time zone that was chosen in Airflow's UI, which keeps it as JSON; as there, the browser's before that. */
export function timeZone() {
  try {
    const chosen = JSON.parse(localStorage.getItem("timezone")) || undefined;
    return new Intl.DateTimeFormat("en", { timeZone: chosen }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** In French the first of a month is an ordinal, which the browser's patterns lack. */
const ordinal = (text, language) => (language === "fr" ? text.replace(/^1(?=\s)/, "1er") : text);

export const day = (iso, language) =>
  iso
    ? ordinal(
        new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${iso}T00:00Z`)),
        language,
      )
    : "";

/** @param {string} iso YYYY-MM */
export const month = (iso, language) =>
  new Intl.DateTimeFormat(language, { year: "numeric", month: "long", timeZone: "UTC" }).format(new Date(`${iso}-01T00:00Z`));

export const moment = (iso, language) =>
  iso
    ? ordinal(
        new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: timeZone() }).format(
          new Date(iso),
        ),
        language,
      )
    : "";

export const amount = (text, language) =>
  text === null || text === undefined || text === ""
    ? ""
    : new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 20 }).format(text);

/** A number, or a decimal text, as a person types it: exact, without marks between thousands. */
export const typedNumber = (number, language, minimumFractionDigits = 0) =>
  new Intl.NumberFormat(language, { useGrouping: false, minimumFractionDigits, maximumFractionDigits: 20 }).format(number);

/** A number without the blanks between its groups of three digits; other text stays as it is. */
export const ungrouped = (text) => (BLANKS_BETWEEN_GROUPS.test(text) ? text.replace(/[^\d.,]/g, "") : text);

const BLANKS_BETWEEN_GROUPS = /^[1-9]\d{0,2}(?:([' \u00a0\u2007\u2009\u202f\u2019])\d{3})(?:\1\d{3})*(?:[.,]\d+)?$/;

/** A time of day, HH:MM, as clocks of the language show it. */
export const timeOfDay = (text, language) =>
  new Intl.DateTimeFormat(language, { timeStyle: "short", timeZone: "UTC" }).format(new Date(`1970-01-01T${text}Z`));

export const percent = (rate, language) => `${Number(rate).toLocaleString(language)} %`;

/** How long ago, or how long from now, in the largest fitting unit. */
export function relative(iso, language, now = Date.now()) {
  if (!iso) return "";
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["year", 31536000],
  ["month", 2592000],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** @type {[string, number][]} */
const SHORT_UNITS = [
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

export function duration(seconds, language) {
  if (seconds === null || seconds === undefined) return "";
  const [unit, size] = SHORT_UNITS.find(([, length]) => seconds >= length) ?? SHORT_UNITS.at(-1);
  /** @type {Intl.NumberFormatOptions} */
  const options = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: unit === "second" ? 0 : 1 };
  return new Intl.NumberFormat(language, options).format(seconds / size);
}
