// Lists that the server gives in pages.

import assert from "node:assert/strict";
import { test } from "node:test";

import "./browser.js";

const { everyAccount } = await import("../plugins/debitoor_provider/ui/static/api.js");

const there = Array.from({ length: 450 }, (_, number) => ({ id: `a${number}`, attention: Math.max(0, 230 - number) }));
let asked = 0;
globalThis.fetch = async (address) => {
  asked += 1;
  const { searchParams } = new URL(address);
  const [offset, limit] = ["offset", "limit"].map((name) => Number(searchParams.get(name)));
  return Response.json({ accounts: there.slice(offset, offset + Math.min(limit, 200)), total: there.length });
};

test("every account can be chosen", async () => {
  assert.deepEqual(await everyAccount({}, () => true), there);
});

test("those that are not wanted are not read to the end", async () => {
  asked = 0;
  assert.deepEqual(await everyAccount({ order: "-attention" }, (row) => row.attention > 0), there.slice(0, 400));
  assert.equal(asked, 2);
});
