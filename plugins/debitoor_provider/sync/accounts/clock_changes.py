"""When the clocks of a time zone change in the coming year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

_AHEAD = timedelta(days=400)  # both changes of a year, whenever one looks
_STEP = timedelta(days=5)  # no zone changes its clock there and back within; Ramadan in Morocco is the shortest


class ClockChange(NamedTuple):
    """A change of the clock.

    :param moment: UTC
    :param before: what the clock would show at that moment, if it had not been changed
    :param after: what it shows
    """

    moment: datetime
    before: datetime
    after: datetime


@lru_cache(maxsize=64)
def clock_changes(timezone: str, day: date) -> tuple[ClockChange, ...]:
    """Return the changes of the clock after a day, to the minute."""
    zone = ZoneInfo(timezone)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    end = start + _AHEAD
    found = []
    while start < end:
        was, is_ = _offset(zone, start), _offset(zone, start + _STEP)
        if was != is_:
            low, high = start, start + _STEP
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if _offset(zone, middle) == was else (low, middle)
            moment = (high + timedelta(seconds=30)).replace(second=0, microsecond=0)
            naive = moment.replace(tzinfo=None)
            found.append(ClockChange(moment, naive + was, naive + is_))
        start += _STEP
    return tuple(found)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
