"""A run writes only as long as its lease is known to hold, however long its process was stopped."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from debitoor_provider.services.errors import RetryError
from debitoor_provider.services.http import time_limit
from debitoor_provider.services.steady_clock import steady_seconds
from debitoor_provider.sync.ledger import Entry, LeaseLost
from debitoor_provider.sync.steps import transfer
from debitoor_provider.sync.steps.lease import RunLeases
from tests.sync.stage import Stage

TTL = timedelta(seconds=120)


class Asleep:
    """A process that was stopped: its clock jumps, and the ledger's goes along."""

    def __init__(self, acme: Stage) -> None:
        self._acme = acme
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def stop(self, seconds: float) -> None:
        self.now += seconds
        self._acme.clock.pass_by(seconds=seconds)


@pytest.fixture
def process(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> Asleep:
    return Asleep(acme)


def leased(acme: Stage, process: Asleep, *uids: str) -> tuple[RunLeases, list[Entry]]:
    acme.plan(acme.exports())
    leases = RunLeases(acme.ledger, "this run", TTL, clock=process)
    return leases, leases.claim([acme.entry(uid) for uid in uids], "this run")


def test_the_clock_runs_on_while_the_machine_sleeps() -> None:
    before = steady_seconds()
    assert before >= time.monotonic() - 1 or before >= time.clock_gettime(time.CLOCK_BOOTTIME) - 1
    assert steady_seconds() >= before


def test_a_lease_that_holds_long_enough_costs_no_statement(
    acme: Stage, process: Asleep, monkeypatch: pytest.MonkeyPatch
) -> None:
    leases, [entry] = leased(acme, process, acme.document())
    monkeypatch.setattr(type(acme.ledger.leases), "extend_held", _not_asked)
    process.stop(59)
    leases.permit(entry)
    assert leases.wrote


def test_a_lease_that_does_not_is_extended_first(acme: Stage, process: Asleep) -> None:
    uid = acme.document()
    leases, [entry] = leased(acme, process, uid)
    process.stop(10_000)
    leases.permit(entry)  # no other run has taken it
    assert acme.ledger.leases.claim([acme.entry(uid)], "another run", TTL) == []


def test_a_lease_that_another_run_has_taken_permits_nothing(acme: Stage, process: Asleep) -> None:
    uid, other = acme.documents(2)
    leases, [entry, kept] = leased(acme, process, uid, other)
    process.stop(130)
    assert acme.ledger.leases.claim([acme.entry(uid)], "another run", TTL)
    with pytest.raises(LeaseLost, match="not leased to this run"):
        leases.permit(entry)
    leases.permit(kept)
    leases.refresh()
    with pytest.raises(LeaseLost):  # once lost, it stays lost
        leases.permit(entry)


def test_refreshing_early_costs_nothing(acme: Stage, process: Asleep, monkeypatch: pytest.MonkeyPatch) -> None:
    leases, _ = leased(acme, process, acme.document())
    with monkeypatch.context() as patched:
        patched.setattr(type(acme.ledger.leases), "extend_held", _not_asked)
        process.stop(29)
        leases.refresh()
    process.stop(1)
    leases.refresh()


def _not_asked(*_: object) -> None:
    raise AssertionError("the ledger was asked")


@pytest.mark.parametrize("piece", [1, 2])
def test_a_process_that_was_stopped_before_a_piece_of_an_expense_sends_no_more_of_it(
    acme: Stage, process: Asleep, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    """The head of a request is its first piece, its body the second."""
    uid = acme.document()
    acme.plan(acme.exports())
    acme.name(acme.exports())
    before_sending, sent = time_limit.TimeLimit.before_sending, []

    def stopped(self: Any) -> float:
        entry = acme.entry(uid)
        if entry.file_id and not sent.count("stopped"):
            sent.append("piece")
            if sent.count("piece") == piece:
                sent.append("stopped")
                process.stop(300)
                assert acme.ledger.leases.claim([entry], "another run", TTL)
        return before_sending(self)

    monkeypatch.setattr(transfer, "RunLeases", lambda *args: RunLeases(*args, clock=process))
    monkeypatch.setattr(time_limit.TimeLimit, "before_sending", stopped)
    with pytest.raises(RetryError, match="taken over document"):
        acme.send(acme.exports())
    assert acme.company.expenses() == []
    assert acme.states() == {uid: "sending"}


def test_a_run_that_lost_its_lease_behind_a_write_looks_for_doubles(
    acme: Stage, process: Asleep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between the last look at the clock and the write: no lease can help, so it must not be silent."""
    uid = acme.document()
    acme.plan(acme.exports())
    acme.name(acme.exports())
    create, stops = type(acme.debitoor).create_expense, []

    def late(self: Any, expense: Any) -> Any:
        made = create(self, expense)
        if not stops:
            stops.append(1)
            monkeypatch.setattr(type(self), "create_expense", create)
            process.stop(300)
            hide = acme.fault("status", "debitoor.expenses.list", status=200, body=[], times=2)
            acme.export()  # another run, to which the first expense does not show yet
            acme.sandbox.clear_faults(hide)
        return made

    monkeypatch.setattr(transfer, "RunLeases", lambda *args: RunLeases(*args, clock=process))
    monkeypatch.setattr(type(acme.debitoor), "create_expense", late)
    with pytest.raises(RetryError):
        acme.send(acme.exports())
    assert len(acme.company.expenses()) == 2
    assert acme.states() == {uid: "held booked_twice"}


def test_documents_claimed_later_are_held_besides_the_first_and_no_longer(acme: Stage, process: Asleep) -> None:
    uid, other = acme.documents(2)
    leases, [first] = leased(acme, process, uid)
    process.stop(50)
    [second] = leases.claim([acme.entry(other)], "this run")
    process.stop(15)  # the first lease holds for less than what a write may take, and both are extended
    for entry in (first, second):
        leases.permit(entry)
    process.stop(100)
    assert acme.ledger.leases.claim([acme.entry(uid), acme.entry(other)], "another run", TTL) == []


def test_some_leases_are_released_and_the_others_kept(acme: Stage, process: Asleep) -> None:
    uid, other = acme.documents(2)
    leases, [first, second] = leased(acme, process, uid, other)
    leases.release([first])
    assert acme.ledger.leases.claim([acme.entry(uid), acme.entry(other)], "another run", TTL) != []
    with pytest.raises(LeaseLost):
        leases.permit(first)
    leases.permit(second)
    leases.release()
    assert [entry.source_id for entry in acme.ledger.leases.claim([acme.entry(other)], "another run", TTL)] == [other]
