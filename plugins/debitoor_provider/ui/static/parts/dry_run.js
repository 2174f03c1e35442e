// A look at what a run would do, here or as a run in Airflow; either way nothing is moved.

import { h, ui, useState } from "../host.js";
import { trigger } from "../airflow.js";
import * as api from "../api.js";
import { useData, useRested } from "../data.js";
import { useWords } from "../words.js";
import { Dialog } from "./dialog.js";
import { DateField } from "./lists.js";
import { notify, notifyFailure } from "./messages.js";
import { FailureNotice } from "./notices.js";
import { PreviewResult } from "./preview.js";

const LIMIT = 50;

export function DryRunDialog({ row, onClose }) {
  const { t } = useWords();
  const [period, setPeriod] = useState({ from: "", to: "" });
  const rested = useRested(period, 800); // each look asks both services
  const asked = { from: rested.from || null, to: rested.to || null };
  const { data, failure, isLoading, reload } = useData(
    (options) => api.preview(row.id, { ...asked, limit: LIMIT }, options),
    [row.id, rested.from, rested.to],
  );
  const [isBusy, setBusy] = useState(false);
  const asRun = async () => {
    setBusy(true);
    try {
      await trigger(row.dag_id, { ...asked, dry_run: true });
      notify(t("do.dry_run.started"));
      onClose(true);
    } catch (problem) {
      setBusy(false);
      notifyFailure(problem, t);
    }
  };
  return h(
    Dialog,
    {
      title: t("do.dry_run.title", { name: row.name }),
      size: "lg",
      closeWord: t("common.close"),
      onClose,
      footer: h(ui.Button, { colorPalette: "brand", loading: isBusy, onClick: asRun }, t("do.dry_run.asRun")),
    },
    h(ui.Text, { mb: 3 }, t("do.dry_run.explained")),
    h(
      ui.Wrap,
      { mb: 3 },
      h(DateField, { label: t("common.from"), value: period.from, onChange: (from) => setPeriod({ ...period, from }) }),
      h(DateField, { label: t("common.to"), value: period.to, onChange: (to) => setPeriod({ ...period, to }) }),
    ),
    h(FailureNotice, { failure, onRetry: reload }),
    isLoading && h(ui.HStack, { role: "status" }, h(ui.Spinner, { size: "sm" }), h(ui.Text, null, t("do.dry_run.looking"))),
    data && !isLoading && !failure && h(PreviewResult, { preview: data }),
  );
}
