"""The loop that moves documents: claim, look, move several at once, give back (design sections 4 and 5)."""

from __future__ import annotations

import logging
import os
import socket
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import RejectError, RetryError, ServiceError, StopError, UnclearOutcome
from debitoor_provider.services.http.permit import writes_ask
from debitoor_provider.sync.batches import WHOLE, chunks
from debitoor_provider.sync.ledger import DUE, EntryChanged, IllegalTransition, LeaseLost, State
from debitoor_provider.sync.obstacle import Obstacle, ObstacleKind, refusal
from debitoor_provider.sync.steps.lease import RunLeases
from debitoor_provider.sync.steps.limits import RejectedShare, require_within_limits
from debitoor_provider.sync.steps.parallel import each, postponed
from debitoor_provider.sync.steps.repeated_answers import RepeatedAnswers
from debitoor_provider.sync.steps.repeated_records import hold_repeated
from debitoor_provider.sync.steps.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from datetime import date

    from debitoor_provider.sync.ledger import Entry, Ledger
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.stream import Batch, Mover

T_co = TypeVar("T_co", covariant=True)

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)  # how long a killed run keeps others from its documents


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

    A run that wrote something looks at the target once more at its end: two records of one document are held, whether
    this run made them, another one that took over its leases, or a network that delivered a request twice. A run that
    fails leaves that look to its next attempt, unless it lost a lease.

    :raises StopError: when a person has to correct something first
    :raises LimitExceeded: when it would do more than its account allows, before it does
    :raises RetryError: when documents are left that may go later, with the longest wait a service asked for
    """
    pending = job.due()
    if not pending:
        return
    require_within_limits(job)
    share = RejectedShare(job)
    owner = f"{job.run_id}@{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    leases, repeated = RunLeases(job.ledger, owner, LEASE), RepeatedAnswers(job.ledger)
    began = job.now().date()
    with job.direction.moving(job, pending) as prepare:
        try:
            _move(job, pending, leases, prepare, share, repeated)
        except Exception:
            if leases.wrote and leases.lost:
                _look_for_doubles(job, began)
            raise
    if leases.wrote:
        _look_for_doubles(job, began)


def _look_for_doubles(job: Job, began: date) -> None:
    """Hold what the target has twice; when it cannot be asked now, the next run that moves something finds it."""
    try:
        moved = job.ledger.runs.counts(job.run_id).get("moved", 0)
        hold_repeated(job, job.direction.repeated_copies([began], at_least=moved))
    except ServiceError as error:
        log.warning("The search for duplicate records failed; the next run repeats it: %s", error)


def _move(
    job: Job,
    pending: Sequence[Entry],
    leases: RunLeases,
    prepare: Callable[[list[Entry]], Mover],
    share: RejectedShare,
    repeated: RepeatedAnswers,
) -> None:
    def move(document: tuple[Batch, Entry]) -> None:
        batch, entry = document
        batch.move(entry, count)

    def count(entry: Entry, mover: Mover) -> None:
        share.count(is_rejected=_move_one(entry, mover, job.ledger, leases, repeated))

    try:
        with ThreadPoolExecutor(1, "claim") as background:
            stream = Stream(pending, job.run_id, leases, prepare, background)
            result = each(
                stream,
                move,
                parallel=job.account.parallel,
                tick=leases.refresh,
                every=leases.every,
                ending=job.ending,
            )
    except Unprepared as error:
        raise error.why from None
    finally:
        leases.release()
    if result.failures:
        raise postponed(result.failures, len(pending), "moved")
    if stream.held_elsewhere and (still := _unfinished(pending, job.ledger)):
        raise RetryError(Message("moved_by_another_run", count=still), retry_after=LEASE.total_seconds())


def _move_one(entry: Entry, mover: Mover, ledger: Ledger, leases: RunLeases, repeated: RepeatedAnswers) -> bool:
    """Move one document; return whether it was rejected."""
    wrote = False

    def permit() -> None:
        nonlocal wrote
        leases.permit(entry)
        wrote = True

    try:
        with writes_ask(permit):
            return _attempt(entry, mover, ledger, repeated)
    except EntryChanged as error:
        raise RetryError(Message("planned_anew", document=entry.source_id)) from error
    except LeaseLost as error:
        leases.lost = True
        raise RetryError(Message("taken_over", document=entry.source_id)) from error
    except IllegalTransition as error:
        if wrote:  # a document that is being sent cannot be changed: another run has settled it
            leases.lost = True
            raise RetryError(Message("taken_over", document=entry.source_id)) from error
        log.info("Document %s is left to the person who decided on it meanwhile: %s", entry.source_id, error)
        return False


def _attempt(entry: Entry, mover: Mover, ledger: Ledger, repeated: RepeatedAnswers) -> bool:
    """Let one document move and write down what kept it from it; return whether it was rejected."""
    try:
        mover(entry)
    except Obstacle as obstacle:
        _record(obstacle, entry, ledger)
        log.warning("Document %s is %s: %s", entry.source_id, obstacle.kind.value, obstacle)
        return obstacle.kind is ObstacleKind.REJECTED
    except RejectError as error:
        message = refusal(error)
        ledger.steps.reject(entry, message, code="refused_by_service")
        log.warning("Document %s is rejected: %s", entry.source_id, error)
        return True
    except UnclearOutcome as error:
        ledger.steps.unclear(entry, error.message)
        raise
    except (RetryError, StopError) as error:
        now = ledger.documents.entry(entry.id)
        if now is not None and now.state is State.SENDING:
            if now.attempts > entry.attempts:  # announced by this attempt, and known not to have been sent
                ledger.steps.postpone(entry, error.message)
            else:  # the outcome of an earlier attempt is still open
                ledger.steps.unclear(entry, error.message)
        elif now is not None and now.state is State.PLANNED and repeated.settle(entry, error):
            return True
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # One document that we cannot cope with must not keep the others from going.
        log.exception("Document %s could not be handled", entry.source_id)
        message = Message("not_handled", error=type(error).__name__)
        if _is_sending(entry, ledger):
            ledger.steps.unclear(entry, message)
            raise RetryError(message) from error
        ledger.steps.reject(entry, message)
        return True
    repeated.went()
    return False


def _record(obstacle: Obstacle, entry: Entry, ledger: Ledger) -> None:
    match obstacle.kind:
        case ObstacleKind.HELD:
            ledger.steps.hold(
                entry, obstacle.message, detail=obstacle.detail, invoice=obstacle.invoice, sent=obstacle.sent
            )
        case ObstacleKind.REJECTED:
            ledger.steps.reject(entry, obstacle.message, detail=obstacle.detail, invoice=obstacle.invoice)
        case ObstacleKind.WAITING:
            if entry.state is State.SENDING:  # an earlier attempt, known not to have arrived
                entry = ledger.steps.postpone(entry, obstacle.message)
            ledger.steps.wait(entry, obstacle.message, detail=obstacle.detail, invoice=obstacle.invoice)


def _is_sending(entry: Entry, ledger: Ledger) -> bool:
    now = ledger.documents.entry(entry.id)
    return now is not None and now.state is State.SENDING


def _unfinished(pending: Sequence[Entry], ledger: Ledger) -> int:
    """Count the documents that are still to be moved, by any run."""
    return sum(
        entry.state in DUE
        for some in chunks(pending, WHOLE)
        for entry in ledger.documents.by_ids(entry.id for entry in some)
    )
