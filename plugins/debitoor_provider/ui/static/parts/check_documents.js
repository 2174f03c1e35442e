// The documents that a check did not find the same, filtered by the result of the comparison, page by page.

import { h, ui, useState } from "../host.js";
import { day } from "../format.js";
import { useWords } from "../words.js";
import { Money } from "./document_facts.js";
import { Place, accountPlace } from "./links.js";
import { Chips, PAGE_SIZE, Pages } from "./lists.js";

const COLOURS = { differs: "orange", "only here": "red", "only there": "red", error: "red" };

export function CheckedDocuments({ account, data }) {
  const { t } = useWords();
  const [chosen, setChosen] = useState([]);
  const [page, setPage] = useState(1);
  const choose = (outcomes) => {
    setChosen(outcomes);
    setPage(1);
  };
  const fitting = data.documents.filter((one) => !chosen.length || chosen.includes(one.outcome));
  const shown = fitting.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  const chips = Object.entries(data.counts)
    .filter(([value]) => value !== "same") // which are not listed
    .map(([value, count]) => ({ value, count, word: word(t, value) }));
  return h(
    ui.Stack,
    { gap: 2 },
    h(Chips, { label: t("check.outcomes"), chosen, chips, onChoose: choose }),
    data.complete || h(ui.Text, { color: "fg.muted" }, t("check.incomplete", { count: data.documents.length })),
    h(
      ui.Stack,
      { as: "ul", gap: 2, listStyleType: "none", "aria-label": t("check.documents") },
      shown.map((one) =>
        h(CheckedDocument, { key: `${one.outcome} ${one.source_id} ${one.target_ids.join()}`, account, document: one }),
      ),
    ),
    h(Pages, { total: fitting.length, page, onPage: setPage }),
  );
}

/** The outcomes have blanks where keys have none. */
const word = (t, outcome) => t(`check.outcome.${outcome.replaceAll(" ", "_")}`);

function CheckedDocument({ account, document: one }) {
  const { t, language } = useWords();
  const title = one.document_number || one.source_id || one.target_ids[0];
  const facts = [one.document_date && day(one.document_date, language), one.party];
  const side = (name) =>
    h(
      ui.Box,
      { flex: 1, minW: "32" },
      h(ui.Text, { fontSize: "xs", color: "fg.muted" }, t(`check.sums.${name}`)),
      h(Money, { of: name === "source" ? one.gross_here : one.gross_there, currency: one.currency }),
      h(ui.Text, { fontSize: "xs", color: "fg.muted" }, name === "source" ? one.rates_here : one.rates_there),
    );
  return h(
    ui.Box,
    { as: "li", borderWidth: 1, borderColor: "border", rounded: "md", p: 2, overflowWrap: "anywhere" },
    h(
      ui.Flex,
      { gap: 2, align: "start", justify: "space-between" },
      one.entry_id === null
        ? h(ui.Text, { fontWeight: "medium" }, title)
        : h(Place, { to: accountPlace(account.id, `/documents/${one.entry_id}`) }, title),
      h(ui.Badge, { colorPalette: COLOURS[one.outcome] ?? "gray", size: "md" }, word(t, one.outcome)),
    ),
    h(ui.Text, { fontSize: "sm" }, facts.filter(Boolean).join(" · ")),
    h(ui.Flex, { gap: 4, wrap: "wrap", mt: 1 }, side("source"), side("target")),
    one.reason && h(ui.Text, { fontSize: "sm", mt: 1 }, one.reason),
  );
}
