// What a run would do: how many documents of each outcome, and the first of them with names, lines and reasons.

import { h, ui } from "../host.js";
import { amount, day } from "../format.js";
import { useWords } from "../words.js";
import { EInvoice } from "./document_facts.js";
import { ByMonth } from "./sums.js";

const COLOURS = { send: "green", held: "orange", rejected: "red", there: "blue" };

/** @param {{preview: {counts: Object, total: number, complete: boolean, sums: Object[], documents: Object[],
 *     warnings: string[], stop: string}}} props */
export function PreviewResult({ preview }) {
  const { t } = useWords();
  const warnings = preview.warnings.map((text) => h(Warning, { key: text, text }));
  if (!preview.total)
    return h(ui.Stack, { gap: 3 }, warnings, h(ui.Text, { color: "fg.muted" }, t("preview.nothing")));
  return h(
    ui.Stack,
    { gap: 3 },
    warnings,
    h(
      ui.Wrap,
      { role: "status" },
      Object.entries(preview.counts).map(([outcome, number]) =>
        h(Outcome, { key: outcome, outcome }, t("common.line", { name: word(t, outcome), value: number })),
      ),
    ),
    preview.stop && h(Warning, { text: preview.stop }),
    preview.complete || h(ui.Text, { color: "fg.muted" }, t("preview.incomplete", { count: preview.documents.length })),
    preview.sums.length > 0 &&
      h(
        ui.Stack,
        { gap: 1 },
        h(ui.Text, { fontSize: "sm", color: "fg.muted" }, t("preview.sums.explained")),
        h(ByMonth, { sums: preview.sums }),
      ),
    h(
      ui.Stack,
      { as: "ul", gap: 2, listStyleType: "none", "aria-label": t("preview.documents") },
      preview.documents.map((one) => h(PreviewDocument, { key: one.source_id, document: one })),
    ),
  );
}

function Warning({ text }) {
  return h(
    ui.Alert.Root,
    { status: "warning" },
    h(ui.Alert.Indicator),
    h(ui.Alert.Content, null, h(ui.Alert.Description, { overflowWrap: "anywhere" }, text)),
  );
}

/** The outcomes have a blank where keys have none. */
const word = (t, outcome) => t(`preview.outcome.${outcome.replaceAll(" ", "_")}`);

function Outcome({ outcome, children }) {
  return h(ui.Badge, { colorPalette: COLOURS[outcome] ?? "gray", size: "md" }, children);
}

function PreviewDocument({ document: one }) {
  const { t, language } = useWords();
  const facts = [
    one.document_date && day(one.document_date, language),
    one.company,
    one.document_number,
    one.gross_amount !== null && `${amount(one.gross_amount, language)} ${one.currency}`,
  ];
  return h(
    ui.Box,
    { as: "li", borderWidth: 1, borderColor: "border", rounded: "md", p: 2, overflowWrap: "anywhere" },
    h(
      ui.Flex,
      { gap: 2, align: "start", justify: "space-between" },
      h(ui.Text, { fontWeight: "medium" }, one.target_name || one.source_name || one.source_id),
      h(Outcome, { outcome: one.outcome }, word(t, one.outcome)),
    ),
    h(ui.Text, { fontSize: "sm" }, facts.filter(Boolean).join(" · ")),
    one.source_name &&
      one.target_name &&
      one.source_name !== one.target_name &&
      h(ui.Text, { fontSize: "sm", color: "fg.muted" }, t("preview.sourceName", { name: one.source_name })),
    one.lines.map((line, index) => h(ui.Text, { key: index, fontSize: "sm", color: "fg.muted" }, line)),
    h(EInvoice, { document: one }),
    one.reason && h(ui.Text, { fontSize: "sm", mt: 1 }, one.reason),
  );
}
