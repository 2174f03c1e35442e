// What the page starts and stops, against an Airflow of which only the lists are there.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import "./browser.js";

const { backfills, runsUnderWay, sync } = await import("../plugins/debitoor_provider/ui/static/airflow.js");

let runs = [];
let made = [];
let started = [];

const page = (list, search) => {
  const [offset, limit] = ["offset", "limit"].map((name) => Number(search.get(name) ?? 0));
  return list.slice(offset, offset + Math.min(limit || 50, 100));
};

beforeEach(() => {
  [runs, made, started] = [[], [], []];
  globalThis.fetch = async (address, { method, body }) => {
    const { pathname, searchParams } = new URL(address);
    if (method === "POST") {
      started.push(JSON.parse(body));
      return Response.json({});
    }
    if (pathname.endsWith("/backfills")) {
      return Response.json({ backfills: page(made, searchParams), total_entries: made.length });
    }
    const found = searchParams.has("state") ? runs : runs.toReversed();
    return Response.json({ dag_runs: page(found, searchParams), total_entries: runs.length });
  };
});

const run = (type, more = {}) => ({ dag_run_id: `${type}__1`, run_type: type, conf: {}, data_interval_start: null, ...more });

for (const [name, one] of Object.entries({
  "one of the schedule": run("scheduled", { data_interval_start: "2026-01-01T00:00:00Z" }),
  "one by hand": run("manual"),
  "one of Airflow's form": run("manual", { conf: { from: null, to: "", document_ids: [], dry_run: false } }),
  "one of this page": run("manual", { dag_run_id: "manual__after_1", data_interval_start: "2026-01-01T00:00:00Z" }),
})) {
  test(`a run for what is new is not started twice: ${name}`, async () => {
    runs = [one];
    assert.equal(await sync("d"), "already");
    assert.deepEqual(started, []);
  });
}

for (const [name, one] of Object.entries({
  "a backfill": run("backfill"),
  "a period": run("manual", { conf: { from: "2026-01-01" } }),
  documents: run("manual", { conf: { document_ids: ["17"] } }),
  "a dry run": run("manual", { conf: { dry_run: true } }),
  "an interval": run("manual", { data_interval_start: "2026-01-01T00:00:00Z" }),
})) {
  test(`another run is followed by one for what is new: ${name}`, async () => {
    runs = [one];
    assert.equal(await sync("d"), "after");
    assert.equal(started.length, 1);
  });
}

test("one is started where there is none", async () => {
  assert.equal(await sync("d"), "done");
  assert.equal(started.length, 1);
});

test("all that is under way is found, however much came before", async () => {
  runs = Array.from({ length: 130 }, (_, number) => run("backfill", { dag_run_id: `backfill__${number}` }));
  made = Array.from({ length: 201 }, (_, number) => ({ id: number }));
  assert.deepEqual(await runsUnderWay("d"), runs);
  assert.deepEqual(await backfills("d"), made);
});
