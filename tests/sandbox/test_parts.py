"""The small parts: JSON, router, rate windows, clock, validation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.sandbox import json_codec
from debitoor_provider.sandbox.clock import SandboxClock, local_seconds, utc_milliseconds
from debitoor_provider.sandbox.debitoor.amounts import computed
from debitoor_provider.sandbox.debitoor.operations import OPERATIONS as DEBITOOR
from debitoor_provider.sandbox.gmi.operations import OPERATIONS as GMI
from debitoor_provider.sandbox.http import ok
from debitoor_provider.sandbox.limits import RateLimiter
from debitoor_provider.sandbox.router import Router

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
CENTS = st.integers(-(10**12), 10**12).map(lambda cents: Decimal(cents).scaleb(-2))


@given(CENTS)
def test_money_survives_the_way_through_json(amount):
    assert Decimal(str(json_codec.loads(json_codec.dumps({"a": amount}))["a"])) == amount


@given(st.lists(st.tuples(CENTS, st.integers(0, 10_000).map(lambda rate: Decimal(rate).scaleb(-2))), min_size=1))
def test_computed_amounts_always_add_up(lines):
    result, errors = computed({"lines": [{"taxRate": rate, "grossAmount": gross} for gross, rate in lines]})

    assert errors == []
    assert result["totalGrossAmount"] == sum(gross for gross, _ in lines)
    assert result["totalNetAmount"] + result["totalTaxAmount"] == result["totalGrossAmount"]
    assert sum(group["taxAmount"] for group in result["taxGroups"]) == result["totalTaxAmount"]
    assert all(json_codec.to_cents(line["netAmount"]) is not None for line in result["lines"])


@pytest.mark.parametrize("text", [b"", b"{", b"NaN", b'{"a": Infinity}', b'"\\ud800"', b"[" * 100_000, b"\xff"])
def test_invalid_json_is_refused(text):
    with pytest.raises(ValueError):
        json_codec.loads(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1.5", Decimal("1.5")), (3, Decimal(3)), ("1,5", None), ("NaN", None), ("Infinity", None), (True, None),
     (None, None), ([], None)],
)  # fmt: skip
def test_a_number_is_read_from_numbers_and_numeric_text(value, expected):
    assert json_codec.decimal_of(value) == expected


@pytest.mark.parametrize(
    ("value", "fits"),
    [("0.30000000000000004", False), ("5.100", True), ("1e999999", False), ("90071992547409.91", True)],
)
def test_amounts_have_at_most_two_decimals(value, fits):
    assert (json_codec.to_cents(Decimal(value)) is not None) == fits


def test_the_router_prefers_fixed_paths_and_knows_paths_without_the_method():
    router = Router(GMI)

    assert router.match("GET", "/accounts/v3/documents/deleted").operation.name == "gmi.documents.deleted"
    found = router.match("GET", "/accounts/v3/documents/7/attachments/9")
    assert (found.operation.name, found.params) == ("gmi.attachments.get", {"uid": "7", "attachment_uid": "9"})
    assert router.match("PATCH", "/accounts/v3/documents/7") == (None, {"uid": "7"}, True)
    assert router.match("GET", "/accounts/v3/documents/") == (None, {}, False)


@pytest.mark.parametrize("operation", [*GMI, *DEBITOOR], ids=lambda operation: f"{operation.method} {operation.path}")
def test_every_operation_is_reached_by_its_path(operation):
    router = Router(GMI if operation.name.startswith("gmi.") else DEBITOOR)
    path = operation.path.replace("{", "").replace("}", "")

    assert router.match(operation.method, path).operation is operation


def test_a_window_begins_with_its_first_call_and_a_refused_call_does_not_count():
    limiter = RateLimiter()

    def take(seconds):
        return limiter.take("key", NOON + timedelta(seconds=seconds), {60.0: 2, 3600.0: 3})

    assert [take(0), take(30), take(30)] == [None, None, 30]
    assert take(59.5) == 1
    assert take(60) is None  # a new minute, the third call of the hour
    assert take(61) == 3539
    assert limiter.take("other key", NOON, {60.0: 2}) is None


def test_the_clock_runs_at_an_offset_or_stands_still():
    clock = SandboxClock()
    clock.set(now=NOON)
    assert NOON <= clock.now() < NOON + timedelta(seconds=5)

    clock.set(now=NOON, frozen=True)
    clock.advance(90)
    assert clock.now() == NOON + timedelta(seconds=90)
    clock.set()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_times_have_the_forms_of_the_contracts():
    moment = datetime(2026, 7, 1, 22, 30, 5, 123456, tzinfo=UTC)

    assert local_seconds(moment, "Europe/Berlin") == "2026-07-02 00:30:05"
    assert utc_milliseconds(moment) == "2026-07-01T22:30:05.123Z"


def test_a_decimal_is_written_without_needless_digits():
    assert ok({"a": Decimal("5000.00"), "b": Decimal("4201.68")}).body == b'{"a":5000,"b":4201.68}'
