"""Stops by a limit, and what a person allowed once, on both databases of the ledger."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Ledger

LIMIT = "new_documents"


def ask(ledger: Ledger, number: int = 500, account: str = "acme", run_id: str = "run-1") -> None:
    message = Message("limit_new_documents", account=account, number=number, most=100)
    ledger.stops.ask(account, LIMIT, number, message, run_id=run_id, settings_fingerprint="f")


def test_a_stop_waits_for_a_person_and_is_recorded_with_who_allowed_it(ledger: Ledger):
    ask(ledger)
    [stop] = ledger.stops.pending(["acme", "other"])
    assert (stop.account, stop.limit_name, stop.number, stop.run_id) == ("acme", LIMIT, 500, "run-1")
    assert stop.message.text().startswith("The run has 500 documents to move")
    [allowed] = ledger.stops.allow("acme", "user:anna", "first run")
    assert (allowed.allowed_by, allowed.reason, allowed.id) == ("user:anna", "first run", stop.id)
    assert allowed.allowed_at is not None
    assert ledger.stops.pending(["acme"]) == []


def test_nothing_may_be_exceeded_before_it_is_allowed(ledger: Ledger):
    ask(ledger)
    assert not ledger.stops.use("acme", LIMIT, 400, "run-2")
    assert not ledger.stops.is_allowed("acme", LIMIT, 400)


def test_a_permission_is_for_one_run_with_any_number_of_attempts(ledger: Ledger):
    ask(ledger)
    ledger.stops.allow("acme", "user:anna")
    assert ledger.stops.is_allowed("acme", LIMIT, 500)
    assert ledger.stops.use("acme", LIMIT, 500, "run-2")
    assert ledger.stops.use("acme", LIMIT, 500, "run-2")
    assert not ledger.stops.use("acme", LIMIT, 500, "run-3")
    assert not ledger.stops.is_allowed("acme", LIMIT, 500)


def test_only_one_of_many_runs_at_the_same_moment_may_use_it(ledger: Ledger):
    ask(ledger)
    ledger.stops.allow("acme", "user:anna")
    with ThreadPoolExecutor(8) as pool:
        used = list(pool.map(lambda number: ledger.stops.use("acme", LIMIT, 500, f"run-{number}"), range(8)))
    assert len([stop for stop in used if stop]) == 1


def test_no_more_than_the_amount_is_allowed(ledger: Ledger):
    ask(ledger)
    ledger.stops.allow("acme", "user:anna")
    assert not ledger.stops.use("acme", LIMIT, 501, "run-2")


def test_a_large_amount_allows_no_larger_one(ledger: Ledger):
    ask(ledger, number=3_000_000_000)
    ledger.stops.allow("acme", "user:anna")
    assert not ledger.stops.is_allowed("acme", LIMIT, 9_000_000_000)
    assert not ledger.stops.use("acme", LIMIT, 9_000_000_000, "run-2")
    stop = ledger.stops.use("acme", LIMIT, 3_000_000_000, "run-2")
    assert stop is not None
    assert stop.number == 3_000_000_000


def test_a_number_beyond_all_bounds_is_no_error(ledger: Ledger):
    ask(ledger, number=10**30)
    ledger.stops.allow("acme", "user:anna")
    assert ledger.stops.use("acme", LIMIT, 10**30, "run-2")


def test_a_later_stop_replaces_the_pending_one_and_an_unused_permission(ledger: Ledger):
    ask(ledger)
    ledger.stops.allow("acme", "user:anna")
    ask(ledger, number=900, run_id="run-2")
    ask(ledger, number=950, run_id="run-3")
    assert [stop.number for stop in ledger.stops.pending(["acme"])] == [950]
    assert not ledger.stops.use("acme", LIMIT, 500, "run-4")


def test_a_person_allows_only_what_that_person_has_seen(ledger: Ledger):
    ask(ledger)
    [seen] = ledger.stops.pending(["acme"])
    ask(ledger, number=9000)
    assert ledger.stops.allow("acme", "user:anna", ids=[seen.id + 99]) == []
    assert ledger.stops.allow("other", "user:anna", ids=[seen.id]) == []
    assert len(ledger.stops.pending(["acme"])) == 1


def test_a_stop_whose_cause_is_gone_is_withdrawn_and_what_was_allowed_stays(ledger: Ledger):
    ask(ledger)
    ask(ledger, account="other")
    ledger.stops.withdraw("acme", LIMIT)
    assert [stop.account for stop in ledger.stops.pending(["acme", "other"])] == ["other"]
    ledger.stops.allow("other", "user:anna")
    ledger.stops.withdraw("other", LIMIT)
    assert ledger.stops.use("other", LIMIT, 1, "run-2")
