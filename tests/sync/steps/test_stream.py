"""Documents go on without waiting for the last one of a batch, and no more than two batches are claimed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.services.errors import Interrupted, Misconfigured, RetryError
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.sync.export.mover import ExpenseMover
from debitoor_provider.sync.steps import stream
from debitoor_provider.sync.steps.lease import RunLeases
from debitoor_provider.sync.steps.stream import Stream
from debitoor_provider.sync.steps.transfer import transfer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.sync.ledger import Entry
    from tests.sync.stage import Stage

TTL = timedelta(seconds=120)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BATCH", 2)


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def claims(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return what was claimed, claim by claim."""
    claim, seen = RunLeases.claim, []

    def noted(self: Any, entries: Any, run_id: str) -> list[Entry]:
        claimed = claim(self, entries, run_id)
        seen.append([entry.source_id for entry in claimed])
        return claimed

    monkeypatch.setattr(RunLeases, "claim", noted)
    return seen


def planned(acme: Stage, count: int, **settings: Any) -> list[str]:
    uids = acme.documents(count)
    acme.plan(acme.exports(**settings))
    acme.name(acme.exports(**settings))
    return uids


def free(acme: Stage, *uids: str) -> list[str]:
    """Return which of these another run may claim."""
    claimed = acme.ledger.leases.claim([acme.entry(uid) for uid in uids], "another run", TTL)
    acme.ledger.leases.release("another run")
    return [entry.source_id for entry in claimed]


def test_a_document_that_takes_long_keeps_no_later_batch_waiting(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    account = acme.exports(parallel=2, duplicates="off")  # no document is compared with the one before
    uids = planned(acme, 4)
    read, last = GetMyInvoicesClient.document, threading.Event()

    def document(self: Any, uid: int, **options: Any) -> Any:
        if str(uid) == uids[3]:
            last.set()
        elif str(uid) == uids[0]:
            assert last.wait(10)
        return read(self, uid, **options)

    monkeypatch.setattr(GetMyInvoicesClient, "document", document)
    acme.send(account)
    assert set(acme.states().values()) == {"moved"}


def test_a_batch_is_claimed_ahead_once_the_one_before_the_present_one_is_through(
    acme: Stage, background: ThreadPoolExecutor, claims: list[list[str]]
) -> None:
    uids = planned(acme, 6)
    leases = RunLeases(acme.ledger, "this run", TTL)
    moved: list[str] = []

    def move(entry: Entry, mover: Any) -> None:
        mover(entry)

    documents = Stream(
        acme.due(acme.exports()), "run", leases, lambda _: lambda entry: moved.append(entry.source_id), background
    )
    assert len(documents) == 6
    taken = iter(documents)
    first, second, third, fourth = (next(taken) for _ in range(4))
    assert claims == [uids[:2], uids[2:4]]  # the first two are still under way
    assert free(acme, *uids) == uids[4:]
    for batch, entry in (first, second):
        batch.move(entry, move)
    assert free(acme, *uids) == [*uids[:2], *uids[4:]]
    assert moved == uids[:2]
    for batch, entry in (third, fourth):
        batch.move(entry, move)
    fifth, sixth = taken
    assert claims == [uids[:2], uids[2:4], uids[4:]]
    assert [entry.source_id for _, entry in (third, fourth, fifth, sixth)] == uids[2:]


def test_a_document_counts_as_through_even_if_it_fails(acme: Stage, background: ThreadPoolExecutor) -> None:
    uids = planned(acme, 2)

    def fail(entry: Entry, _: Any) -> None:
        raise KeyError(entry.source_id)

    leases = RunLeases(acme.ledger, "this run", TTL)
    for batch, entry in Stream(acme.due(acme.exports()), "run", leases, lambda _: lambda _: None, background):
        with pytest.raises(KeyError):
            batch.move(entry, fail)
    assert free(acme, *uids) == uids


def test_documents_of_other_runs_are_passed_over_and_counted(
    acme: Stage, background: ThreadPoolExecutor, claims: list[list[str]]
) -> None:
    uids = planned(acme, 5)
    acme.ledger.leases.claim([acme.entry(uid) for uid in uids[:3]], "another run", TTL)
    leases = RunLeases(acme.ledger, "this run", TTL)
    moved: list[Entry] = []
    documents = Stream(acme.due(acme.exports()), "run", leases, lambda _: moved.append, background)
    for batch, entry in documents:
        batch.move(entry, lambda entry, mover: mover(entry))
    assert [entry.source_id for entry in moved] == uids[3:]
    assert documents.held_elsewhere == 3
    assert claims == [[], [uids[3]], [uids[4]]]


def test_what_a_later_batch_lacks_is_raised_once_the_documents_before_are_through(
    acme: Stage, monkeypatch: pytest.MonkeyPatch, claims: list[list[str]]
) -> None:
    uids = planned(acme, 4)
    make = ExpenseMover.__init__

    def fail(self: Any, **options: Any) -> None:
        if len(claims) == 2:
            raise Misconfigured("no books any more")
        make(self, **options)

    monkeypatch.setattr(ExpenseMover, "__init__", fail)
    with pytest.raises(Misconfigured, match="no books any more"):
        acme.send(acme.exports(parallel=1))
    assert acme.states() == dict.fromkeys(uids[:2], "moved") | dict.fromkeys(uids[2:], "planned")
    assert free(acme, *uids[2:]) == uids[2:]


def test_failures_in_a_row_are_counted_over_batches(acme: Stage) -> None:
    uids = planned(acme, 8, parallel=1)
    acme.fault("status", "gmi.documents.get", status=500)
    with pytest.raises(RetryError, match="5 of 8"):
        acme.send(acme.exports(parallel=1))
    assert free(acme, *uids) == uids


def test_a_process_that_has_to_end_gives_back_what_it_claimed_ahead(
    acme: Stage, monkeypatch: pytest.MonkeyPatch, claims: list[list[str]]
) -> None:
    uids = planned(acme, 6)
    account = acme.exports(parallel=1)
    job = acme.job(account)
    move = ExpenseMover.move

    def end_at_the_second(self: Any, entry: Entry) -> None:
        if entry.source_id == uids[1]:
            job.ending.set()
        move(self, entry)

    monkeypatch.setattr(ExpenseMover, "move", end_at_the_second)
    with pytest.raises(Interrupted, match="4 of 6 documents are left"):
        transfer(job)
    assert acme.states() == dict.fromkeys(uids[:2], "moved") | dict.fromkeys(uids[2:], "planned")
    assert claims == [uids[:2], uids[2:4]]
    assert free(acme, *uids[2:]) == uids[2:]
