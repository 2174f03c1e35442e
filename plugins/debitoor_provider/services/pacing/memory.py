"""Calls counted by a bucket of pyrate-limiter: here in the memory of one process."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pyrate_limiter import InMemoryBucket, Rate, RateItem

from debitoor_provider.services.pacing.store import SWEEP_EVERY, Wait, part

if TYPE_CHECKING:
    from pyrate_limiter import AbstractBucket

    from debitoor_provider.services.pacing.store import Windows


class BucketStore:
    """A bucket and the lock that makes asking it and learning the wait one step."""

    def __init__(self, bucket: AbstractBucket) -> None:
        self._bucket = bucket
        self._lock = threading.Lock()
        self._until_sweep = 0

    def take(self, share: float = 1.0, calls: int = 1) -> Wait | None:
        """Count calls if they are allowed now."""
        with self._lock:
            now = self._bucket.now()  # type: ignore[no-untyped-call]
            if self._until_sweep <= 0:
                self._bucket.leak(now)
                self._until_sweep = SWEEP_EVERY
            if share < 1 and (wait := self._until_part_is_free(share, calls, now)) > 0:
                return Wait(wait / 1000)
            item = RateItem("call", now, calls)
            if self._bucket.put(item):
                self._until_sweep -= calls
                return None
            return Wait(max(float(self._bucket.waiting(item)) / 1000, 0.001))  # type: ignore[arg-type]

    def pause(self, seconds: float) -> None:
        """Do nothing: a pacer keeps to its own pauses by itself, and nobody else counts here."""

    def left(self) -> int:
        """Tell how many calls the longest window still allows."""
        with self._lock:
            self._bucket.leak(self._bucket.now())  # type: ignore[no-untyped-call]
            return max(0, self._bucket.rates[-1].limit - int(self._bucket.count()))  # type: ignore[arg-type]

    def _until_part_is_free(self, share: float, calls: int, now: int) -> int:
        """Tell the milliseconds until no window would hold more than a part of its calls.

        Another process may take the last one of a part meanwhile; the whole is kept by the bucket all the same.
        """
        leaving = [(rate, self._bucket.peek(part(rate.limit, share) - calls)) for rate in self._bucket.rates]
        return max(call.timestamp + rate.interval - now if isinstance(call, RateItem) else 0 for rate, call in leaving)


def open_memory(windows: Windows) -> BucketStore:
    """Make a store that counts the calls of this process alone."""
    return BucketStore(InMemoryBucket(rates_of(windows)))


def rates_of(windows: Windows) -> list[Rate]:
    """Tell the windows in pyrate-limiter's words."""
    return [Rate(limit, round(seconds * 1000)) for limit, seconds in windows]
