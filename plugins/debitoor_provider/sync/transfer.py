"""The loop that moves documents: claim, look, move several at once, give back (design sections 4 and 5)."""

from __future__ import annotations

import logging
import os
import socket
import uuid
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from debitoor_provider.services.errors import RateLimited, RejectError, RetryError, StopError, UnclearOutcome
from debitoor_provider.sync.ledger import DUE, EntryChanged, LeaseLost, State
from debitoor_provider.sync.obstacle import Kind, Obstacle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from debitoor_provider.sync.ledger import Entry, Ledger

    Mover = Callable[[Entry], None]

log = logging.getLogger(__name__)

BATCH = 500  # documents claimed, and looked up at the target, at once
LEASE = timedelta(seconds=120)  # how long a killed run keeps others from its documents
_BEAT = LEASE.total_seconds() / 4
_FAILURES_IN_A_ROW = 5  # so many transient failures without a success: the service is down, not the documents


def move(
    pending: Sequence[Entry], *, ledger: Ledger, run_id: str, parallel: int, prepare: Callable[[list[Entry]], Mover]
) -> None:
    """Move documents, several at once, each claimed by this run alone.

    A document that cannot go is recorded with its reason and the others go on. A transient failure leaves its document
    to be tried again and is raised once the others are through; an error that stops everything ends the loop at once.

    :param pending: what is to be moved
    :param parallel: how many at the same time
    :param prepare: gets the claimed documents of a batch, looks up what they need together, returns what moves one
    :raises StopError: when a person has to mend something first
    :raises RetryError: when documents are left that may go later, with the longest wait a service asked for
    """
    owner = f"{run_id}@{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    failures: list[RetryError] = []
    left = 0
    for start in range(0, len(pending), BATCH):
        batch = pending[start : start + BATCH]
        claimed = ledger.claim(batch, owner, LEASE, run_id=run_id)
        left += len(batch) - len(claimed)
        if not claimed:
            continue
        try:
            failures += _move_batch(claimed, ledger, owner, parallel, prepare)
        finally:
            ledger.release(owner)
    if failures:
        worst = max(failures, key=lambda failure: failure.retry_after or 0)
        raise RetryError(
            f"{len(failures)} of {len(pending)} documents could not be moved yet. {worst.message}",
            retry_after=worst.retry_after,
            service=worst.service,
            operation=worst.operation,
        )
    if left and (still := _unfinished(pending, ledger)):
        raise RetryError(
            f"{still} documents are being moved by another run, or were by one that was ended.",
            retry_after=LEASE.total_seconds(),
        )


def _move_batch(
    claimed: list[Entry],
    ledger: Ledger,
    owner: str,
    parallel: int,
    prepare: Callable[[list[Entry]], Mover],
) -> list[RetryError]:
    mover = prepare(claimed)
    failures: list[RetryError] = []
    in_a_row = 0
    next_beat = monotonic() + _BEAT
    with ThreadPoolExecutor(max_workers=min(parallel, len(claimed)), thread_name_prefix="transfer") as pool:
        waiting: set[Future[None]] = {pool.submit(_move_one, entry, mover, ledger) for entry in claimed}
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=_BEAT, return_when=FIRST_COMPLETED)
                if monotonic() >= next_beat:
                    ledger.extend(owner, LEASE)
                    next_beat = monotonic() + _BEAT
                for future in done:
                    failure = _failure_of(future)
                    in_a_row = in_a_row + 1 if failure else 0
                    if failure:
                        failures.append(failure)
                        if isinstance(failure, RateLimited) or in_a_row >= _FAILURES_IN_A_ROW:
                            return failures
        finally:
            for future in waiting:
                future.cancel()
    return failures


def _failure_of(future: Future[None]) -> RetryError | None:
    """Give the transient failure of a document; anything graver is raised."""
    try:
        future.result()
    except RetryError as failure:
        return failure
    return None


def _move_one(entry: Entry, mover: Mover, ledger: Ledger) -> None:
    try:
        mover(entry)
    except Obstacle as obstacle:
        record = ledger.hold if obstacle.kind is Kind.HELD else ledger.reject
        record(entry, obstacle.code, obstacle.reason, obstacle.mend)
        log.warning("Document %s is %s: %s", entry.source_id, obstacle.kind.value, obstacle)
    except RejectError as error:
        ledger.reject(entry, "refused_by_service", str(error), error.remedy)
        log.warning("Document %s is rejected: %s", entry.source_id, error)
    except UnclearOutcome as error:
        ledger.unclear(entry, error.message)
        raise
    except (RetryError, StopError) as error:
        _give_back(entry, ledger, error.message)
        raise
    except (EntryChanged, LeaseLost) as error:
        raise RetryError(str(error)) from error


def _give_back(entry: Entry, ledger: Ledger, why: str) -> None:
    """Let a document that is known not to have been sent be tried again."""
    now = ledger.entry(entry.id)
    if now is not None and now.state is State.SENDING:
        ledger.postpone(entry, why)


def _unfinished(pending: Sequence[Entry], ledger: Ledger) -> int:
    """Count the documents that are still to be moved, whoever is at it."""
    by_id = {entry.source_id: entry for entry in pending}
    first = next(iter(by_id.values()))
    known = ledger.known(first.account, first.direction, by_id)
    return sum(entry.state in DUE for entry in known.values())
