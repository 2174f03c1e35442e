from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from debitoor_provider.sync.ledger import Ledger, State
from tests.sync.ledger.samples import RUN, Clock, in_state, planned


def moved(ledger: Ledger, number: int, account: str = "acme") -> None:
    entries = planned(ledger, number, account=account, exchange_key=f"key-{account}-{number}")
    ledger.documents.mark_moved(entries, "user:ada")


def test_documents_are_counted_by_account_and_state(ledger: Ledger):
    planned(ledger, 1, 2)
    moved(ledger, 3)
    moved(ledger, 1, "other")
    everything = {"acme": {State.PLANNED: 2, State.MOVED: 1}, "other": {State.MOVED: 1}}
    assert ledger.figures.states() == everything
    assert ledger.figures.states(["other", "nobody"]) == {"other": everything["other"]}


def test_moved_documents_are_counted_by_the_day_in_utc(ledger: Ledger, clock: Clock):
    clock.time = datetime(2026, 2, 27, 23, 59, 59, 999_999, tzinfo=UTC)
    moved(ledger, 1)
    clock.pass_by(microseconds=1)
    moved(ledger, 2)
    moved(ledger, 3)
    moved(ledger, 1, "other")
    planned(ledger, 4)
    first, second = date(2026, 2, 27), date(2026, 2, 28)
    long_ago = clock.time - timedelta(days=9)
    assert ledger.figures.moved_by_day(long_ago) == {"acme": {first: 1, second: 2}, "other": {second: 1}}
    assert ledger.figures.moved_by_day(clock.time, ["acme"]) == {"acme": {second: 2}}


def test_every_change_of_a_document_is_noticed_and_nothing_else(ledger: Ledger, clock: Clock):
    since = clock.time - timedelta(minutes=10)
    clock.pass_by(seconds=1)
    (entry, _) = planned(ledger, 1, 2)
    clock.pass_by(seconds=-1)  # of another machine, whose clock is behind
    planned(ledger, 3, account="other")
    before = ledger.figures.changes(since)
    assert before.keys() == {"acme", "other"}
    assert ledger.figures.changes(since) == before

    ledger.documents.ignore([entry], "user:ada")
    after = ledger.figures.changes(since)
    assert after["acme"] != before["acme"]
    assert after["other"] == before["other"]


def test_what_has_not_changed_since_then_is_not_looked_at(ledger: Ledger, clock: Clock):
    planned(ledger, 1)
    assert ledger.figures.changes(clock.pass_by(seconds=1)) == {}


def test_a_run_has_dealt_with_what_it_brought_to_an_end(ledger: Ledger):
    in_state(ledger, State.MOVED)
    planned(ledger, 77)
    assert ledger.runs.finished_documents([RUN, "never"]) == {RUN: 1}
    assert ledger.runs.finished_documents([]) == {}


def test_documents_are_found_by_their_ids(ledger: Ledger):
    (first, second) = planned(ledger, 1, 2)
    (other,) = planned(ledger, 3, account="other")
    assert ledger.documents.ids("acme") == [first.id, second.id]
    assert [entry.id for entry in ledger.documents.by_ids([other.id, first.id, -1])] == [first.id, other.id]
