"""Cron expressions: what is refused, and what means something else than it looks like.

Imported only for accounts with a cron expression, because croniter is slow to import.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from croniter import CroniterBadDateError, CroniterError, croniter

DESCRIPTION_LIMIT = 1000  # characters; Airflow keeps a description of the schedule in a column of this size
_SAFE_LENGTH = 40  # no description of an expression as short as this comes near the limit


class CronField(NamedTuple):
    """One of the five fields.

    :param name: code of its name, plural
    :param first: smallest value
    :param last: largest value
    """

    name: str
    first: int
    last: int

    @property
    def size(self) -> int:
        """The number of values."""
        return self.last - self.first + 1


PARTS = (
    CronField("cron_minutes", 0, 59),
    CronField("cron_hours", 0, 23),
    CronField("cron_days", 1, 31),
    CronField("cron_months", 1, 12),
    CronField("cron_weekdays", 0, 6),
)


class CronStep(NamedTuple):
    """A step in an expression, such as ``*/90``.

    :param text: as it is written
    :param width: the value after the slash
    :param part: the field it is in
    """

    text: str
    width: int
    part: CronField


def is_valid(text: str) -> bool:
    """Return whether a text is a cron expression of five fields, without what croniter alone knows."""
    if len(text.split(" ")) != 5 or re.search(r"[^0-9A-Za-z*/,\-#? ]", text) or re.search(r"(?<![A-Za-z])[HR]", text):
        return False
    try:
        croniter(text).get_next()
    except CroniterBadDateError:
        return True
    except (CroniterError, ValueError, KeyError):
        return False
    return True


def has_a_day(text: str) -> bool:
    """Return whether a valid expression ever matches a day that exists."""
    try:
        croniter(text).get_next()
    except CroniterBadDateError:
        return False
    return True


def idle_step(text: str) -> CronStep | None:
    """Return the first step that is wider than its field, and so never taken: ``*/90`` minutes run hourly."""
    return next((step for step in _steps(text) if step.width > step.part.size), None)


def uneven_step(text: str) -> CronStep | None:
    """Return the first step over a whole field that does not divide it: ``*/45`` minutes are 45 and 15 apart."""
    for step in _steps(text):
        is_whole = step.text.startswith("*/")
        days = step.part is PARTS[2]
        if is_whole and 1 < step.width < step.part.size and (days or step.part.size % step.width):
            return step
    return None


def runs_on_either_day(text: str) -> bool:
    """Return whether days of the month and of the week are both restricted: cron then takes days that match either."""
    fields = text.split(" ")
    return not {fields[2], fields[4]} & {"*", "?"}


def is_hourly(text: str) -> bool:
    """Return whether a valid expression matches in every hour of a day; ``0-23`` does as well as ``*``."""
    return bool(croniter(text).expanded[1] == ["*"])


def names_days(text: str) -> bool:
    """Return whether a valid expression matches on some days only."""
    return any(field != ["*"] for field in croniter(text).expanded[2:5])


def is_describable(text: str) -> bool:
    """Return whether Airflow's description of a valid expression fits into Airflow's database."""
    if len(text) <= _SAFE_LENGTH:
        return True
    from cron_descriptor import ExpressionDescriptor, FormatException, MissingFieldException

    minute, hour, day, month, weekday = text.split(" ")
    texts = [text]
    if day != "*" and weekday != "*":  # Airflow describes both kinds of days, each with the rest
        texts = [f"{minute} {hour} {day} {month} *", f"{minute} {hour} * {month} {weekday}"]
    try:
        described = [ExpressionDescriptor(text, use_24hour_time_format=True).get_description() for text in texts]
    except (FormatException, MissingFieldException):
        return True  # Airflow stores no description then
    return len(" (or) ".join(described)) <= DESCRIPTION_LIMIT


def _steps(text: str) -> list[CronStep]:
    return [
        CronStep(item, int(item.rpartition("/")[2]), part)
        for field, part in zip(text.split(" "), PARTS, strict=True)
        for item in field.split(",")
        if re.search(r"/\d+$", item)
    ]
