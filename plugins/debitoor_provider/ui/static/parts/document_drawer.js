// One document with all that is known about it: its facts, its files, what can be done, its history.

import { h, ui, useState } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { day, moment } from "../format.js";
import { useWords } from "../words.js";
import { Contradictions } from "./contradictions.js";
import { Corrections } from "./corrections.js";
import { DocumentActions } from "./document_actions.js";
import { EInvoice, Marks, Money, Reason, titleOf } from "./document_facts.js";
import { FactList } from "./fact_list.js";
import { Files, ShownFile } from "./files.js";
import { History } from "./history.js";
import { OutsideLink, RunPlace } from "./links.js";
import { useIsNarrow } from "./narrow.js";
import { FailureNotice, Loading } from "./notices.js";
import { SideBySide } from "./side_by_side.js";
import { StateBadge } from "./state.js";

/** @param {{account: string, number: string, rights: Object, onClose: () => void, onChange: () => void}} props */
export function DocumentDrawer({ account, number, rights, onClose, onChange }) {
  const { t } = useWords();
  const isNarrow = useIsNarrow();
  const [shown, setShown] = useState(null);
  const side = shown?.number === number ? shown.side : null; // another document begins without its file
  const { data, failure, reload } = useData((options) => api.oneDocument(account, number, options), [account, number], {
    every: 5000,
  });
  const changed = () => {
    reload();
    onChange();
  };
  return h(
    ui.Drawer.Root,
    { open: true, size: isNarrow || side ? "full" : "lg", onOpenChange: ({ open }) => open || onClose() },
    h(
      ui.Portal,
      null,
      h(ui.Drawer.Backdrop),
      h(
        ui.Drawer.Positioner,
        null,
        h(
          ui.Drawer.Content,
          null,
          h(
            ui.Drawer.Header,
            null,
            h(ui.Drawer.Title, { overflowWrap: "anywhere" }, data ? titleOf(data) : t("documents.document")),
          ),
          h(
            ui.Drawer.Body,
            null,
            h(FailureNotice, { failure, onRetry: reload }),
            data &&
              h(Beside, {
                document: data,
                side,
                onClose: () => setShown(null),
                children: h(Content, {
                  document: data,
                  rights,
                  side,
                  onShow: (its) => setShown({ number, side: its }),
                  onChange: changed,
                }),
              }),
            !data && !failure && h(Loading),
          ),
          h(ui.Drawer.CloseTrigger, { asChild: true }, h(ui.CloseButton, { size: "sm", "aria-label": t("common.close") })),
        ),
      ),
    ),
  );
}

/** The data, and the file next to it; below it where there is no room. */
function Beside({ document: one, side, onClose, children }) {
  return h(
    ui.Grid,
    { templateColumns: { base: "minmax(0, 1fr)", lg: side && "minmax(0, 5fr) minmax(0, 6fr)" }, gap: 6, alignItems: "start" },
    children,
    side && h(ShownFile, { document: one, side, onClose }),
  );
}

function Content({ document: one, rights, side, onShow, onChange }) {
  const { t } = useWords();
  return h(
    ui.Stack,
    { gap: 4 },
    h(ui.Box, null, h(ui.Wrap, { gap: 1 }, h(StateBadge, { state: one.state, size: "md" }), h(EInvoice, { document: one, size: "md" })), h(Marks, { document: one, mt: 2 }), h(Reason, { document: one, mt: 2 })),
    one.contradictions.length > 0 && h(Contradictions, { document: one }),
    rights.edit &&
      one.actions.length > 0 &&
      h(DocumentActions, {
        actions: one.actions,
        documents: [one],
        isShown: true,
        onDone: onChange,
      }),
    rights.edit && h(Corrections, { document: one, onDone: onChange }),
    one.lookalikes.length > 0 && h(SideBySide, { document: one }),
    h(Facts, { document: one }),
    rights.run && h(Files, { document: one, side, onShow }),
    h(ui.Heading, { as: "h3", size: "md" }, t("history.title")),
    h(History, { events: one.history }),
  );
}

/** What was sent, where that is not the document's own amount: converted, or with its real amount in the text. */
const isBookedOtherwise = (one) =>
  one.booked_gross !== null &&
  (one.booked_currency !== one.currency || Number(one.booked_gross) !== Number(one.gross_amount));

function Facts({ document: one }) {
  const { t, language } = useWords();
  const { source_title: source, target_title: target } = one;
  const facts = [
    ["documents.number", one.document_number],
    ["documents.date", day(one.document_date, language)],
    ["documents.company", one.company],
    ["documents.gross", one.gross_amount !== null && h(Money, { of: one.gross_amount, currency: one.currency })],
    ["documents.net", one.net_amount !== null && h(Money, { of: one.net_amount, currency: one.currency })],
    ["documents.booked", isBookedOtherwise(one) && h(Money, { of: one.booked_gross, currency: one.booked_currency })],
    ["documents.source_name", one.source_name],
    ["documents.target_name", one.target_name],
    ["documents.source_id", h(OutsideLink, { href: one.source_url }, `${one.source_id} (${source})`)],
    ["documents.target_id", one.target_id && h(OutsideLink, { href: one.target_url }, `${one.target_id} (${target})`)],
    ["documents.created_at", moment(one.created_at, language)],
    ["documents.changed", moment(one.changed_at, language)],
    ["documents.moved_at", moment(one.moved_at, language)],
    ["documents.archived_at", moment(one.archived_at, language)],
    ["documents.planned_by", one.planned_by && h(RunPlace, { run: one.planned_by })],
    ["documents.moved_by", one.moved_at && one.moved_by && h(RunPlace, { run: one.moved_by })],
    ["documents.attempts", one.attempts > 0 && one.attempts.toLocaleString(language)],
  ];
  return h(FactList, { facts: facts.map(([key, value]) => [t(key), value]) });
}
