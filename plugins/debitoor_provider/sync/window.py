"""Which documents a run asks for (design section 4, Windows)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

FULL_LISTING_EVERY = timedelta(days=7)
CLOCK_TOLERANCE = timedelta(minutes=1)
"""How far two clocks may differ: a ``Date`` header has whole seconds, and an answer takes its time."""


class RunKind(StrEnum):
    """Why a run runs."""

    SCHEDULED = "scheduled"
    MANUAL = "manual"
    BACKFILL = "backfill"


@dataclass(frozen=True, slots=True)
class Window:
    """What a run asks the source for. All parts hold at once; ``None`` and empty parts do not narrow.

    :param kind: why the run runs
    :param updated_since: new or changed since then (UTC)
    :param start: first document date, inclusive
    :param end: last document date, inclusive
    :param document_ids: exactly these documents, nothing is listed
    :param moves_watermark: whether a complete plan is the new starting point of the following runs
    :param full: whether the account's whole period is listed
    :param unfiltered: whether the source also lists what the account's filters leave out, archived documents included
    """

    kind: RunKind
    updated_since: datetime | None = None
    start: date | None = None
    end: date | None = None
    document_ids: tuple[str, ...] = ()
    moves_watermark: bool = False
    full: bool = False
    unfiltered: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no document date can lie in it."""
        return self.start is not None and self.end is not None and self.start > self.end

    def has(self, day: date) -> bool:
        """Return whether a document date lies in it."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    @property
    def asked_start(self) -> date | None:
        """The first document date that the source is asked for; see :attr:`asked_end`."""
        return None if self.moves_watermark else self.start

    @property
    def asked_end(self) -> date | None:
        """The last document date that the source is asked for.

        ``None`` in a scheduled listing: a service may leave out undated documents when it is asked for dates
        (GetMyInvoices contract A-25), and what is left out of such a listing would never be found. The account's
        period is applied to the records instead.
        """
        return None if self.moves_watermark else self.end

    @property
    def is_dated(self) -> bool:
        """Whether the source is asked for document dates."""
        return not self.document_ids and (self.asked_start, self.asked_end) != (None, None)

    def within(self, start: date | None, end: date | None) -> Window:
        """Narrow to an account's own period, both ends inclusive, either may be open."""
        return replace(self, start=_later(self.start, start), end=_earlier(self.end, end))

    def as_json(self) -> dict[str, object]:
        """Return the window in the ledger and the logs."""
        return {
            "kind": self.kind.value,
            "updated_since": self.updated_since.isoformat() if self.updated_since else None,
            "from": self.start.isoformat() if self.start else None,
            "to": self.end.isoformat() if self.end else None,
            "document_ids": list(self.document_ids),
            "full": self.full,
        }


def incremental(
    *, now: datetime, listed_at: datetime | None, full_listed_at: datetime | None, overlap: timedelta, kind: RunKind
) -> Window:
    """Ask for what is new or changed since the last complete plan, less an overlap; from time to time for everything.

    A watermark in the future comes from a clock that was wrong. Everything is asked for then: it is unknown what the
    runs since have missed.

    :param now: UTC, by the source's clock
    :param listed_at: the watermark; ``None`` on the first run
    :param full_listed_at: when everything was listed last under the present settings
    :param overlap: how far to reach back behind the watermark
    """
    if listed_at is None or full_listed_at is None:
        return Window(kind, moves_watermark=True, full=True)
    is_in_future = max(listed_at, full_listed_at) > now + CLOCK_TOLERANCE
    if is_in_future or now - full_listed_at >= FULL_LISTING_EVERY - CLOCK_TOLERANCE:
        return Window(kind, moves_watermark=True, full=True)
    return Window(kind, updated_since=listed_at - overlap, moves_watermark=True)


def backfill(interval_start: datetime, interval_end: datetime, timezone: str) -> Window:
    """Ask for the documents whose date lies in a data interval.

    A document of day D belongs to the interval that holds the first moment of D in the account's time zone, so that the
    intervals of any schedule divide the documents without gap or overlap.

    :param interval_start: inclusive, aware
    :param interval_end: exclusive, aware
    """
    zone = ZoneInfo(timezone)
    return Window(
        RunKind.BACKFILL,
        start=_first_day_from(interval_start, zone),
        end=_first_day_from(interval_end, zone) - timedelta(days=1),
    )


def chosen_days(interval_start: datetime, interval_end: datetime, timezone: str) -> tuple[date, date]:
    """Return the first and the last day of an interval that a person wrote down; none if the first is the later one.

    People mean whole days. An end at midnight in UTC is that day, whatever the account's time zone; any other is the
    nearest midnight there, so that *23:59:59*, and midnight in a neighbouring zone, come to what is meant.

    :param interval_start: inclusive, aware
    :param interval_end: exclusive, aware
    """
    zone = ZoneInfo(timezone)
    return _nearest_day(interval_start, zone), _nearest_day(interval_end, zone) - timedelta(days=1)


def manual(start: date | None, end: date | None, document_ids: tuple[str, ...]) -> Window:
    """Ask for a period or for single documents, as a person chose."""
    return Window(RunKind.MANUAL, start=start, end=end, document_ids=document_ids)


def was_chosen(window: Mapping[str, object]) -> bool:
    """Return whether a run was for a period or for documents that were chosen.

    :param window: as the ledger has it; empty before the plan
    """
    return bool(window) and not window.get("full") and window.get("updated_since") is None


def _first_day_from(moment: datetime, zone: ZoneInfo) -> date:
    """Find the first day that begins at or after a moment."""
    local = moment.astimezone(zone)
    midnight = datetime.combine(local.date(), time.min, zone)
    return local.date() if midnight.astimezone(UTC) >= moment.astimezone(UTC) else local.date() + timedelta(days=1)


def _nearest_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day whose beginning is meant by a moment."""
    in_utc, local = moment.astimezone(UTC), moment.astimezone(zone)
    if in_utc.time() == time.min:
        return in_utc.date()
    return local.date() + timedelta(days=local.time() > time(12))


def _later(one: date | None, other: date | None) -> date | None:
    return max(one, other) if one and other else one or other


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else one or other
