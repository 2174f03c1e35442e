"""Keep calls within a service's allowance, together with everything else that uses the same key.

The calls of one key are counted in a store that its users share: a SQLite file for the processes of one machine, or
the memory of one process. pyrate-limiter keeps the sliding windows; the store knows a hash of the key, never the key.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from debitoor_provider.services.errors import Misconfigured, QuotaUsedUp, RateLimited

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyrate_limiter import AbstractBucket

log = logging.getLogger(__name__)

MEMORY = "memory://"

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_MARGIN = 0.25
"""Seconds a window is kept longer than the service's, because calls do not all travel equally fast."""
_SWEEP_EVERY = 500
"""Calls after which outdated entries are removed from the store."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Calls a key is allowed in each sliding window; ``None`` is no limit."""

    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None

    @property
    def windows(self) -> tuple[tuple[int, float], ...]:
        """Pairs of number of calls and seconds, from the shortest; without those that can never bind."""
        limits = ((self.per_minute, _MINUTE), (self.per_hour, _HOUR), (self.per_day, _DAY))
        binding: list[tuple[int, float]] = []
        for limit, seconds in limits:
            if limit is None:
                continue
            while binding and binding[-1][0] >= limit:
                binding.pop()
            if not binding or _density(limit, seconds) <= _density(*binding[-1]):
                binding.append((limit, seconds))
        return tuple(binding)


class Pacer:
    """Holds calls back until they are allowed; one for all threads and processes that use a key.

    :param key: API key or token; only its hash is kept
    :param allowance: the limits
    :param store: ``sqlite:///<path>`` or ``memory://``
    :param longest: seconds that a call may be held back at most; an allowance that needs longer is used up, a longer
        pause is left to the scheduler
    :param sleep: how to wait
    :param clock: monotonic seconds, for pauses
    :raises Misconfigured: for a store that is not known or cannot be opened
    """

    def __init__(
        self,
        key: str,
        allowance: Allowance,
        *,
        store: str = MEMORY,
        longest: float = 90.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = "calls_" + hashlib.sha256(b"pacing:" + key.strip().encode()).hexdigest()[:24]
        self._windows = allowance.windows
        self._store = store
        self._longest = longest
        self._sleep = sleep
        self._clock = clock
        self._not_before = 0.0
        if self._windows:
            self._bucket()

    def acquire(self) -> None:
        """Wait until a call is allowed, and count it.

        :raises QuotaUsedUp: at once, when the allowance of the hour or day is spent
        :raises RateLimited: at once, while the service wants a longer pause
        """
        self._sit_out()
        while self._windows and (wait := self._take()):
            if wait > self._longest:
                raise QuotaUsedUp(
                    f"The allowance of calls is used up. The next one is possible in about {duration(wait)}.",
                    remedy="Wait, or ask the service for a larger allowance and enter it in the connection.",
                )
            log.debug("Held back for %.1f s to keep within the allowance.", wait)
            self._sleep(wait)
            self._sit_out()

    def pause(self, seconds: float) -> None:
        """Let no call of this pacer start before so many seconds have passed, because the service asked for it."""
        self._not_before = max(self._not_before, self._clock() + seconds)

    def _sit_out(self) -> None:
        """Wait until the pause is over, also when it was made longer meanwhile."""
        over = 0.0
        while over < (over := self._not_before):
            left = over - self._clock()
            if left > self._longest:
                raise slow_down("The service", left)
            if left > 0:
                self._sleep(left)

    def _take(self) -> float:
        try:
            return self._bucket().take()
        except sqlite3.Error:
            raise _unusable() from None

    def _bucket(self) -> _Bucket:
        # By process: a forked worker must not use its parent's connection to the store.
        return _opened(self._store, self._name, self._windows, os.getpid())


class _Bucket:
    """A pyrate-limiter bucket and the lock that makes asking it and learning the wait one step."""

    def __init__(self, bucket: AbstractBucket) -> None:
        self._bucket = bucket
        self._lock = threading.Lock()
        self._taken = 0

    def take(self) -> float:
        """Count one call if it is allowed now; return 0, or the seconds to wait before asking again."""
        from pyrate_limiter import RateItem

        with self._lock:
            now = self._bucket.now()  # type: ignore[no-untyped-call]
            if self._taken % _SWEEP_EVERY == 0:
                self._bucket.leak(now)
            item = RateItem("call", now)
            if self._bucket.put(item):
                self._taken += 1
                return 0.0
            return max(float(self._bucket.waiting(item)) / 1000, 0.001)  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def _opened(store: str, name: str, windows: tuple[tuple[int, float], ...], process: int) -> _Bucket:  # noqa: ARG001
    """Return the process's bucket for a key. Further stores (Redis, PostgreSQL) that pyrate-limiter has go here."""
    from pyrate_limiter import InMemoryBucket, Rate

    rates = [Rate(limit, round((seconds + _MARGIN) * 1000)) for limit, seconds in windows]
    parts = urlsplit(store)
    if parts.scheme == "memory":
        return _Bucket(InMemoryBucket(rates))
    if parts.scheme == "sqlite" and not parts.netloc and parts.path.strip("/"):
        from debitoor_provider.services.pacing_sqlite import open_bucket

        path = Path(unquote(parts.path).removeprefix("/"))
        try:
            return _Bucket(open_bucket(path, name, rates))
        except (OSError, sqlite3.Error):
            raise _unusable() from None
    raise Misconfigured(
        "The store for pacing is not known.",
        remedy="Set [debitoor] pacing_url to sqlite:////path/to/file or memory://.",
    )


def _unusable() -> Misconfigured:
    return Misconfigured(
        "The store for pacing cannot be used.",
        remedy="Set [debitoor] pacing_url to a SQLite file that all workers of this machine may write to.",
    )


def _density(limit: int, seconds: float) -> float:
    return limit / (seconds + _MARGIN)


def slow_down(service: str, seconds: float | None) -> RateLimited:
    """Make the error of a service that asks to wait; it says for how long unless that is soon over."""
    known = f" The next call is possible in about {duration(seconds)}." if seconds and seconds >= _MINUTE else ""
    return RateLimited(f"{service} asked to slow down.{known}", retry_after=seconds)


def duration(seconds: float) -> str:
    """Tell seconds as minutes and hours."""
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
