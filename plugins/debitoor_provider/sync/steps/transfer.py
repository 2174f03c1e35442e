"""The loop that moves documents: claim, look, move several at once, give back (design sections 4 and 5)."""

from __future__ import annotations

import logging
import os
import socket
import uuid
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

from debitoor_provider.messages import Message
from debitoor_provider.services.http.errors import RejectError, RetryError, StopError, UnclearOutcome
from debitoor_provider.sync.batches import WHOLE, chunks
from debitoor_provider.sync.ledger import DUE, EntryChanged, IllegalTransition, LeaseLost, State
from debitoor_provider.sync.obstacle import Kind, Obstacle
from debitoor_provider.sync.steps.parallel import Round, each, postponed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from debitoor_provider.sync.ledger import Entry, Ledger
    from debitoor_provider.sync.steps.job import Job

    Mover = Callable[[Entry], None]

T_co = TypeVar("T_co", covariant=True)

log = logging.getLogger(__name__)

BATCH = 500  # documents claimed, and looked up at the target, at once
LEASE = timedelta(seconds=120)  # how long a killed run keeps others from its documents
_BEAT = LEASE.total_seconds() / 4


class Unprepared(Exception):
    """What the documents of a batch need together could not be had.

    :param why: what went wrong
    """

    def __init__(self, why: Exception) -> None:
        super().__init__(str(why))
        self.why = why


class Shared(Generic[T_co]):
    """What the documents of a batch need together; the first of them may begin while it is being asked for."""

    def __init__(self, asked: Future[T_co]) -> None:
        self._asked = asked

    def get(self) -> T_co:
        """Return it once it is there.

        :raises Unprepared: when it could not be had; no document is to blame for that
        """
        try:
            return self._asked.result()
        except Exception as error:
            raise Unprepared(error) from error


def transfer(job: Job) -> None:
    """Move the documents of the run, several at once, each claimed by this run alone.

    A document that cannot go is recorded with its reason and the others go on. A transient failure leaves its document
    to be tried again and is raised once the others are through, or at once when the service is down or asks to slow
    down; an error that stops everything ends the loop at once.

    :raises StopError: when a person has to correct something first
    :raises RetryError: when documents are left that may go later, with the longest wait a service asked for
    """
    pending = job.due()
    if not pending:
        return
    with job.direction.moving(job, pending) as prepare:
        _move(job, pending, prepare)


def _move(job: Job, pending: Sequence[Entry], prepare: Callable[[list[Entry]], Mover]) -> None:
    ledger = job.ledger
    owner = f"{job.run_id}@{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    failures: list[RetryError] = []
    left = 0
    for start in range(0, len(pending), BATCH):
        batch = pending[start : start + BATCH]
        claimed = ledger.leases.claim(batch, owner, LEASE, run_id=job.run_id)
        left += len(batch) - len(claimed)
        if not claimed:
            continue
        try:
            result = _move_batch(claimed, job, owner, prepare)
        except Unprepared as error:
            raise error.why from None
        finally:
            ledger.leases.release(owner)
            del claimed  # before the next ones are read
        failures += result.failures
        if result.given_up:
            break
    if failures:
        raise postponed(failures, len(pending), "moved")
    if left and (still := _unfinished(pending, ledger)):
        raise RetryError(Message("moved_by_another_run", count=still), retry_after=LEASE.total_seconds())


def _move_batch(claimed: list[Entry], job: Job, owner: str, prepare: Callable[[list[Entry]], Mover]) -> Round[Entry]:
    mover = prepare(claimed)
    next_beat = monotonic() + _BEAT

    def beat() -> None:
        nonlocal next_beat
        if monotonic() >= next_beat:
            job.ledger.leases.extend(owner, LEASE)
            next_beat = monotonic() + _BEAT

    return each(
        claimed,
        lambda entry: _move_one(entry, mover, job.ledger),
        parallel=job.account.parallel,
        tick=beat,
        every=_BEAT,
        ending=job.ending,
    )


def _move_one(entry: Entry, mover: Mover, ledger: Ledger) -> None:
    try:
        _attempt(entry, mover, ledger)
    except (EntryChanged, LeaseLost) as error:
        raise RetryError(str(error)) from error
    except IllegalTransition as error:
        log.info("Document %s is left to the person who decided on it meanwhile: %s", entry.source_id, error)


def _attempt(entry: Entry, mover: Mover, ledger: Ledger) -> None:
    """Let one document move and write down what kept it from it."""
    try:
        mover(entry)
    except Obstacle as obstacle:
        record = ledger.steps.hold if obstacle.kind is Kind.HELD else ledger.steps.reject
        record(entry, obstacle.message)
        log.warning("Document %s is %s: %s", entry.source_id, obstacle.kind.value, obstacle)
    except RejectError as error:
        code = "refused_by_service" if error.remedy else "refused_without_remedy"
        message = Message(code, where=error.heading or "Error", reason=error.message)
        ledger.steps.reject(entry, message, code="refused_by_service")
        log.warning("Document %s is rejected: %s", entry.source_id, error)
    except UnclearOutcome as error:
        ledger.steps.unclear(entry, error.message)
        raise
    except (RetryError, StopError) as error:
        now = ledger.documents.entry(entry.id)
        if now is not None and now.state is State.SENDING:
            if now.attempts > entry.attempts:  # announced by this attempt, and known not to have been sent
                ledger.steps.postpone(entry, error.message)
            else:  # what became of an earlier attempt is still open
                ledger.steps.unclear(entry, error.message)
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # One document that we cannot cope with must not keep the others from going.
        log.exception("Document %s could not be handled", entry.source_id)
        message = Message("not_handled", error=type(error).__name__)
        if _is_sending(entry, ledger):
            ledger.steps.unclear(entry, message)
            raise RetryError(message) from error
        ledger.steps.reject(entry, message)


def _is_sending(entry: Entry, ledger: Ledger) -> bool:
    now = ledger.documents.entry(entry.id)
    return now is not None and now.state is State.SENDING


def _unfinished(pending: Sequence[Entry], ledger: Ledger) -> int:
    """Count the documents that are still to be moved, whoever is at it."""
    return sum(
        entry.state in DUE
        for some in chunks(pending, WHOLE)
        for entry in ledger.documents.by_ids(entry.id for entry in some)
    )
