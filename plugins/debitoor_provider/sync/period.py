"""Whether a document's date lies in an account's period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.sync.steps.direction import LeftOut

if TYPE_CHECKING:
    from datetime import date

    from debitoor_provider.sync.accounts.sections import Period


def outside(day: date | None, period: Period) -> LeftOut | None:
    """Return why a document's date does not fit an account's period."""
    if period.start is None and period.end is None:
        return None
    if day is None:
        return LeftOut(Message("no_date"), waits=True)
    if (period.start and day < period.start) or (period.end and day > period.end):
        return LeftOut(Message("period", date=day))
    return None
