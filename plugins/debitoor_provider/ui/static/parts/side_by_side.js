// A document next to the records that it may be a duplicate of, so that a person can compare them.

import { h, ui } from "../host.js";
import { day } from "../format.js";
import { useWords } from "../words.js";
import { Money } from "./document_facts.js";
import { Place, documentPlace } from "./links.js";

/** @param {{document: Object}} props with `lookalikes` */
export function SideBySide({ document: one }) {
  const { t, language } = useWords();
  const columns = [
    {
      where: t("lookalikes.this"),
      number: one.document_number,
      date: one.document_date,
      gross: one.gross_amount,
      currency: one.currency,
      party: one.company,
    },
    ...one.lookalikes,
  ];
  /** @type {[string, (column: Object) => any][]} */
  const rows = [
    ["documents.number", (column) => column.number],
    ["documents.date", (column) => day(column.date, language)],
    ["documents.gross", (column) => h(Money, { of: column.gross, currency: column.currency })],
    ["documents.company", (column) => column.party],
  ];
  return h(
    ui.Box,
    null,
    h(ui.Heading, { as: "h3", size: "md", mb: 1 }, t("lookalikes.title")),
    h(
      ui.Box,
      { overflowX: "auto" },
      h(
        ui.Table.Root,
        { size: "sm", variant: "line", "aria-label": t("lookalikes.title") },
        h(
          ui.Table.Header,
          null,
          h(
            ui.Table.Row,
            null,
            h(ui.Table.Cell),
            columns.map((column, index) =>
              h(ui.Table.ColumnHeader, { key: index, scope: "col", overflowWrap: "anywhere" }, h(Where, { column })),
            ),
          ),
        ),
        h(
          ui.Table.Body,
          null,
          rows.map(([key, value]) =>
            h(
              ui.Table.Row,
              { key },
              h(ui.Table.ColumnHeader, { scope: "row" }, t(key)),
              columns.map((column, index) => h(ui.Table.Cell, { key: index, overflowWrap: "anywhere" }, value(column))),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Where a record is; a document of the same account can be opened. */
function Where({ column }) {
  return column.id ? h(Place, { to: documentPlace(column) }, column.where) : column.where;
}
