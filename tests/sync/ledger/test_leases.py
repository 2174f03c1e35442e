from __future__ import annotations

import multiprocessing
import threading
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger import DUE, LeaseLost, Ledger, LedgerError, State
from tests.sync.ledger.samples import OWNER, RUN, TTL, claimed, document, give_name, planned

if TYPE_CHECKING:
    from tests.sync.ledger.samples import Clock


def test_a_claim_returns_the_documents_as_they_are_now(ledger: Ledger):
    entries = planned(ledger, 1, 2)
    give_name(ledger, entries[0], "a.pdf")
    one, two = ledger.leases.claim(entries, OWNER, TTL, run_id=RUN)

    assert (one.target_name, two.target_name) == ("a.pdf", None)
    assert (one.owner, one.run_id) == (OWNER, RUN)


def test_a_claim_keeps_the_requested_order(ledger: Ledger):
    entries = planned(ledger, 1, 2, 3)

    assert [entry.source_id for entry in ledger.leases.claim(reversed(entries), OWNER, TTL)] == ["3", "2", "1"]


def test_a_document_is_claimed_by_one_run_at_a_time(ledger: Ledger):
    entries = planned(ledger, 1, 2)
    ledger.leases.claim(entries[:1], "one", TTL)

    assert [entry.source_id for entry in ledger.leases.claim(entries, "two", TTL)] == ["2"]


def test_two_accounts_cannot_both_claim_what_is_the_same_exchange(ledger: Ledger):
    (one,), (two,) = planned(ledger, 1), planned(ledger, 1, account="other")
    ledger.leases.claim([one], "one", TTL)

    assert ledger.leases.claim([two], "two", TTL) == []


def test_an_owner_may_claim_again(ledger: Ledger, clock: Clock):
    entries = claimed(ledger, 1)
    clock.pass_by(minutes=4)
    assert len(ledger.leases.claim(entries, OWNER, TTL)) == 1

    clock.pass_by(minutes=4)
    assert ledger.leases.claim(entries, "another", TTL) == []


def test_a_lease_runs_out(ledger: Ledger, clock: Clock):
    entries = claimed(ledger, 1)
    clock.pass_by(minutes=5)

    assert len(ledger.leases.claim(entries, "another", TTL)) == 1


def test_a_lease_of_a_clock_that_was_ahead_has_expired(ledger: Ledger, clock: Clock):
    clock.pass_by(days=1)
    entries = claimed(ledger, 1)
    clock.pass_by(days=-1)

    assert len(ledger.leases.claim(entries, "another", TTL)) == 1


def test_a_lease_holds_while_a_clock_is_set_back_a_little(ledger: Ledger, clock: Clock):
    entries = claimed(ledger, 1)
    clock.pass_by(minutes=-4)

    assert ledger.leases.claim(entries, "another", TTL) == []


def test_a_lease_can_be_extended(ledger: Ledger, clock: Clock):
    entries = claimed(ledger, 1, 2)
    clock.pass_by(minutes=4)
    assert len(ledger.leases.extend_held(OWNER, TTL)) == 2

    clock.pass_by(minutes=4)
    assert ledger.leases.claim(entries, "another", TTL) == []


def test_leases_are_given_back(ledger: Ledger):
    entries = claimed(ledger, 1, 2, 3)
    assert ledger.leases.release(OWNER, entries[:1]) == 1
    assert [entry.source_id for entry in ledger.leases.claim(entries, "another", TTL)] == ["1"]

    assert ledger.leases.release(OWNER) == 2
    assert ledger.leases.release(OWNER) == 0


def test_the_lease_of_another_run_cannot_be_released(ledger: Ledger):
    entries = claimed(ledger, 1)

    assert ledger.leases.release("another", entries) == 0


def test_a_finished_document_is_not_claimed_and_keeps_no_lease(ledger: Ledger):
    entries = claimed(ledger, 1, 2)
    ledger.steps.moved(entries[0], "expense-1")
    ledger.leases.release(OWNER)

    assert [entry.source_id for entry in ledger.leases.claim(entries, "next", TTL)] == ["2"]
    assert ledger.leases.release("next") == 1


def test_other_states_can_be_claimed_for_other_work(ledger: Ledger):
    entries = claimed(ledger, 1, 2)
    ledger.steps.moved(entries[0], "expense-1")

    assert [entry.source_id for entry in ledger.leases.claim(entries, OWNER, TTL, states={State.MOVED})] == ["1"]


def test_without_a_clock_of_its_own_a_ledger_takes_the_databases(url: str):
    ledger = Ledger.open(url)
    entries = planned(ledger, 1)

    assert ledger.leases.claim(entries, "brief", timedelta(milliseconds=-1)) != []
    (entry,) = ledger.leases.claim(entries, OWNER, TTL)
    assert ledger.leases.claim(entries, "another", TTL) == []
    assert len(ledger.leases.extend_held(OWNER, TTL)) == 1
    assert abs(ledger.steps.intend(entry).changed_at - datetime.now(UTC)) < timedelta(minutes=1)
    ledger.leases.extend_held(OWNER, timedelta(milliseconds=-1))
    try:
        ledger.steps.intend(entry)
    except LeaseLost:
        return
    finally:
        ledger.close()
    raise AssertionError("an intent was written under a lease that had run out")


def test_eight_threads_move_each_document_once(ledger: Ledger):
    ledger.plans.enter("acme", "export", RUN, [document(number) for number in range(64)])
    start = threading.Barrier(8)

    def work(number: int) -> list[str]:
        start.wait()
        return _move_what_is_free(ledger, f"thread-{number}")

    with ThreadPoolExecutor(8) as pool:
        moved = Counter(source_id for each in pool.map(work, range(8)) for source_id in each)

    assert set(moved.values()) == {1}
    assert ledger.documents.count() == {State.MOVED: 64}
    assert all(entry.attempts == 1 for entry in ledger.documents.entries())


def test_four_processes_move_each_document_once(url: str):
    ledger = Ledger.open(url)
    ledger.plans.enter("acme", "export", RUN, [document(number) for number in range(64)])

    with ProcessPoolExecutor(4, multiprocessing.get_context("spawn")) as pool:
        moved = Counter(source_id for each in pool.map(_move_in_a_process, [url] * 4, range(4)) for source_id in each)

    assert set(moved.values()) == {1}
    assert ledger.documents.count() == {State.MOVED: 64}
    ledger.close()


def test_a_forked_process_opens_connections_of_its_own(url: str):
    ledger = Ledger.open(url)
    ledger.plans.enter("acme", "export", RUN, [document(number) for number in range(16)])
    child = multiprocessing.get_context("fork").Process(target=_move_what_is_free, args=(ledger, "child"))
    child.start()
    mine = _move_what_is_free(ledger, "parent")
    child.join(30)

    assert child.exitcode == 0
    assert ledger.documents.count() == {State.MOVED: 16}
    assert {entry.target_id for entry in ledger.documents.entries()} <= {
        f"{who}-{n}" for who in ("child", "parent") for n in range(16)
    }
    assert len(mine) == sum(str(entry.target_id).startswith("parent") for entry in ledger.documents.entries())
    ledger.close()


def _move_in_a_process(url: str, number: int) -> list[str]:
    ledger = Ledger.open(url)
    try:
        return _move_what_is_free(ledger, f"process-{number}")
    finally:
        ledger.close()


def _move_what_is_free(ledger: Ledger, owner: str) -> list[str]:
    """Work as a run does, a few documents at a time, until nothing is due."""
    moved: list[str] = []
    while due := ledger.documents.entries("acme", states=DUE, order="listed", limit=7):
        for entry in ledger.leases.claim(due, owner, TTL):
            try:
                ledger.steps.moved(ledger.steps.intend(entry), f"{owner}-{entry.source_id}")
            except LedgerError as error:
                raise AssertionError(f"{owner}: {error}") from error
            moved.append(entry.source_id)
        ledger.leases.release(owner)
    return moved
