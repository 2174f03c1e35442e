// Airflow's own API and pages: whatever starts, pauses or stops a run goes through them, with the user's own rights.

import { call } from "./http.js";

const dag = (id, rest = "") => `api/v2/dags/${encodeURIComponent(id)}${rest}`;

/** Start a run now; conf as the DAG's trigger form has it (from, to, document_ids, dry_run). */
export const trigger = (dagId, conf = {}) =>
  call("POST", dag(dagId, "/dagRuns"), { body: { logical_date: null, conf } });

/**
 * Start a run for what is new, unless one is under way or waits to begin. Another run, such as a backfill, a dry run or one
 * of chosen documents, does not take what is new: the account has one run at a time, so the new one begins after it.
 *
 * The id of the new run is made of the last one's. Of several people and windows that ask at the same time, Airflow lets
 * one start a run, since an id is there only once.
 *
 * @returns {Promise<"done" | "already" | "after">}
 */
export async function sync(dagId) {
  const { dag_runs: [last] } = await call("GET", dag(dagId, "/dagRuns"), { params: { order_by: "-id", limit: 1 } });
  const runs = await runsUnderWay(dagId); // asked after the last one, so that no newer one is missed
  if (runs.some(isForNew)) return "already";
  const id = `${FOR_NEW}${digest(last?.dag_run_id ?? "")}`;
  try {
    await call("POST", dag(dagId, "/dagRuns"), { body: { dag_run_id: id, logical_date: null, conf: {} } });
  } catch (failure) {
    if (failure.status === 409) return "already";
    throw failure;
  }
  return runs.length > 0 ? "after" : "done";
}

const FOR_NEW = "manual__after_";
const CHOSEN = ["from", "to", "document_ids", "dry_run"];

/** Whether a run takes what is new. Of one with a data interval only Airflow knows whether a person has chosen that. */
function isForNew({ dag_run_id: id, run_type: type, conf, data_interval_start: start }) {
  if (type === "scheduled" || id.startsWith(FOR_NEW)) return true;
  return type === "manual" && !start && CHOSEN.every((name) => [conf?.[name] ?? []].flat().every((value) => !value));
}

/** FNV-1a of 64 bits: the browser's own digests are for HTTPS alone. */
function digest(text) {
  let value = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) value = BigInt.asUintN(64, (value ^ BigInt(byte)) * 0x100000001b3n);
  return value.toString(16).padStart(16, "0");
}

export const pause = (dagId, isPaused) => call("PATCH", dag(dagId), { body: { is_paused: isPaused } });
export const runsUnderWay = (dagId) => all("dag_runs", dag(dagId, "/dagRuns"), { state: ["running", "queued"] });
export const stopRun = (dagId, runId) =>
  call("PATCH", dag(dagId, `/dagRuns/${encodeURIComponent(runId)}`), { body: { state: "failed" } });

/** The runs that a backfill would make; from and to are ISO instants. */
export const backfillRuns = (dagId, from, to, options) =>
  call("POST", "api/v2/backfills/dry_run", { body: backfillBody(dagId, from, to), ...options });

/** Start a backfill. While something else writes into a SQLite database, Airflow answers 503 and leaves nothing behind. */
export async function startBackfill(dagId, from, to) {
  for (let turn = 1; ; turn += 1) {
    try {
      return await call("POST", "api/v2/backfills", { body: backfillBody(dagId, from, to) });
    } catch (failure) {
      if (failure.status !== 503 || turn === TURNS) throw failure;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}
export const backfills = (dagId) => all("backfills", "api/v2/backfills", { dag_id: dagId });
export const cancelBackfill = (id) => call("PUT", `api/v2/backfills/${id}/cancel`, {});

/** The whole of a list, which Airflow gives in pages. Its order is by id, so what is added meanwhile comes last. */
async function all(name, path, params) {
  const found = [];
  for (;;) {
    const answer = await call("GET", path, { params: { ...params, order_by: "id", limit: 100, offset: found.length } });
    found.push(...answer[name]);
    if (!answer[name].length || found.length >= answer.total_entries) return found;
  }
}

const TURNS = 5;
const PAUSE = 2000;

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
/** Where a plan is approved or refused. */
export const approvalPage = (dagId, runId) => `${runPage(dagId, runId)}/tasks/approval/required_actions`;
