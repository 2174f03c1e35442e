"""The clock of a service, known from the ``Date`` headers of its answers."""

from __future__ import annotations

import time
from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median
from typing import TYPE_CHECKING

from debitoor_provider.services.steady_clock import steady_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

_SAMPLES = 5
_HALF_A_SECOND = 0.5
"""A ``Date`` header has whole seconds, rounded down."""


class ServiceClock:
    """Compares a service's clock with ours; may be used by many threads at once.

    It keeps the median of the last answers, so that one server with a wrong clock does not matter. Between answers
    it runs on a steady clock, so that a change of our own clock shows at once.
    """

    def __init__(self) -> None:
        self._last_date = ""
        self._ahead: deque[float] = deque(maxlen=_SAMPLES)  # of the steady clock

    def observe(self, headers: Mapping[str, str]) -> None:
        """Record an answer's ``Date``, unless the answer comes from a cache."""
        date = headers.get("Date", "")
        if date == self._last_date:
            return
        self._last_date = date
        if headers.get("Age", "0").strip() == "0" and (moment := moment_of(date)):
            self._ahead.append(moment.timestamp() + _HALF_A_SECOND - steady_seconds())

    @property
    def offset(self) -> timedelta | None:
        """How far the service's clock is ahead of ours (negative: behind); ``None`` before the first answer."""
        if not self._ahead:
            return None
        return timedelta(seconds=median(list(self._ahead)) + steady_seconds() - time.time())


def moment_of(date: str) -> datetime | None:
    """Return the moment of an HTTP date (RFC 9110 5.6.7), or ``None``."""
    try:
        moment = parsedate_to_datetime(date)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.timestamp()
    except (ValueError, OverflowError):
        return None
    return moment
