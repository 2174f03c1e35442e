"""When in its day or week an account is synchronised, without a cron expression."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from debitoor_provider.sync.accounts.frequency import FREQUENCIES
from debitoor_provider.sync.accounts.values import not_valid, quoted

if TYPE_CHECKING:
    from collections.abc import Collection

WITH_TIME = ("daily", "weekly", "monthly")
"""The frequencies that may have a time of day."""
WITH_DAYS = "weekly"
"""The frequency that may have weekdays."""


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


_CRON_DAYS = {day: number % 7 for number, day in enumerate(Weekday, 1)}


def _time(value: Any) -> str:
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", value.strip()) if isinstance(value, str) else None
    if found is None:
        raise not_valid("setting_time", value=quoted(value))
    return f"{int(found[1]):02}:{found[2]}"


TimeOfDay = Annotated[
    str,
    BeforeValidator(_time),
    WithJsonSchema({"type": "string", "pattern": r"^\s*([01]?[0-9]|2[0-3]):[0-5][0-9]\s*$"}),
]
"""Hour and minute, such as ``06:30``."""


def cron_of(frequency: str, at: str | None, days: Collection[Weekday]) -> str | None:
    """Return the cron expression of a frequency at a time and on weekdays; ``None`` for *manual*."""
    cron = FREQUENCIES.get(frequency, frequency)
    if cron is None or not (at or days):
        return cron
    _, _, day, month, weekday = cron.split(" ")
    hour, minute = map(int, (at or "00:00").split(":"))
    if days:
        weekday = ",".join(str(number) for number in sorted(_CRON_DAYS[one] for one in days))
    return f"{minute} {hour} {day} {month} {weekday}"


def described(frequency: str, at: str | None, days: Collection[Weekday]) -> str:
    """Return the schedule in a few words, such as ``weekly on monday, thursday at 06:30``."""
    on = f" on {', '.join(one for one in Weekday if one in days)}" if days else ""
    return frequency + on + (f" at {at}" if at else "")
