// Fetches a period later: as one run, or as one run for each interval. Says how much it is before it starts.

import { h, ui, useState } from "../host.js";
import { backfillRuns, pause, startBackfill, trigger } from "../airflow.js";
import * as api from "../api.js";
import { useData, useRested } from "../data.js";
import { useWords } from "../words.js";
import { Dialog } from "./dialog.js";
import { DateField } from "./lists.js";
import { notify, notifyFailure } from "./messages.js";
import { FailureNotice } from "./notices.js";
import { requireNothingWrong } from "./startable.js";
import { firstInstant, lastInstant } from "./zone.js";

const ONE = "one";
const EACH = "each";

export function BackfillDialog({ row, onClose }) {
  const { t } = useWords();
  const [period, setPeriod] = useState({ from: "", to: "" });
  const [way, setWay] = useState(ONE);
  const [resumes, setResumes] = useState(true);
  const [isBusy, setBusy] = useState(false);
  const rested = useRested(period, 800);
  const isPeriod = Boolean(rested.from && rested.to && rested.from <= rested.to);
  const size = useSize(row, rested, isPeriod, way);
  const isReady = isPeriod && rested === period && !size.isLoading && !size.failure && (!row.paused || resumes);
  const start = async () => {
    setBusy(true);
    try {
      if (row.paused) await requireNothingWrong(row, t);
      if (way === ONE) await trigger(row.dag_id, period);
      else await startBackfill(row.dag_id, ...instants(row, period));
      if (row.paused) await pause(row.dag_id, false); // afterwards: resuming may start a run of its own
      notify(t("do.backfill.done", { name: row.name }));
      onClose(true);
    } catch (failure) {
      setBusy(false);
      notifyFailure(failure, t);
    }
  };
  return h(
    Dialog,
    {
      title: t("do.backfill.title", { name: row.name }),
      onClose,
      footer: h(
        ui.Button,
        { colorPalette: "brand", loading: isBusy, disabled: !isReady, onClick: start },
        row.paused ? t("do.backfill.resumeAndStart") : t("do.backfill.start"),
      ),
    },
    h(
      ui.Stack,
      { gap: 4 },
      h(ui.Text, null, t("do.backfill.explained")),
      h(
        ui.Wrap,
        null,
        h(DateField, { label: t("common.from"), value: period.from, onChange: (from) => setPeriod({ ...period, from }) }),
        h(DateField, { label: t("common.to"), value: period.to, onChange: (to) => setPeriod({ ...period, to }) }),
      ),
      row.frequency !== "manual" && h(Ways, { way, onChoose: setWay }),
      h(Size, { period: rested, isPeriod, size }),
      isPeriod && !size.isLoading && h(Advice, { size }),
      row.paused && h(Paused, { resumes, onChange: setResumes }),
    ),
  );
}

/** How many documents, and how many runs; Airflow itself counts the runs. */
function useSize(row, period, isPeriod, way) {
  const documents = useData(
    (options) => (isPeriod ? api.backfillSize(row.id, period, options) : Promise.resolve(null)),
    [row.id, period.from, period.to],
  );
  const runs = useData(
    (options) =>
      isPeriod && way === EACH ? backfillRuns(row.dag_id, ...instants(row, period), options) : Promise.resolve(null),
    [row.dag_id, period.from, period.to, way],
  );
  return {
    documents: documents.data?.documents,
    runs: way === ONE ? 1 : runs.data?.total_entries,
    isLoading: documents.isLoading || runs.isLoading,
    failure: documents.failure ?? runs.failure,
  };
}

const instants = (row, { from, to }) => [firstInstant(from, row.timezone), lastInstant(to, row.timezone)];

function Ways({ way, onChoose }) {
  const { t } = useWords();
  return h(
    ui.RadioGroup.Root,
    { value: way, onValueChange: ({ value }) => onChoose(value), "aria-label": t("do.backfill.way"), colorPalette: "brand" },
    h(
      ui.Stack,
      { gap: 2 },
      [ONE, EACH].map((one) =>
        h(
          ui.RadioGroup.Item,
          { key: one, value: one, alignItems: "start" },
          h(ui.RadioGroup.ItemHiddenInput),
          h(ui.RadioGroup.ItemIndicator),
          h(
            ui.RadioGroup.ItemText,
            { whiteSpace: "normal" },
            t(`do.backfill.${one}`),
            h(ui.Text, { as: "span", display: "block", color: "fg.muted", fontSize: "sm" }, t(`do.backfill.${one}.help`)),
          ),
        ),
      ),
    ),
  );
}

function Size({ period, isPeriod, size }) {
  const { t } = useWords();
  const isTurned = period.from && period.to && period.from > period.to;
  if (size.failure && isPeriod) return h(FailureNotice, { failure: size.failure });
  let text = t("do.backfill.choose");
  if (isTurned) text = t("do.backfill.turned");
  else if (isPeriod && size.isLoading) text = t("do.backfill.counting");
  else if (isPeriod) {
    const runs = t("do.backfill.runs", { count: size.runs ?? 0 });
    const documents =
      size.documents === null || size.documents === undefined
        ? t("do.backfill.documentsUnknown")
        : size.documents > 0 && t("do.backfill.documents", { count: size.documents }); // of none, the advice speaks
    text = [runs, documents].filter(Boolean).join(" ");
  }
  return h(ui.Text, { role: "status", fontWeight: isPeriod ? "medium" : "normal" }, text);
}

const MANY_RUNS = 31;

/** Says when there is nothing to fetch, and when one run would do what many would. */
function Advice({ size }) {
  const { t } = useWords();
  const isEmpty = size.documents === 0;
  if (!isEmpty && !(size.runs > MANY_RUNS)) return null;
  const text = isEmpty ? t("do.backfill.nothing") : t("do.backfill.manyRuns", { count: size.runs });
  return h(
    ui.Alert.Root,
    { status: "info" },
    h(ui.Alert.Indicator),
    h(ui.Alert.Content, null, h(ui.Alert.Description, null, text)),
  );
}

function Paused({ resumes, onChange }) {
  const { t } = useWords();
  return h(
    ui.Alert.Root,
    { status: "warning" },
    h(ui.Alert.Indicator),
    h(
      ui.Alert.Content,
      null,
      h(ui.Alert.Description, null, t("do.backfill.paused")),
      h(
        ui.Checkbox.Root,
        { checked: resumes, onCheckedChange: ({ checked }) => onChange(checked === true), mt: 2 },
        h(ui.Checkbox.HiddenInput),
        h(ui.Checkbox.Control),
        h(ui.Checkbox.Label, null, t("do.backfill.resume")),
      ),
    ),
  );
}
