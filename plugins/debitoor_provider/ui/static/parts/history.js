// What happened to a document, oldest first: when, by whom or by which run, and why.

import { h, ui } from "../host.js";
import { amount, day, moment, percent } from "../format.js";
import { useWords } from "../words.js";
import { RunPlace } from "./links.js";
import { colourOf } from "./state.js";

export function History({ events }) {
  const { t } = useWords();
  return h(
    ui.Timeline.Root,
    { size: "sm", as: "ol", listStyleType: "none", "aria-label": t("history.title") },
    events.map((event, index) => h(HistoryEvent, { key: index, event })),
  );
}

function HistoryEvent({ event }) {
  const { t, has, language } = useWords();
  const kind = `history.${event.kind}`;
  const changes = event.from_state && event.from_state !== event.to_state;
  return h(
    ui.Timeline.Item,
    { as: "li" },
    h(
      ui.Timeline.Connector,
      null,
      h(ui.Timeline.Separator),
      h(ui.Timeline.Indicator, { colorPalette: colourOf(event.to_state), "aria-hidden": true }),
    ),
    h(
      ui.Timeline.Content,
      { overflowWrap: "anywhere" },
      h(ui.Timeline.Title, { fontSize: "sm" }, has(kind) ? t(kind) : event.kind),
      h(
        ui.Text,
        { fontSize: "sm", color: "fg.muted" },
        h("time", { dateTime: event.at }, moment(event.at, language)),
        " · ",
        h(Actor, { event }),
      ),
      changes &&
        h(ui.Text, { fontSize: "sm" }, `${t(`state.${event.from_state}`)} → ${t(`state.${event.to_state}`)}`),
      h(Details, { detail: event.detail }),
    ),
  );
}

function Actor({ event }) {
  const { t } = useWords();
  if (event.actor.startsWith("user:")) return event.actor.slice("user:".length);
  if (event.actor === "check") return t("history.byCheck");
  if (event.run) return h(RunPlace, { run: event.run });
  return t("history.byRun");
}

const AMOUNT = /^-?\d+(\.\d+)?$/;
const MOMENT = /^\d{4}-\d\d-\d\dT/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** Amounts by tax rate, with their bounds where there are two, dates and lists, in the reader's language. */
function textOf(value, t, language) {
  if (Array.isArray(value)) return value.map((one) => textOf(one, t, language)).join(", ");
  if (typeof value === "string" && MOMENT.test(value)) return moment(value, language);
  if (typeof value === "string" && DAY.test(value)) return day(value, language);
  if (typeof value !== "object") return String(value);
  /** @type {[string, any[]][]} */
  const parts = Object.entries(value).map(([rate, amounts]) => [rate, [amounts].flat()]);
  const isByRate = parts.every(([rate, amounts]) => !Number.isNaN(Number(rate)) && amounts.every((one) => AMOUNT.test(one)));
  if (!isByRate) return JSON.stringify(value);
  const written = ([rate, amounts]) =>
    t("common.line", {
      name: percent(rate, language),
      value: amounts.map((one) => amount(one, language)).join(" – "),
    });
  return parts.map(written).join(", ");
}

/** The key of a value that is a word of the page. */
const wordOf = (name, value) => ({ invoice: `invoice.${value}`, figures: `history.figures.${value}`, own_supply: `supply.${value}` })[name];
/** The reason of what a check repairs, here and in the command. */
export const MISSING = "missing at the target";

/** What only a run needs. */
const HIDDEN = new Set(["target_time"]);

/** What is a number in a text of its own. */
const NUMBERS = new Set(["own_exchange_rate", "rounding"]);

/** What an event says besides; a reason as it was written, the rest with its name. */
function Details({ detail }) {
  const { t, has, language } = useWords();
  const isShown = ([name, value]) => !HIDDEN.has(name) && value !== null && value !== "" && value !== false;
  return Object.entries(detail)
    .filter(isShown)
    .map(([name, value]) => {
      const key = `history.detail.${name}`;
      const word = has(key) ? t(key) : name;
      const props = { key: name, fontSize: "sm" };
      if (value === true) return h(ui.Text, props, word);
      const known = wordOf(name, value);
      const number = () => Number(value).toLocaleString(language, { maximumFractionDigits: 10 });
      const text = known && has(known) ? t(known) : NUMBERS.has(name) ? number() : textOf(value, t, language);
      if (name === "reason") return h(ui.Text, props, value === MISSING ? t("history.missing") : t("common.quoted", { text }));
      return h(ui.Text, props, name === "why" ? text : t("common.line", { name: word, value: text }));
    });
}
