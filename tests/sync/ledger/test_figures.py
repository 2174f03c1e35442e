"""The figures follow the documents, on both databases, whatever changes them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from debitoor_provider.sync.ledger import Correction, Counts, FoundDocument, Ledger, State
from tests.sync.ledger.samples import OWNER, RUN, TTL, Clock, claimed, document, emptied, in_state, planned

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Entry

LONG_AGO = date(2000, 1, 1)


def moved(ledger: Ledger, number: int, account: str = "acme") -> None:
    entries = planned(ledger, number, account=account, exchange_key=f"key-{account}-{number}")
    ledger.documents.mark_moved(entries, "user:ada")


def change(ledger: Ledger, statement: str) -> None:
    with ledger._database.write() as connection:
        connection.execute(sa.text(statement))


def test_documents_are_counted_by_account_and_state(ledger: Ledger):
    planned(ledger, 1, 2)
    moved(ledger, 3)
    moved(ledger, 1, "other")
    everything = {"acme": {State.PLANNED: 2, State.MOVED: 1}, "other": {State.MOVED: 1}}
    assert ledger.figures.states() == everything
    assert ledger.figures.states(["other", "nobody"]) == {"other": everything["other"]}
    assert (ledger.figures.of("other"), ledger.figures.of("nobody")) == ({State.MOVED: 1}, {})
    assert ledger.figures.accounts() == {"acme", "other"}


def test_all_that_a_block_reads_is_of_one_transaction(ledger: Ledger):
    planned(ledger, 1)
    with ledger.reading(), ledger._database.read() as first, ledger._database.read() as second:
        assert first is second
        assert ledger.figures.counts() == {"acme": Counts(to_do=1)}
        with ThreadPoolExecutor(1) as other:  # another thread has its own
            other.submit(planned, ledger, 2).result()
            assert other.submit(ledger.figures.counts).result() == {"acme": Counts(to_do=2)}
    assert ledger.figures.counts() == {"acme": Counts(to_do=2)}


def test_a_document_is_counted_in_the_state_that_it_is_in(ledger: Ledger):
    for number, state in enumerate(State, 1):
        in_state(ledger, state, number)
    assert ledger.figures.states() == {"acme": dict.fromkeys(State, 1)}


def test_documents_are_counted_by_what_has_to_happen_to_them(ledger: Ledger):
    for number, state in enumerate(State, 1):
        in_state(ledger, state, number)
    planned(ledger, 1, account="other")
    everything = {"acme": Counts(moved=2, to_do=2, waiting=1, attention=2), "other": Counts(to_do=1)}
    assert ledger.figures.counts() == everything
    assert ledger.figures.counts(["other", "nobody"]) == {"other": everything["other"]}


def test_an_account_that_no_longer_has_documents_counts_none(ledger: Ledger):
    planned(ledger, 1)
    change(ledger, "DELETE FROM debitoor_events")
    change(ledger, "DELETE FROM debitoor_documents")
    assert ledger.figures.counts() == {"acme": Counts()}


def test_a_ledger_without_documents_has_no_figures(ledger: Ledger):
    assert (ledger.figures.states(), ledger.figures.counts()) == ({}, {})
    assert ledger.figures.moved_by_day(LONG_AGO) == {}


def test_moved_documents_are_counted_by_the_day_in_utc(ledger: Ledger, clock: Clock):
    clock.time = datetime(2026, 2, 27, 23, 59, 59, 999_999, tzinfo=UTC)
    moved(ledger, 1)
    clock.pass_by(microseconds=1)
    moved(ledger, 2)
    moved(ledger, 3)
    moved(ledger, 1, "other")
    planned(ledger, 4)
    first, second = date(2026, 2, 27), date(2026, 2, 28)
    assert ledger.figures.moved_by_day(LONG_AGO) == {"acme": {first: 1, second: 2}, "other": {second: 1}}
    assert ledger.figures.moved_by_day(second, ["acme"]) == {"acme": {second: 2}}


def test_a_document_that_is_sent_again_counts_on_the_day_of_its_last_arrival(ledger: Ledger, clock: Clock):
    (entry,) = claimed(ledger, 1)
    entry = ledger.steps.moved(ledger.steps.intend(entry), "expense-1")
    (entry,) = ledger.documents.retry([entry], "user:ada", if_missing=True)
    assert ledger.figures.moved_by_day(LONG_AGO) == {}

    clock.pass_by(days=3)
    (entry,) = ledger.leases.claim([entry], OWNER, TTL, run_id=RUN)
    ledger.steps.moved(ledger.steps.intend(entry), "expense-2")
    assert ledger.figures.moved_by_day(LONG_AGO) == {"acme": {clock.time.date(): 1}}


def test_a_rebuild_counts_documents_on_the_day_on_which_they_were_moved(ledger: Ledger, clock: Clock):
    in_state(ledger, State.MOVED, 1)
    day = datetime(2026, 1, 31, 12, tzinfo=UTC)
    found = [FoundDocument(str(number), f"key:{number}", f"expense-new-{number}", moved_at=day) for number in (1, 2)]
    ledger.documents.rebuild("acme", "export", found)
    assert ledger.figures.states() == {"acme": {State.MOVED: 2}}
    assert ledger.figures.moved_by_day(LONG_AGO) == {"acme": {day.date(): 2}}


def test_a_failure_changes_no_figure(ledger: Ledger):
    planned(ledger, 1)

    def fail() -> None:
        with ledger._database.write() as connection:
            connection.execute(sa.text("UPDATE debitoor_documents SET state = 'gone'"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert ledger.figures.states() == {"acme": {State.PLANNED: 1}}


def test_a_change_past_the_ledger_counts_too(ledger: Ledger):
    planned(ledger, 1, 2)
    moved(ledger, 3)
    change(ledger, "DELETE FROM debitoor_events")
    change(ledger, "DELETE FROM debitoor_documents WHERE source_id <> '2'")
    change(ledger, "UPDATE debitoor_documents SET state = 'held'")
    assert ledger.figures.states() == {"acme": {State.HELD: 1}}
    assert ledger.figures.moved_by_day(LONG_AGO) == {}
    assert ledger.figures.recount() == []


def test_a_recount_corrects_what_differs_and_reports_it(ledger: Ledger, clock: Clock):
    planned(ledger, 1, 2)
    moved(ledger, 3)
    moved(ledger, 1, "other")
    states, days = ledger.figures.states(), ledger.figures.moved_by_day(LONG_AGO)
    assert ledger.figures.recount() == []

    change(ledger, "UPDATE debitoor_state_counts SET planned = planned + 3 WHERE account = 'acme' AND planned > 0")
    change(ledger, "DELETE FROM debitoor_moved_counts WHERE account = 'other'")
    assert ledger.figures.recount() == [
        Correction("acme", "planned", -3),
        Correction("other", clock.time.date().isoformat(), 1),
    ]
    assert (ledger.figures.states(), ledger.figures.moved_by_day(LONG_AGO)) == (states, days)
    assert ledger.figures.recount() == []


def test_reading_looks_at_no_document(ledger: Ledger, statements: list[str]):
    planned(ledger, 1)
    statements.clear()
    ledger.figures.states()
    ledger.figures.moved_by_day(LONG_AGO)
    assert not [statement for statement in statements if "debitoor_documents" in statement]


def test_workers_that_move_documents_of_one_account_at_once_lose_no_count(ledger: Ledger):
    """Eight workers move, one plans again and again, one reads and one recounts."""
    entries = claimed(ledger, *range(160))
    over = threading.Event()

    def move(some: list[Entry]) -> None:
        for entry in some:
            ledger.steps.moved(ledger.steps.intend(entry), f"expense-{entry.id}")

    def meanwhile(number: int) -> int:
        times = 0
        while not over.is_set():
            if number:
                ledger.plans.enter("acme", "export", RUN, [document(1000 + times)])
                ledger.plans.enter("acme", "export", RUN, [], gone=[str(1000 + times)])
            elif sum(ledger.figures.states()["acme"].values()) < 160:
                raise AssertionError(ledger.figures.states())
            else:
                assert ledger.figures.recount() == []
            times += 1
        return times

    with ThreadPoolExecutor(10) as pool:
        others = [pool.submit(meanwhile, number) for number in range(2)]
        try:
            list(pool.map(move, [entries[first::8] for first in range(8)], timeout=60))
        finally:
            over.set()
        plans = others[1].result(30)
        assert others[0].result(30)
    assert ledger.figures.states() == {"acme": {State.MOVED: 160, State.GONE: plans}}
    assert ledger.figures.recount() == []


def test_a_plan_folds_what_each_connection_has_counted(ledger: Ledger):
    entries = claimed(ledger, *range(40))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda entry: ledger.steps.moved(ledger.steps.intend(entry), f"e-{entry.id}"), entries))
    ledger.plans.enter("acme", "export", RUN, [])
    with ledger._database.read() as connection:
        for table in ("debitoor_state_counts", "debitoor_moved_counts"):
            assert connection.execute(sa.text(f"SELECT account, slot FROM {table}")).all() == [("acme", 0)]
    assert ledger.figures.states() == {"acme": {State.MOVED: 40}}
    assert list(ledger.figures.moved_by_day(LONG_AGO)["acme"].values()) == [40]


def test_on_postgresql_no_plan_waits_for_a_worker_that_is_counting(postgresql_database: str):
    ledger = Ledger.open(emptied(postgresql_database))
    planned(ledger, 1)
    with ledger._database.write() as connection:
        connection.execute(sa.text("UPDATE debitoor_documents SET state = 'sending'"))
        with ThreadPoolExecutor(1) as pool:
            pool.submit(ledger.plans.enter, "acme", "export", RUN, [document(2)]).result(10)
    assert ledger.figures.states() == {"acme": {State.SENDING: 1, State.PLANNED: 1}}


def test_days_are_read_from_a_day_on(ledger: Ledger, clock: Clock):
    moved(ledger, 1)
    assert ledger.figures.moved_by_day(clock.time.date() + timedelta(days=1)) == {}
