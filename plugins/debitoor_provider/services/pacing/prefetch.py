"""Calls counted several at once, for a process that makes many of them.

Counting each call takes about as long as making it. A key with few calls in a window has each of them counted alone.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.services.pacing.store import Store, Wait, Windows

_MOST = 16
_PART = 1000
"""Calls in each window for one that may be counted ahead."""
_KEPT = 0.1
"""Seconds in which calls that are counted ahead may start; below the margin by which a window is kept longer."""


class PrefetchingStore:
    """A store that is asked for twice as many calls whenever the last ones were soon used up.

    What is not used in time stays counted, and a pause that another process met is kept that much later.

    :param clock: monotonic seconds
    """

    def __init__(self, store: Store, windows: Windows, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._most = min([_MOST, *(limit // _PART for limit, _ in windows)])
        self._clock = clock
        self._lock = threading.Lock()
        self._together = 1
        self._left = 0
        self._until = 0.0

    def take(self, share: float = 1.0) -> Wait | None:
        """Count a call if it is allowed now, or use one that is counted already."""
        if self._most <= 1:
            return self._store.take(share)
        with self._lock:
            in_time = self._clock() < self._until
            if in_time and self._left:
                self._left -= 1
                return None
            together = min(2 * self._together, self._most) if in_time else 1
            wait = self._store.take(share, together)
            if wait and together > 1:  # the last ones of a window
                together, wait = 1, self._store.take(share)
            if not wait:
                self._together, self._left, self._until = together, together - 1, self._clock() + _KEPT
            return wait

    def pause(self, seconds: float) -> None:
        """Allow no call with the key before so many seconds have passed."""
        with self._lock:
            self._left = 0
        self._store.pause(seconds)

    def left(self) -> int:
        """Return how many calls the longest window still allows."""
        return self._store.left()
