// What record and e-invoice say differently, side by side, so that a person can choose one of them.

import { h, ui } from "../host.js";
import { day, percent } from "../format.js";
import { useWords } from "../words.js";
import { Money } from "./document_facts.js";

/** @param {{document: Object}} props with `contradictions` */
export function Contradictions({ document: one }) {
  const { t } = useWords();
  const title = t("contradictions.title");
  const sides = ["record", "invoice"];
  const currencies = currenciesOf(one);
  return h(
    ui.Box,
    null,
    h(ui.Heading, { as: "h3", size: "md", mb: 1 }, title),
    h(
      ui.Table.Root,
      { size: "sm", variant: "line", "aria-label": title },
      h(
        ui.Table.Header,
        null,
        h(
          ui.Table.Row,
          null,
          h(ui.Table.Cell),
          sides.map((side) => h(ui.Table.ColumnHeader, { key: side, scope: "col" }, t(`contradictions.${side}`))),
        ),
      ),
      h(
        ui.Table.Body,
        null,
        one.contradictions.map((row) =>
          h(
            ui.Table.Row,
            { key: row.what },
            h(ui.Table.ColumnHeader, { scope: "row" }, t(WORDS[row.what])),
            sides.map((side) =>
              h(
                ui.Table.Cell,
                { key: side, verticalAlign: "top", overflowWrap: "anywhere" },
                row[side].map((value, index) =>
                  h(ui.Box, { key: index }, h(Value, { what: row.what, value, currency: currencies[side] })),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

const WORDS = {
  kind: "contradictions.kind",
  currency: "contradictions.currency",
  date: "documents.date",
  gross: "documents.gross",
  net: "documents.net",
  rates: "contradictions.rates",
  by_rate: "contradictions.by_rate",
};

/** The currency of the amounts of each: the document's, unless that is what they differ in. */
function currenciesOf({ currency, contradictions }) {
  const differing = contradictions.find((row) => row.what === "currency");
  return { record: differing?.record[0]?.text ?? currency, invoice: differing?.invoice[0]?.text ?? currency };
}

function Value({ what, value: { text, rate }, currency }) {
  const { t, language } = useWords();
  if (what === "currency" || what === "kind") return text;
  if (what === "date") return day(text, language);
  if (what === "rates") return percent(rate, language);
  return [what === "by_rate" && t("common.line", { name: percent(rate, language), value: "" }), h(Money, { key: "money", of: text, currency })];
}
