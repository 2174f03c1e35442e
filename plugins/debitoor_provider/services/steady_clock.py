"""A clock that is never set."""

from __future__ import annotations

import time


def steady_seconds() -> float:
    """Return the seconds of a clock that is never set; where the system has one, it runs while the machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
