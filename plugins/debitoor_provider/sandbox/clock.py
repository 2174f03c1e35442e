"""The time of the sandbox and of each service: the machine's clock, shifted or frozen for tests."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from functools import lru_cache
from zoneinfo import ZoneInfo

_ZONES: dict[str, ZoneInfo] = {}


class SandboxClock:
    """A clock that runs with the machine's at an offset, or is frozen; a service may have a further offset."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._frozen: datetime | None = None
        self._service_offsets: dict[str, timedelta] = {}

    def now(self, service: str | None = None) -> datetime:
        """Return the present time, aware, in UTC.

        :param service: the time that this service shows, ``gmi`` or ``debitoor``; the sandbox's own if None
        """
        moment = self._frozen or datetime.now(UTC) + self._offset
        return moment + self._service_offsets[service] if service in self._service_offsets else moment

    def set(self, *, now: datetime | None = None, frozen: bool = False) -> None:
        """Set the clock and remove the offsets of the services.

        :param now: the aware time that it shows from this moment on; None means the machine's time
        :param frozen: stop the clock at that time
        """
        moment = now.astimezone(UTC) if now else datetime.now(UTC)
        self._offset = moment - datetime.now(UTC) if now else timedelta()
        self._frozen = moment if frozen else None
        self._service_offsets.clear()

    def advance(self, seconds: float) -> None:
        """Move the clock by ``seconds``."""
        self._offset += timedelta(seconds=seconds)
        if self._frozen:
            self._frozen += timedelta(seconds=seconds)

    def set_service_offset(self, service: str, seconds: float) -> None:
        """Let the clock of one service be wrong by ``seconds``; 0 corrects it.

        :raises OverflowError: if the time cannot be represented
        """
        offset = timedelta(seconds=seconds)
        self.now() + offset
        self._service_offsets[service] = offset


def local_seconds(moment: datetime, zone: str) -> str:
    """Return ``YYYY-MM-DD HH:MM:SS`` in the account's zone, the form in which G 9 and A-19 compare times of change."""
    if zone not in _ZONES:
        _ZONES[zone] = ZoneInfo(zone)
    return moment.astimezone(_ZONES[zone]).strftime("%Y-%m-%d %H:%M:%S")


def utc_seconds(moment: datetime) -> str:
    """Return ``YYYY-MM-DDThh:mm:ssZ``, Debitoor's form of a date-time (D 3.4)."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_milliseconds(moment: datetime) -> str:
    """Return Debitoor's form of a file's ``lastModified`` (D 3.4)."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def http_date(moment: datetime) -> str:
    """Return the form of the headers ``Date`` and ``Retry-After``."""
    return _http_date(int(moment.timestamp()))


def wall_time(epoch: float) -> str:
    """Return ISO 8601 in UTC with microseconds, the form of the call log."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="microseconds")


@lru_cache(maxsize=16)
def _http_date(epoch: int) -> str:
    return formatdate(epoch, usegmt=True)


epoch_now = time.time
