"""Rate limits: fixed windows that start with the first call counted in them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(slots=True)
class _Window:
    started: float
    used: int


class RateLimiter:
    """Counts calls by key and window; a refused call does not count."""

    def __init__(self) -> None:
        self._windows: dict[tuple[object, float], _Window] = {}

    def take(self, key: object, now: datetime, limits: dict[float, int | None]) -> int | None:
        """Count one call unless a limit is reached.

        :param limits: calls allowed by window length in seconds; None means no limit
        :return: None if the call may continue, else the whole seconds until the last exhausted window ends
        """
        moment = now.timestamp()
        waits = [
            window.started + seconds - moment
            for seconds, limit in limits.items()
            if limit is not None and (window := self._window(key, seconds, moment)).used >= limit
        ]
        if waits:
            return max(1, math.ceil(max(waits)))
        for seconds, limit in limits.items():
            if limit is not None:
                self._window(key, seconds, moment).used += 1
        return None

    def remaining(self, key: object, now: datetime, seconds: float, limit: int) -> int:
        """Return the calls left in the present window."""
        return max(0, limit - self._window(key, seconds, now.timestamp()).used)

    def forget(self) -> None:
        """Restart all windows."""
        self._windows.clear()

    def _window(self, key: object, seconds: float, moment: float) -> _Window:
        window = self._windows.get((key, seconds))
        if window is None or not window.started <= moment < window.started + seconds:
            window = self._windows[key, seconds] = _Window(moment, 0)
        return window
