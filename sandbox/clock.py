"""The sandbox's idea of now: the machine's clock, shifted or frozen for tests."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_ZONES: dict[str, ZoneInfo] = {}


class Clock:
    """A clock that runs with the machine's, at an offset, until it is frozen."""

    def __init__(self) -> None:
        self.offset = timedelta()
        self.frozen: datetime | None = None

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return self.frozen or datetime.now(UTC) + self.offset

    def set(self, *, now: datetime | None = None, frozen: bool = False) -> None:
        """Move the clock.

        :param now: the aware time it shows from this moment on; None means the machine's time
        :param frozen: stand still instead of running on
        """
        moment = now.astimezone(UTC) if now else datetime.now(UTC)
        self.offset = moment - datetime.now(UTC) if now else timedelta()
        self.frozen = moment if frozen else None

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass at once."""
        self.offset += timedelta(seconds=seconds)
        if self.frozen:
            self.frozen += timedelta(seconds=seconds)


def local_seconds(moment: datetime, zone: str) -> str:
    """``YYYY-MM-DD HH:MM:SS`` in the account's zone, the form in which G 9 and A-19 compare times of change."""
    if zone not in _ZONES:
        _ZONES[zone] = ZoneInfo(zone)
    return moment.astimezone(_ZONES[zone]).strftime("%Y-%m-%d %H:%M:%S")


def utc_seconds(moment: datetime) -> str:
    """``YYYY-MM-DDThh:mm:ssZ``, Debitoor's form of a date-time (D 3.4)."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_milliseconds(moment: datetime) -> str:
    """Debitoor's form of a file's ``lastModified`` (D 3.4)."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def wall_time(epoch: float) -> str:
    """ISO 8601 in UTC with microseconds, for the referee log."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="microseconds")


epoch_now = time.time
