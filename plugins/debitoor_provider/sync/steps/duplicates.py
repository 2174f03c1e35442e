"""What the target has already: by the markers of the documents, and by earlier attempts (design section 5)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import RetryError, UnclearOutcome
from debitoor_provider.sync.ledger import DONE, EventKind, IllegalTransition, State
from debitoor_provider.sync.obstacle import Obstacle, ObstacleKind
from debitoor_provider.sync.steps.copies import only_several
from debitoor_provider.sync.steps.source_time import reported_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from debitoor_provider.sync.ledger import Entry, Event, Ledger
    from debitoor_provider.sync.steps.copies import Copies, Copy
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.source_time import Clocked

log = logging.getLogger(__name__)

Present = TypeVar("Present")

SETTLE = timedelta(seconds=90)
"""A write that was answered by 503 may still be committed (Debitoor contract section 10), and a search may find late
what was stored (GetMyInvoices contract 6.4)."""
TARGET_TIME = "target_time"
"""Where an announcement has the time by the target's clock."""
_EARLIER = "earlier_records"
_BEGINNINGS = {EventKind.SENT_AGAIN, EventKind.MOVED, EventKind.MARKED_MOVED, EventKind.REBUILT}
"""After these, whether a person wants one more record is open again."""
_CLOCKS = timedelta(days=1)  # more than time zones and clocks differ


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last attempt to book a document.

    :param began: when it was announced
    :param given_up: when it was given up, or last recorded
    :param announced: what was to be booked
    :param looks: when it was found to be unclear, the first time and later
    """

    began: datetime
    given_up: datetime
    announced: Mapping[str, Any]
    looks: Sequence[datetime] = ()

    def may_arrive(self, now: datetime, target_time: datetime | None) -> bool:
        """Return whether the target may still carry it out.

        Two clocks have to say that enough time has passed: ours, and the target's, by which the attempt was announced.
        A moment of ours that lies in the future was recorded while our clock was wrong; the first later look counts.

        :param target_time: the time by the target's clock
        """
        past = [moment for moment in (self.given_up, *self.looks) if moment <= now]
        if not past or now - min(past) < SETTLE:
            return True
        announced_at = self.announced.get(TARGET_TIME)
        if announced_at is None or target_time is None:
            return False
        return abs(target_time - datetime.fromisoformat(announced_at)) < SETTLE  # abs: read to the second


class Presence(Generic[Present]):
    """What the target has of all that a run is to move: asked for once, not for each batch of it.

    While the run continues, no other run brings these documents there unknown to the ledger. So the target is asked
    again only when the ledger has an earlier attempt, or one of another account, at a document of a batch.

    :param ask: asks the target about everything that the run is to move
    """

    def __init__(self, ask: Callable[[], Present]) -> None:
        self._ask = ask
        self._seen: Present | None = None

    def now(self, *, attempted: bool) -> Present:
        """Return what there is.

        :param attempted: whether an earlier attempt makes it matter that the target is asked after the claim
        """
        if self._seen is None or attempted:
            self._seen = self._ask()
        return self._seen


def open_attempts(ledger: Ledger, claimed: Iterable[Entry], *, file_first: bool = True) -> dict[int, Attempt]:
    """Return, by entry id, the attempts that may have written something although no answer says so.

    :param file_first: whether a file is uploaded before its record is created, so that an attempt that did not get as
        far as that has written nothing; otherwise both are one write
    """
    open_ones = (entry for entry in claimed if entry.state is State.SENDING and (entry.file_id or not file_first))
    found = ((entry.id, last_attempt(ledger, entry)) for entry in open_ones)
    return {id_: attempt for id_, attempt in found if attempt}


def last_attempt(ledger: Ledger, entry: Entry) -> Attempt | None:
    """Return the last attempt in a document's history."""
    history = ledger.documents.history(entry)
    intents = [place for place, event in enumerate(history) if event.kind == EventKind.INTENT]
    if not intents:
        return None
    since = history[intents[-1] :]
    unclear = [event.at for event in since if event.kind == EventKind.UNCLEAR]
    return Attempt(since[0].at, unclear[0] if unclear else since[-1].at, since[0].detail, unclear)


def time_by(target: Clocked) -> dict[str, str]:
    """Return the time by the target's clock in the form of an announcement."""
    reported = reported_time(target)
    return {TARGET_TIME: reported.isoformat()} if reported else {}


def require_over(attempt: Attempt, now: datetime, target: Clocked, service: str, operation: str) -> None:
    """Make sure that an attempt that was looked for and not found cannot arrive any more.

    :param service: display name of the target
    :param operation: code of what was attempted
    :raises UnclearOutcome: when it may
    """
    if attempt.may_arrive(now, reported_time(target)):
        wait = SETTLE.total_seconds()
        message = Message("last_attempt_under_way")
        raise UnclearOutcome(message, retry_after=wait, service=service, operation=operation)


def require_over_elsewhere(
    attempts: Mapping[int, Attempt], now: datetime, target: Clocked, other: Entry, message: Message
) -> None:
    """Let another sync account find out first the outcome of its attempt to send the same document.

    :param attempts: those of the other accounts that are open
    :param other: the document as that account has it
    :param message: what that account may be doing
    :raises RetryError: when the attempt may still arrive
    """
    attempt = attempts.get(other.id)
    if attempt and attempt.may_arrive(now, reported_time(target)):
        raise RetryError(message, retry_after=SETTLE.total_seconds())


def before(days: Iterable[date | None], clock_offset: timedelta | None = None) -> datetime | None:
    """Return a moment before the first of the days, wherever it began; ``None`` when one of them is not known.

    :param clock_offset: how far the service's clock is ahead of ours; a moment of ours may be later than its own
    """
    known = list(days)
    if not known or None in known:
        return None
    start = datetime.combine(min(filter(None, known)), time.min, UTC) - _CLOCKS
    return start + min(clock_offset or timedelta(), timedelta())


# More than one record of a document


def booked_twice(copies: Sequence[Copy]) -> Message:
    """Return that the target has several records of one document, and what to do."""
    ordered = sorted(copies, key=lambda copy: (copy.number or copy.id, copy.id))
    records = [copy.named() for copy in ordered]
    return Message("booked_twice", count=len(copies), records=records, keep=_to_keep(ordered))


def _to_keep(copies: Sequence[Copy]) -> Message | None:
    """Return which of several records to keep: the only one with a file; ``None`` when any of them will do."""
    with_file = [copy for copy in copies if copy.has_file]
    if len(with_file) != 1:
        return None
    [kept] = with_file
    is_alone = sum(copy.number == kept.number for copy in copies) == 1
    return Message("keep_with_file", record=kept.number if kept.number and is_alone else kept.id)


def found_before(entry: Entry) -> dict[str, Any]:
    """Return what the history says of a copy at the target: that it was found, unless an open attempt had sent it."""
    return {} if entry.state is State.SENDING else {"found": True}


def require_single(ledger: Ledger, entry: Entry, copies: Sequence[Copy]) -> None:
    """Make sure that the target has no more records of a document than a person wanted.

    :raises Obstacle: when it has
    """
    if len(copies) > 1 and not _accepted(ledger, entry, copies):
        raise Obstacle(ObstacleKind.HELD, booked_twice(copies), _detail(copies))


def hold_doubled(job: Job, copies: Copies) -> None:
    """Hold the moved documents of which the target has more records than a person wanted, whoever made them.

    Those that are still under way are left to the run that moves them, which looks at the target itself.
    """
    several = only_several(copies)
    if not several:
        return
    for source_id, entry in job.ledger.documents.known(job.account_id, job.direction.name, several).items():
        hold_if_doubled(job, entry, several[source_id])


def hold_if_doubled(job: Job, entry: Entry, copies: Sequence[Copy]) -> Message | None:
    """Hold a moved document of which the target has more records than a person wanted; return why, if it is held."""
    if len(copies) < 2 or entry.state not in DONE or _accepted(job.ledger, entry, copies):
        return None
    message = booked_twice(copies)
    try:
        job.ledger.steps.doubled(entry, job.run_id, message, detail=_detail(copies), actor=job.actor)
    except IllegalTransition as error:
        log.info("Document %s changed meanwhile: %s", entry.source_id, error)
        return None
    log.warning("Document %s is held: %s", entry.source_id, message)
    return message


def earlier_records(entry: Entry, there: Iterable[Copy]) -> dict[str, Any]:
    """Return, for an announcement, the ids of the records next to which a person wants another one.

    :param there: the records that carry the document's marker, for the case that the ledger does not know the id
    """
    if not entry.wants_new_record:
        return {}
    return {_EARLIER: [entry.target_id] if entry.target_id else sorted(copy.id for copy in there)}


def is_other(entry: Entry, history: Iterable[Event]) -> Callable[[str], bool]:
    """Return a function that says whether a record is new: none of those next to which a person wants another one."""
    earlier = {entry.target_id, *(id_ for ids in _earlier_of_each_wish(history) for id_ in ids or ())}
    return lambda id_: id_ not in earlier


def _earlier_of_each_wish(history: Iterable[Event]) -> list[Sequence[str] | None]:
    """Return the ids of the records that were there each time a person wanted one more.

    They are those before the first attempt; a later one may see what that brought. ``None``: they were not noted, since
    an earlier version sent the document or a rebuild found the new record.
    """
    found: list[Sequence[str] | None] = []
    is_wanted = False
    for event in history:
        if is_wanted and event.kind in {EventKind.INTENT, EventKind.REBUILT}:
            found.append(event.detail.get(_EARLIER))
            is_wanted = False
        elif event.kind in _BEGINNINGS:
            is_wanted = bool(event.detail.get("anew"))
    return found


def _accepted(ledger: Ledger, entry: Entry, copies: Sequence[Copy]) -> bool:
    """Return whether a person wanted so many records, or knew of them and marked the document as there."""
    history, ids = ledger.documents.history(entry), {copy.id for copy in copies}
    marked = [place for place, event in enumerate(history) if event.kind == EventKind.MARKED_MOVED]
    reported = {id_ for event in history[: marked[-1]] for id_ in event.detail.get("copies", ())} if marked else set()
    if ids <= reported:
        return True
    wanted = _earlier_of_each_wish(history[marked[-1] :] if reported else history)
    # Of several records without an id in the ledger, it is not known which one the person meant.
    known = reported | {each[0] for each in wanted if each and len(each) == 1}
    own = {entry.target_id} - known - {None} if entry.state in DONE else set()
    unknown, spare = ids - known, wanted.count(None)
    if own and not spare:
        return unknown <= own
    return len(unknown) <= (max(spare, bool(wanted)) if reported else 1 + spare)


def _detail(copies: Sequence[Copy]) -> dict[str, Any]:
    return {"copies": [copy.id for copy in copies]}
