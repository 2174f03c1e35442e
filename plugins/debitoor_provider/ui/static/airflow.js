// Airflow's own API and pages: whatever starts, pauses or stops a run goes through them, with the user's own rights.

import { call } from "./http.js";

const dag = (id, rest = "") => `api/v2/dags/${encodeURIComponent(id)}${rest}`;

/** Start a run now; conf as the DAG's trigger form has it (from, to, document_ids, dry_run). */
export const trigger = (dagId, conf = {}) =>
  call("POST", dag(dagId, "/dagRuns"), { body: { logical_date: null, conf } });
export const pause = (dagId, isPaused) => call("PATCH", dag(dagId), { body: { is_paused: isPaused } });
export const stopRun = (dagId, runId) =>
  call("PATCH", dag(dagId, `/dagRuns/${encodeURIComponent(runId)}`), { body: { state: "failed" } });

/** The runs that a backfill would make; from and to are ISO instants. */
export const backfillRuns = (dagId, from, to, options) =>
  call("POST", "api/v2/backfills/dry_run", { body: backfillBody(dagId, from, to), ...options });
export const startBackfill = (dagId, from, to) =>
  call("POST", "api/v2/backfills", { body: backfillBody(dagId, from, to) });
export const backfills = (dagId, options) => call("GET", "api/v2/backfills", { params: { dag_id: dagId }, ...options });
export const cancelBackfill = (id) => call("PUT", `api/v2/backfills/${id}/cancel`, {});

const backfillBody = (dagId, from, to) => ({
  dag_id: dagId,
  from_date: from,
  to_date: to,
  reprocess_behavior: "completed",
  max_active_runs: 1,
});

/** Addresses inside Airflow's UI, for the host's router. */
export const dagPage = (dagId) => `/dags/${encodeURIComponent(dagId)}`;
export const runPage = (dagId, runId) => `${dagPage(dagId)}/runs/${encodeURIComponent(runId)}`;
