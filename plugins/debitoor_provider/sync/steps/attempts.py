"""Attempts that may still have brought something to the target, and when it is looked for (design section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import RetryError, UnclearOutcome
from debitoor_provider.sync.ledger import EventKind, State
from debitoor_provider.sync.steps.source_time import reported_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from debitoor_provider.sync.ledger import Entry, Ledger
    from debitoor_provider.sync.steps.source_time import Clocked

Present = TypeVar("Present")

SETTLE = timedelta(seconds=90)
"""A write that was answered by 503 may still be committed (Debitoor contract section 10), and a search may find late
what was stored (GetMyInvoices contract 6.4)."""
TARGET_TIME = "target_time"
"""Where an announcement has the time by the target's clock."""
_CLOCKS = timedelta(days=1)  # more than time zones and clocks differ
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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

    A day before 1970 is none: it stands for an empty date.

    :param clock_offset: how far the service's clock is ahead of ours; a moment of ours may be later than its own
    """
    known = list(days)
    if not known or None in known:
        return None
    first = datetime.combine(min(filter(None, known)), time.min, UTC)
    since_1970 = first - _EPOCH - _CLOCKS + min(clock_offset or timedelta(), timedelta())  # no sum leaves the calendar
    return _EPOCH + since_1970 if since_1970 >= timedelta() else None
