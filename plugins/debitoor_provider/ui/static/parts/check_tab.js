// Whether source and target are the same: counts, sums of each month and tax rate, and the documents that are not.

import { h, ui, useState } from "../host.js";
import { trigger } from "../airflow.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { amount, day, month, percent } from "../format.js";
import { useWords } from "../words.js";
import { CheckedDocuments } from "./check_documents.js";
import { Dialog } from "./dialog.js";
import { FactList } from "./fact_list.js";
import { MISSING } from "./history.js";
import { DateField, useAddress } from "./lists.js";
import { notify, notifyFailure } from "./messages.js";
import { useIsNarrow } from "./narrow.js";
import { FailureNotice, Nothing } from "./notices.js";

export function CheckTab({ account }) {
  const { t } = useWords();
  if (!account.rights.run) return h(Nothing, { title: t("check.mayNot") });
  return h(Check, { account });
}

function Check({ account }) {
  const { t } = useWords();
  const address = useAddress();
  const period = { from: address.one("from"), to: address.one("to") };
  const [asked, setAsked] = useState(null);
  return h(
    ui.Stack,
    { gap: 3 },
    h(ui.Text, null, t("check.explained")),
    h(
      ui.Wrap,
      { align: "center" },
      h(DateField, { label: t("common.from"), value: period.from, onChange: (from) => address.set({ from }) }),
      h(DateField, { label: t("common.to"), value: period.to, onChange: (to) => address.set({ to }) }),
      h(
        ui.Button,
        { size: "sm", colorPalette: "brand", onClick: () => setAsked({ ...period, turn: (asked?.turn ?? 0) + 1 }) },
        t("check.start"),
      ),
    ),
    asked && h(Result, { key: asked.turn, account, period: asked }),
  );
}

function Result({ account, period }) {
  const { t } = useWords();
  const isNarrow = useIsNarrow();
  const params = { from: period.from || null, to: period.to || null };
  const { data, failure, isLoading, reload } = useData((options) => api.check(account.id, params, options), []);
  if (isLoading) {
    return h(ui.HStack, { role: "status" }, h(ui.Spinner, { size: "sm" }), h(ui.Text, null, t("check.looking")));
  }
  if (!data) return h(FailureNotice, { failure, onRetry: reload });
  return h(
    ui.Stack,
    { gap: 4 },
    h(
      ui.Alert.Root,
      { status: data.same ? "success" : "warning", role: "status" },
      h(ui.Alert.Indicator),
      h(
        ui.Alert.Title,
        null,
        `${t(data.same ? "check.same" : "check.notSame")} ${t("common.line", { name: t("check.outcome.same"), value: data.counts.same })}`,
      ),
    ),
    h(Repair, { account, missing: data.documents.filter((one) => one.is_missing) }),
    data.sums.length > 0 && h(isNarrow ? SumCards : SumTable, { sums: data.sums }),
    h(
      ui.HStack,
      { gap: 2, wrap: "wrap" },
      ["spreadsheet", "data"].flatMap((form) =>
        ["documents", "sums"].map((part) =>
          h(
            ui.Button,
            { key: `${part} ${form}`, asChild: true, size: "sm", variant: form === "data" ? "ghost" : "outline" },
            h(
              "a",
              { href: api.checkCsvAddress(account.id, { ...params, part }, form), download: "" },
              t(`check.csv.${part}.${form}`),
            ),
          ),
        ),
      ),
    ),
    h(CheckedDocuments, { account, data }),
  );
}

const FIGURES = ["source", "target", "difference", "others"];
const keyOf = (sum) => `${sum.month} ${sum.currency} ${sum.rate}`;
const rateOf = (sum, language) => (sum.rate === null ? "?" : percent(sum.rate, language));
const monthOf = (sum, language) => sum.month && month(sum.month, language);
const weightOf = (sum, name) => (name === "difference" && Number(sum[name]) ? "bold" : undefined);

/** The same as the table, where that would have its differences out of sight. */
function SumCards({ sums }) {
  const { t, language } = useWords();
  const figure = (one, name) => [
    t(`check.sums.${name}`),
    h(ui.Text, { textAlign: "end", fontWeight: weightOf(one, name) }, amount(one[name], language)),
  ];
  return h(
    ui.Stack,
    { as: "ul", gap: 2, listStyleType: "none", "aria-label": t("check.sums") },
    sums.map((one) =>
      h(
        ui.Box,
        { as: "li", key: keyOf(one), borderWidth: 1, borderColor: "border", rounded: "md", p: 2 },
        h(
          ui.Text,
          { fontWeight: "medium" },
          [monthOf(one, language), rateOf(one, language), one.currency].filter(Boolean).join(" · "),
        ),
        h(FactList, { facts: FIGURES.map((name) => figure(one, name)), templateColumns: "1fr auto" }),
      ),
    ),
  );
}

function SumTable({ sums }) {
  const { t, language } = useWords();
  const column = (name, props) => h(ui.Table.ColumnHeader, { key: name, ...props }, t(`check.sums.${name}`));
  return h(
    ui.Table.ScrollArea,
    { tabIndex: 0 },
    h(
      ui.Table.Root,
      { size: "sm", "aria-label": t("check.sums") },
      h(
        ui.Table.Header,
        null,
        h(
          ui.Table.Row,
          null,
          ["month", "rate", "currency"].map((name) => column(name)),
          FIGURES.map((name) => column(name, { textAlign: "end" })),
        ),
      ),
      h(
        ui.Table.Body,
        null,
        sums.map((one) =>
          h(
            ui.Table.Row,
            { key: keyOf(one) },
            h(ui.Table.Cell, { whiteSpace: "nowrap" }, monthOf(one, language)),
            h(ui.Table.Cell, null, rateOf(one, language)),
            h(ui.Table.Cell, null, one.currency),
            FIGURES.map((name) =>
              h(
                ui.Table.Cell,
                { key: name, textAlign: "end", fontWeight: weightOf(one, name) },
                amount(one[name], language),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Send exactly what is missing, after it was shown. */
function Repair({ account, missing }) {
  const { t, language } = useWords();
  const [isOpen, setOpen] = useState(false);
  const [isBusy, setBusy] = useState(false);
  if (!missing.length || !account.rights.edit) return null;
  const send = async () => {
    setBusy(true);
    try {
      await planAgain(account.id, missing);
      await trigger(account.dag_id, { document_ids: missing.map((one) => one.source_id) });
      notify(t("check.repair.started"));
      setOpen(false);
    } catch (problem) {
      notifyFailure(problem, t);
    }
    setBusy(false);
  };
  return h(
    ui.Box,
    null,
    h(ui.Button, { size: "sm", variant: "outline", onClick: () => setOpen(true) }, t("check.repair", { count: missing.length })),
    isOpen &&
      h(
        Dialog,
        {
          title: t("check.repair", { count: missing.length }),
          size: "lg",
          closeWord: t("common.close"),
          onClose: () => setOpen(false),
          footer: h(ui.Button, { colorPalette: "brand", loading: isBusy, onClick: send }, t("check.repair.send")),
        },
        h(ui.Text, { mb: 3 }, t("check.repair.explained")),
        h(
          ui.Stack,
          { as: "ul", gap: 1, listStyleType: "none", maxH: "96", overflowY: "auto", tabIndex: 0 },
          missing.map((one) =>
            h(
              ui.Text,
              { as: "li", key: one.source_id, overflowWrap: "anywhere" },
              [
                one.document_number || one.source_id,
                one.document_date && day(one.document_date, language),
                one.party,
                one.gross_here !== null && `${amount(one.gross_here, language)} ${one.currency}`,
              ]
                .filter(Boolean)
                .join(" · "),
            ),
          ),
        ),
      ),
  );
}

/** Let what was moved before be sent once more; the server leaves alone what is planned anyway. */
async function planAgain(id, missing) {
  const ids = missing.map((one) => one.entry_id).filter((one) => one !== null);
  if (!ids.length) return;
  try {
    await api.act(id, { action: "only_if_missing", ids, fitting: null, reason: MISSING });
  } catch (failure) {
    if (failure.status !== 409) throw failure;
  }
}
