"""Whether a document's date can be right, and lies in an account's period."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.sync.steps.left_out import LeftOut

if TYPE_CHECKING:
    from debitoor_provider.sync.accounts.sections import Period


AHEAD = timedelta(days=366)
"""How far ahead of today a document may be dated: a later date is a slip of the pen, or was misread."""


def is_far_ahead(day: date, arrived: date | None) -> bool:
    """Return whether a date is further ahead than that of any document.

    :param arrived: when the service got the document, in case this machine's clock is slow
    """
    return day - max(_today(), arrived or date.min) > AHEAD


def _today() -> date:
    return datetime.now(UTC).date()


def outside(day: date | None, period: Period, undated: Message | None = None) -> LeftOut | None:
    """Return why a document's date does not fit an account's period.

    :param undated: why it has none, if more is known than that
    """
    if period.start is None and period.end is None:
        return None
    if day is None:
        return LeftOut(undated or Message("no_date"), waits=True)
    if (period.start and day < period.start) or (period.end and day > period.end):
        return LeftOut(Message("period", date=day))
    return None
