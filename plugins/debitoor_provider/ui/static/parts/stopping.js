// Ends what runs, after a question: the run under way, and a backfill that would start the next one.

import { h, ui, useState } from "../host.js";
import { backfills, cancelBackfill, runsUnderWay, stopRun } from "../airflow.js";
import { useWords } from "../words.js";
import { Dialog } from "./dialog.js";
import { notify, notifyFailure } from "./messages.js";

export function StopDialog({ row, onClose }) {
  const { t } = useWords();
  const [isBusy, setBusy] = useState(false);
  const stop = async () => {
    setBusy(true);
    try {
      await stopAll(row);
      notify(t("do.stop.done", { name: row.name }));
      onClose(true);
    } catch (failure) {
      setBusy(false);
      notifyFailure(failure, t);
    }
  };
  return h(
    Dialog,
    {
      title: t("do.stop.title", { name: row.name }),
      isAlert: true,
      onClose,
      footer: h(ui.Button, { colorPalette: "red", loading: isBusy, onClick: stop }, t("do.stop.confirm")),
    },
    h(ui.Text, null, t("do.stop.explained")),
  );
}

/** A backfill goes first, else it would start its next run. */
async function stopAll(row) {
  for (const one of await backfills(row.dag_id)) if (!one.completed_at) await cancelBackfill(one.id);
  for (const run of await runsUnderWay(row.dag_id)) await stopRun(row.dag_id, run.dag_run_id);
}
