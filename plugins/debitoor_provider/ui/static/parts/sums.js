// Sums of documents by month, currency and tax rate; those of a list are loaded only when they are unfolded.

import { Fragment, h, ui, useState } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { month, percent } from "../format.js";
import { useWords } from "../words.js";
import { Money } from "./document_facts.js";
import { FactList } from "./fact_list.js";
import { useIsNarrow } from "./narrow.js";
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
    h(ByMonth, { sums: data.sums }),
  );
}

/** @param {{sums: Object[]}} props of the list or the preview */
export function ByMonth({ sums }) {
  const areSeveral = new Set(sums.map((one) => one.direction)).size > 1; // what comes in is no part of what goes out
  return h(useIsNarrow() ? SumCards : SumTable, { lines: sums.flatMap(linesOf), areSeveral });
}

/** One line if all is of one rate; else the whole, then a line for each rate. */
function linesOf(sum) {
  const { rates, ...whole } = sum;
  const key = `${sum.month} ${sum.direction} ${sum.currency}`;
  if (rates.length < 2) {
    const { rate = null, reverse_charge: isReverse = false } = rates[0] ?? {};
    return [{ ...whole, key, rate, isReverse, isFirst: true }];
  }
  return [
    { ...whole, key, isWhole: true, isFirst: true },
    ...rates.map(({ reverse_charge: isReverse, ...one }) => ({
      ...whole,
      unknown: 0,
      ...one,
      isReverse,
      key: `${key} ${one.rate} ${isReverse}`,
    })),
  ];
}

const monthOf = ({ month: of }, { t, language }) => (of ? month(of, language) : t("documents.sums.noDate"));

/** What is booked at 0 % with the reverse charge is no supply that is free of tax. */
function rateOf({ rate, isReverse, isWhole }, { t, language }) {
  if (isWhole) return null;
  if (isReverse) return t("history.detail.reverse_charge");
  return rate === null ? t("documents.sums.noRate") : percent(rate, language);
}

const AMOUNTS = ["net", "tax", "gross"];

function SumCards({ lines, areSeveral }) {
  const words = useWords();
  const { t } = words;
  const end = (...content) => h(ui.Box, { textAlign: "end" }, ...content);
  const amounts = (one) =>
    AMOUNTS.map((name) => [
      t(`documents.${name}`),
      one[name] !== null && end(h(Money, { of: one[name], currency: one.currency })),
    ]);
  return h(
    ui.Stack,
    { as: "ul", gap: 2, listStyleType: "none", "aria-label": t("documents.sums") },
    lines.map((one) =>
      h(
        ui.Box,
        { as: "li", key: one.key, borderWidth: 1, borderColor: "border", rounded: "md", p: 2, ms: one.isFirst ? 0 : 4 },
        h(
          ui.Text,
          { fontWeight: one.isFirst ? "medium" : undefined, fontSize: "sm", overflowWrap: "anywhere" },
          [one.isFirst && monthOf(one, words), rateOf(one, words), one.isFirst && areSeveral && one.direction_title]
            .filter(Boolean)
            .join(" · "),
        ),
        h(FactList, {
          facts: [...amounts(one), [t("nav.documents"), end(h(Documents, { of: one }))]],
          templateColumns: "1fr auto",
        }),
      ),
    ),
  );
}

function SumTable({ lines, areSeveral }) {
  const { t } = useWords();
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
          ...AMOUNTS.map((part) => head(`documents.${part}`, { textAlign: "end" })),
          head("nav.documents", { textAlign: "end" }),
          areSeveral && head("documents.sums.direction"),
        ),
      ),
      h(
        ui.Table.Body,
        null,
        lines.map((one) => h(Line, { key: one.key, of: one, areSeveral })),
      ),
    ),
  );
}

function Line({ of: one, areSeveral }) {
  const words = useWords();
  const { isFirst, isWhole, currency } = one;
  const isMuted = !isWhole && one.rate === null;
  const cell = (...content) => h(ui.Table.Cell, { textAlign: "end", fontWeight: isWhole && "medium" }, ...content);
  return h(
    ui.Table.Row,
    null,
    h(ui.Table.Cell, { whiteSpace: "nowrap", fontWeight: isWhole && "medium" }, isFirst && monthOf(one, words)),
    h(
      ui.Table.Cell,
      { whiteSpace: isMuted ? undefined : "nowrap", color: isMuted ? "fg.muted" : undefined },
      rateOf(one, words),
    ),
    ...AMOUNTS.map((name) => cell(one[name] !== null && h(Money, { of: one[name], currency }))),
    cell(h(Documents, { of: one })),
    areSeveral && h(ui.Table.Cell, { whiteSpace: "nowrap" }, isFirst && one.direction_title),
  );
}

function Documents({ of: { documents, unknown } }) {
  const { t, language } = useWords();
  return h(
    Fragment,
    null,
    documents.toLocaleString(language),
    unknown > 0 &&
      h(ui.Text, { fontSize: "xs", color: "fg.muted" }, t("documents.sums.unknown", { count: unknown })),
  );
}
