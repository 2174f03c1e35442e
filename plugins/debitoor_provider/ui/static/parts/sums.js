// What the documents of a list come to, by month and currency; asked for only when somebody unfolds it.

import { h, ui, useState } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { month } from "../format.js";
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
    h(ui.Collapsible.Content, null, h(Table, { account, filter })),
  );
}

function Table({ account, filter }) {
  const { t } = useWords();
  const { data, failure, reload } = useData((options) => api.sums(account, filter, options), [
    account,
    JSON.stringify(filter),
  ]);
  if (!data) return failure ? h(FailureNotice, { failure, onRetry: reload }) : h(Loading);
  const { sums } = data;
  const areSeveral = new Set(sums.map((one) => one.direction)).size > 1; // what comes in is no part of what goes out
  const head = (key, props) => h(ui.Table.ColumnHeader, props, t(key));
  return h(
    ui.Stack,
    { gap: 1, maxW: "2xl" },
    h(FailureNotice, { failure, onRetry: reload }),
    h(ui.Text, { fontSize: "sm", color: "fg.muted" }, t("documents.sums.explained")),
    h(
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
            head("documents.gross", { textAlign: "end" }),
            head("nav.documents", { textAlign: "end" }),
            areSeveral && head("documents.sums.direction"),
          ),
        ),
        h(
          ui.Table.Body,
          null,
          sums.map((one) => h(Row, { key: `${one.month} ${one.direction} ${one.currency}`, sum: one, areSeveral })),
        ),
      ),
    ),
  );
}

function Row({ sum: one, areSeveral }) {
  const { t, language } = useWords();
  return h(
    ui.Table.Row,
    null,
    h(ui.Table.Cell, { whiteSpace: "nowrap" }, one.month ? month(one.month, language) : t("documents.sums.noDate")),
    h(ui.Table.Cell, { textAlign: "end" }, h(Money, { of: one.gross, currency: one.currency })),
    h(
      ui.Table.Cell,
      { textAlign: "end" },
      one.documents.toLocaleString(language),
      one.unknown > 0 &&
        h(ui.Text, { fontSize: "xs", color: "fg.muted" }, t("documents.sums.unknown", { count: one.unknown })),
    ),
    areSeveral && h(ui.Table.Cell, { whiteSpace: "nowrap" }, one.direction_title),
  );
}
