"""The chart of an account: how many documents it moved on each of the last days."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

DAYS = 30
"""The length of the chart."""


def first_day(today: date) -> date:
    """Return the first day of the chart."""
    return today - timedelta(days=DAYS - 1)


def chart(moved: Mapping[date, int], today: date) -> list[int]:
    """Return how many documents were moved on each of the last days, oldest first."""
    return [moved.get(day, 0) for day in _days(today)]


@lru_cache(maxsize=2)
def _days(today: date) -> list[date]:
    return [first_day(today) + timedelta(days=after) for after in range(DAYS)]
