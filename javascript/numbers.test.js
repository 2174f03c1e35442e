// What a person types into the form's fields for numbers, as the page reads it. The server reads the same table:
// tests/services/http/test_typed_numbers.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { numberOf, rateOf, shownNumber } from "../plugins/debitoor_provider/ui/static/wizard/number_text.js";

const { amounts, rates, shown } = JSON.parse(readFileSync(new URL("typed_numbers.json", import.meta.url), "utf-8"));

/** What has no meaning, or two, stays as it was typed, so that the server refuses it. */
const read = ({ typed, number }) => (number === null ? typed.trim() : Number(number));

for (const one of amounts) {
  test(`${one.language}: ${JSON.stringify(one.typed)} is ${one.number ?? "refused"}`, () => {
    assert.equal(numberOf(one.typed), read(one));
  });
}

for (const one of rates) {
  test(`a rate: ${JSON.stringify(one.typed)} is ${one.number ?? "refused"}`, () => {
    const found = rateOf(one.typed);
    if (one.number === null) assert.equal(typeof found, "string");
    else assert.equal(found, Number(one.number));
  });
}

for (const { language, number, typed } of shown) {
  test(`${language}: ${number} is shown as ${typed}, and read as it was`, () => {
    assert.equal(shownNumber(number, language), typed);
    assert.equal(shownNumber(Number(number), language), typed);
    assert.equal(numberOf(typed), Number(number));
  });
}

test("nothing is shown for nothing", () => {
  for (const value of [undefined, null, ""]) assert.equal(shownNumber(value, "fr"), "");
});

test("a value that the page cannot read is shown as it is", () => {
  assert.equal(shownNumber("1.234", "de"), "1.234");
});
