"""Keep calls within a service's allowance, together with everything else that uses the same key.

The calls of one key are counted in a store that its users share: PostgreSQL or Redis for many machines, a SQLite file
for the processes of one, or the memory of one process. A pause that the service asks one of them for is kept by all.
The store knows a hash of the key, never the key.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured, QuotaUsedUp, RateLimited, ServiceError
from debitoor_provider.services.pacing.prefetch import PrefetchingStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.services.pacing.store import Store, Windows

log = logging.getLogger(__name__)

MEMORY = "memory://"

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_LOW_PRIORITY_SHARE = 0.8
"""Share of an allowance that calls of low priority may use up; the rest is kept free for the others."""

LONGEST_WAIT = 60.0
"""Seconds that a call waits at most because a service asks for it; a longer wait is left to the scheduler."""
_LONGEST_HELD_BACK = 90.0
"""Seconds that a call is held back at most to keep an allowance, more than a minute's takes; one that needs longer is
used up."""

_MARGIN = 0.25
"""Seconds a window is kept longer than the service's, because calls do not all travel equally fast."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Calls a key is allowed in each sliding window; ``None`` is no limit."""

    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None

    @property
    def windows(self) -> Windows:
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
    """Holds calls back until they are allowed; one for all threads, processes and machines that use a key.

    :param key: API key or token; only its hash is kept
    :param allowance: the limits
    :param store: ``postgresql://…``, ``redis://…``, ``sqlite:///<path>`` or ``memory://``
    :param low_priority: start no call when less than a fifth of the allowance is left, so that others need not wait
    :param longest: seconds that a call waits at most for pauses; a longer one is left to the scheduler
    :param sleep: how to wait
    :param clock: monotonic seconds, for the pauses of this pacer
    :raises Misconfigured: for a store that is not known or cannot be opened
    """

    def __init__(
        self,
        key: str,
        allowance: Allowance,
        *,
        store: str = MEMORY,
        low_priority: bool = False,
        longest: float = LONGEST_WAIT,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = "calls_" + hashlib.sha256(b"pacing:" + key.strip().encode()).hexdigest()[:24]
        self._windows = allowance.windows
        self._store = store
        self._share = _LOW_PRIORITY_SHARE if low_priority else 1.0
        self._longest = longest
        self._sleep = sleep
        self._clock = clock
        self._not_before = 0.0
        # In memory there are no pauses of other processes, so that without a limit no store is needed.
        self._uses_store = bool(self._windows) or store != MEMORY
        if self._uses_store:
            self._counting()

    def acquire(self) -> None:
        """Wait until a call is allowed, and count it.

        :raises QuotaUsedUp: at once, when the allowance of the hour or day is used up
        :raises RateLimited: when the pauses that the service asks for take too long
        :raises NotSent: when the store is not available, since a call that is not counted could be one too many
        """
        latest = self._clock() + self._longest
        self._wait_for_pause(latest)
        while self._uses_store and (wait := self._counting().take(self._share)):
            if wait.requested and self._clock() + wait.seconds > latest:
                raise slow_down(Message("the_service"), wait.seconds)
            if wait.seconds > _LONGEST_HELD_BACK:
                raise self._used_up(wait.seconds)
            log.debug(
                "Held back for %.1f s, %s.",
                wait.seconds,
                "as the service asked" if wait.requested else "to keep the allowance",
            )
            self._sleep(wait.seconds)
            self._wait_for_pause(latest)

    def pause(self, seconds: float) -> None:
        """Let no call with this key start before so many seconds have passed, because the service asked for it."""
        seconds = min(seconds, _DAY)
        self._not_before = max(self._not_before, self._clock() + seconds)
        if self._uses_store:
            try:
                self._counting().pause(seconds)
            except ServiceError as error:
                log.warning("The pause could not be shared with other processes: %s", error)

    def left(self) -> int | None:
        """Return how many calls the longest window still allows; ``None`` without a limit."""
        return self._counting().left() if self._windows else None

    def _wait_for_pause(self, latest: float) -> None:
        """Wait until the pause is over, also when it was made longer in the meantime.

        :raises RateLimited: when it ends later than that
        """
        over = 0.0
        while over < (over := self._not_before):
            left = over - self._clock()
            if over > latest:
                raise slow_down(Message("the_service"), left)
            if left > 0:
                self._sleep(left)

    def _used_up(self, seconds: float) -> QuotaUsedUp:
        code = "allowance_share_used_up" if self._share < 1 else "allowance_used_up"
        return QuotaUsedUp(Message(code, wait=duration(seconds)), retry_after=seconds)

    def _counting(self) -> PrefetchingStore:
        # For each process: a forked worker must not use its parent's connection to the store.
        return _opened(self._store, self._name, self._windows, os.getpid())


@lru_cache(maxsize=256)
def _opened(store: str, name: str, windows: Windows, process: int) -> PrefetchingStore:
    """Return what this process counts the calls of a key with."""
    windows = tuple((limit, seconds + _MARGIN) for limit, seconds in windows)
    return PrefetchingStore(_store(store, name, windows, process), windows)


def _store(store: str, name: str, windows: Windows, process: int) -> Store:
    """Open a store. Each imports its driver only when it is used."""
    parts = urlsplit(store)
    if store == MEMORY:
        from debitoor_provider.services.pacing.memory import MemoryStore

        return MemoryStore(windows)
    if parts.scheme == "sqlite" and not parts.netloc and parts.path.strip("/"):
        from debitoor_provider.services.pacing.sqlite import SQLiteStore

        return SQLiteStore(parts.path, name, windows)
    if parts.scheme in ("redis", "rediss", "unix"):
        from debitoor_provider.services.pacing.redis import RedisStore

        return RedisStore(store, name, windows, process)
    if parts.scheme.partition("+")[0] in ("postgresql", "postgres"):
        from debitoor_provider.services.pacing.postgresql import PostgreSQLStore

        return PostgreSQLStore(store, name, windows, process)
    raise Misconfigured(Message("pacing_store_unknown"))


def _density(limit: int, seconds: float) -> float:
    return limit / (seconds + _MARGIN)


def slow_down(service: str | Message, seconds: float | None) -> RateLimited:
    """Make the error of a service that asks to wait; the message contains a wait of a minute or more."""
    if seconds and seconds >= _MINUTE:
        return RateLimited(Message("rate_limited_for", service=service, wait=duration(seconds)), retry_after=seconds)
    return RateLimited(Message("rate_limited", service=service), retry_after=seconds)


def duration(seconds: float) -> str:
    """Return seconds as minutes and hours."""
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
