"""What the target may have already: by the marks of the documents, and by earlier attempts (design section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from debitoor_provider.sync.ledger import Kind, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from debitoor_provider.sync.ledger import Entry, Ledger

Present = TypeVar("Present")

SETTLE = timedelta(seconds=90)
"""A write that was answered by 503 may still be committed (Debitoor contract section 10)."""
TARGET_TIME = "target_time"
"""Where an announcement has the time by the target's clock."""
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
        return timedelta() <= target_time - datetime.fromisoformat(announced_at) < SETTLE


class Presence(Generic[Present]):
    """What the target has of all that a run is to move: asked for once, not for each batch of it.

    While the run goes on, no other run brings these documents there unknown to the ledger. So the target is asked
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


def open_attempts(ledger: Ledger, claimed: Sequence[Entry]) -> dict[int, Attempt]:
    """Return, by entry id, the attempts that may have written something although no answer says so.

    An attempt that did not get to upload its file has written nothing.
    """
    open_ones = (entry for entry in claimed if entry.state is State.SENDING and entry.file_id)
    found = ((entry.id, last_attempt(ledger, entry)) for entry in open_ones)
    return {id_: attempt for id_, attempt in found if attempt}


def last_attempt(ledger: Ledger, entry: Entry) -> Attempt | None:
    """Return the last attempt in a document's history."""
    history = ledger.documents.history(entry)
    intents = [place for place, event in enumerate(history) if event.kind == Kind.INTENT]
    if not intents:
        return None
    since = history[intents[-1] :]
    unclear = [event.at for event in since if event.kind == Kind.UNCLEAR]
    return Attempt(since[0].at, unclear[0] if unclear else since[-1].at, since[0].detail, unclear)


def before(days: Iterable[date | None]) -> datetime | None:
    """Return a moment before the first of the days, wherever it began; ``None`` when one of them is not known."""
    known = list(days)
    if not known or None in known:
        return None
    return datetime.combine(min(filter(None, known)), time.min, UTC) - _CLOCKS
