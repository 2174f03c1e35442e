"""The time by the clock of a service, by which watermarks are kept: this machine's clock may be wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from debitoor_provider.messages import Message
from debitoor_provider.sync.window import CLOCK_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sync.ledger import Watermark
    from debitoor_provider.sync.steps.job import Job

WITHOUT_CLOCK = timedelta(days=1)
"""How far a watermark by this machine's clock is set back when the source does not report its time."""
_PLAUSIBLE = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Clocked(Protocol):
    """A client that knows how far its service's clock is ahead of ours."""

    @property
    def clock_offset(self) -> timedelta | None:
        """How far the service's clock is ahead of ours (negative: behind); ``None`` before the first answer."""
        ...


def reported_time(client: Clocked, ask: Callable[[], object] | None = None) -> datetime | None:
    """Return the time by a service's clock; ``None`` when no answer has reported it.

    :param ask: makes a call, if no call was made before
    """
    if ask is not None and client.clock_offset is None:
        ask()
    offset = client.clock_offset
    if offset is None:
        return None
    try:
        now = datetime.now(UTC) + offset
    except OverflowError:
        return None
    return now if _PLAUSIBLE[0] <= now < _PLAUSIBLE[1] else None


def warnings_of(job: Job, reported: datetime | None, mark: Watermark | None) -> list[Message]:
    """Return what a run has to say about clocks.

    :param reported: the time by the source's clock
    :param mark: the watermark from which the run began; ``None`` when it does not move it
    """
    service, ours = job.direction.source_title, job.now()
    if reported is None:
        return [Message("clock_not_reported", service=service)] if mark else []
    found = []
    ahead = ours - reported
    if abs(ahead) > CLOCK_TOLERANCE:
        code = "clock_differs_fast" if ahead > timedelta() else "clock_differs_slow"
        found.append(Message(code, service=service, span=span(abs(ahead))))
    if mark and (future := latest(mark)) and future > reported + CLOCK_TOLERANCE:
        found.append(Message("watermark_in_future", service=service, span=span(future - reported)))
    return found


def latest(mark: Watermark) -> datetime | None:
    """Return the later one of a watermark's two times."""
    return max((moment for moment in (mark.listed_at, mark.full_listed_at) if moment), default=None)


def span(length: timedelta) -> Message:
    """Return a length of time as a person would say it."""
    seconds = length.total_seconds()
    for code, unit in (("span_days", 86_400), ("span_hours", 3_600)):
        if seconds >= 2 * unit:
            return Message(code, count=round(seconds / unit))
    return Message("span_minutes", count=max(1, round(seconds / 60)))
