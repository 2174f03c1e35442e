// Sums of documents by month, currency and tax rate; those of a list are loaded only when they are unfolded.

import { Fragment, h, ui, useState } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { month, percent } from "../format.js";
import { useWords } from "../words.js";
import { Money } from "./document_facts.js";
import { FailureNotice, Loading } from "./notices.js";

/** @param {{account?: string, filter: Object}} props without an account: of all that one may see */
export function Sums({ account, filter }) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  return h(
    ui.Collapsible.Root,
    { open: isOpen, onOpenChange: ({ open }) => setOpen(open), lazyMount: true, unmountOnExit: true, mb: 2 },
    h(
      ui.Collapsible.Trigger,
      { asChild: true },
      h(
        ui.Button,
        { variant: "ghost", size: "sm", px: 2 },
        h("span", { "aria-hidden": true }, isOpen ? "▾" : "▸"),
        t("documents.sums"),
      ),
    ),
    h(ui.Collapsible.Content, null, h(ListSums, { account, filter })),
  );
}

function ListSums({ account, filter }) {
  const { t } = useWords();
  const { data, failure, reload } = useData((options) => api.sums(account, filter, options), [
    account,
    JSON.stringify(filter),
  ]);
  if (!data) return failure ? h(FailureNotice, { failure, onRetry: reload }) : h(Loading);
  return h(
    ui.Stack,
    { gap: 1, maxW: "5xl" },
    h(FailureNotice, { failure, onRetry: reload }),
    h(ui.Text, { fontSize: "sm", color: "fg.muted" }, t("documents.sums.explained")),
    h(SumTable, { sums: data.sums }),
  );
}

/** @param {{sums: Object[]}} props of the list or the preview */
export function SumTable({ sums }) {
  const { t } = useWords();
  const areSeveral = new Set(sums.map((one) => one.direction)).size > 1; // what comes in is no part of what goes out
  const head = (key, props) => h(ui.Table.ColumnHeader, props, t(key));
  return h(
    ui.Table.ScrollArea,
    { tabIndex: 0, role: "region", "aria-label": t("documents.sums"), maxH: "72", borderWidth: 1, rounded: "md" },
    h(
      ui.Table.Root,
      { size: "sm", stickyHeader: true, "aria-label": t("documents.sums") },
      h(
        ui.Table.Header,
        null,
        h(
          ui.Table.Row,
          null,
          head("check.sums.month"),
          head("check.sums.rate"),
          ...["net", "tax", "gross"].map((part) => head(`documents.${part}`, { textAlign: "end" })),
          head("nav.documents", { textAlign: "end" }),
          areSeveral && head("documents.sums.direction"),
        ),
      ),
      h(
        ui.Table.Body,
        null,
        sums.map((one) => h(Month, { key: `${one.month} ${one.direction} ${one.currency}`, sum: one, areSeveral })),
      ),
    ),
  );
}

/** One line if all is of one rate; else the whole, then a line for each rate. */
function Month({ sum, areSeveral }) {
  const { t, language } = useWords();
  const { currency, rates } = sum;
  const when = sum.month ? month(sum.month, language) : t("documents.sums.noDate");
  const direction = areSeveral && sum.direction_title;
  if (rates.length < 2) {
    return h(Line, { when, of: { rate: rates[0]?.rate ?? null, ...sum }, currency, direction });
  }
  return h(
    Fragment,
    null,
    h(Line, { when, of: sum, currency, direction, isWhole: true }),
    rates.map((one) => h(Line, { key: one.rate, of: one, currency, direction: areSeveral && "" })),
  );
}

function Line({ when, of: one, currency, direction, isWhole }) {
  const { t, language } = useWords();
  const cell = (...content) => h(ui.Table.Cell, { textAlign: "end", fontWeight: isWhole && "medium" }, ...content);
  const money = (of) => cell(of !== null && h(Money, { of, currency }));
  return h(
    ui.Table.Row,
    null,
    h(ui.Table.Cell, { whiteSpace: "nowrap", fontWeight: isWhole && "medium" }, when),
    h(
      ui.Table.Cell,
      { whiteSpace: one.rate === null ? undefined : "nowrap", color: one.rate === null ? "fg.muted" : undefined },
      isWhole ? null : one.rate === null ? t("documents.sums.noRate") : percent(one.rate, language),
    ),
    money(one.net),
    money(one.tax),
    money(one.gross),
    cell(
      one.documents.toLocaleString(language),
      one.unknown > 0 &&
        h(ui.Text, { fontSize: "xs", color: "fg.muted" }, t("documents.sums.unknown", { count: one.unknown })),
    ),
    direction !== false && h(ui.Table.Cell, { whiteSpace: "nowrap" }, direction),
  );
}
