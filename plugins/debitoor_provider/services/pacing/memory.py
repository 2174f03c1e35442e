"""Calls counted in the memory of one process, by pyrate-limiter and its monotonic clock."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pyrate_limiter import InMemoryBucket, Rate, RateItem

from debitoor_provider.services.pacing.store import SWEEP_EVERY, Wait, share_of

if TYPE_CHECKING:
    from debitoor_provider.services.pacing.store import Windows


class MemoryStore:
    """A bucket, and the lock that makes a question and the wait that it answers one step."""

    def __init__(self, windows: Windows) -> None:
        self._bucket = InMemoryBucket([Rate(limit, round(seconds * 1000)) for limit, seconds in windows])
        self._lock = threading.Lock()
        self._until_sweep = 0

    def take(self, share: float = 1.0, calls: int = 1) -> Wait | None:
        """Count calls if they are allowed now."""
        with self._lock:
            now = self._bucket.now()
            if self._until_sweep <= 0:
                self._bucket.leak(now)
                self._until_sweep = SWEEP_EVERY
            if share < 1 and (wait := self._until_free(share, calls, now)) > 0:
                return Wait(wait / 1000)
            item = RateItem("call", now, calls)
            if self._bucket.put(item):
                self._until_sweep -= calls
                return None
            return Wait(max(float(self._bucket.waiting(item)) / 1000, 0.001))  # type: ignore[arg-type]  # awaitable only for other buckets

    def pause(self, seconds: float) -> None:
        """Do nothing: a pacer keeps its own pauses, and no other process counts here."""

    def left(self) -> int:
        """Return how many calls the longest window still allows."""
        with self._lock:
            self._bucket.leak(self._bucket.now())
            return max(0, self._bucket.rates[-1].limit - int(self._bucket.count()))

    def _until_free(self, share: float, calls: int, now: int) -> int:
        """Return the milliseconds until no window would hold more than a share of its calls."""
        leaving = [(rate, self._bucket.peek(share_of(rate.limit, share) - calls)) for rate in self._bucket.rates]
        return max(call.timestamp + rate.interval - now if isinstance(call, RateItem) else 0 for rate, call in leaving)
