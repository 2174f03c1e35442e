// Facts about a document that its row, its card and its drawer all show.

import { h, ui } from "../host.js";
import { amount } from "../format.js";
import { useWords } from "../words.js";

/** What people call it: the number, else a name, else its id at the source. */
export const titleOf = (document) =>
  document.document_number || document.target_name || document.source_name || document.source_id;

export function Names({ document: one, ...props }) {
  const { t } = useWords();
  const isRenamed = one.target_name && one.target_name !== one.source_name;
  return h(
    ui.Box,
    { overflowWrap: "anywhere", fontSize: "sm", ...props },
    h(ui.Text, null, one.target_name || one.source_name),
    isRenamed && one.source_name && h(ui.Text, { color: "fg.muted" }, t("documents.wasCalled", { name: one.source_name })),
  );
}

export function Money({ of, currency, ...props }) {
  const { language } = useWords();
  if (of === null || of === undefined) return null;
  return h(ui.Text, { as: "span", whiteSpace: "nowrap", ...props }, `${amount(of, language)} ${currency}`);
}

const INVOICE_COLOURS = { proven: "green", supplied: "green", contradicts: "orange", unreadable: "yellow" };

/** The result of reading the e-invoice in the document's file. */
export function EInvoice({ document: one, ...props }) {
  const { t } = useWords();
  if (!one.invoice) return null;
  const colorPalette = INVOICE_COLOURS[one.invoice] ?? "gray";
  return h(ui.Badge, { colorPalette, whiteSpace: "normal", ...props }, t(`invoice.${one.invoice}`));
}

/** What to know of a document although it was sent. */
export function Marks({ document: one, isBrief, ...props }) {
  const { t } = useWords();
  return one.marks.map(({ code, text }) =>
    h(
      ui.Box,
      { key: code, fontSize: "sm", overflowWrap: "anywhere", ...props },
      h(ui.Badge, { colorPalette: "yellow", title: text, whiteSpace: "normal" }, t(`mark.${code}`)),
      isBrief || h(ui.Text, { mt: 1 }, text),
    ),
  );
}

/** Why it does not go: in a word, in a sentence, and what helps. */
export function Reason({ document: one, ...props }) {
  const { t, has } = useWords();
  const key = `reason.${one.reason_code}`;
  const isKnown = one.reason_code && has(key);
  if (!one.reason && !isKnown) return null;
  return h(
    ui.Box,
    { fontSize: "sm", overflowWrap: "anywhere", ...props },
    isKnown && h(ui.Text, { fontWeight: "medium" }, t(key)),
    one.reason && h(ui.Text, null, one.reason),
    one.remedy && h(ui.Text, { color: "fg.muted" }, one.remedy),
  );
}
