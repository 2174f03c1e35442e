"""How long one call may take in all, by the bytes that it moves.

A socket's own timeout restarts with every byte, so a call to a peer that sends a byte at times would never end.
What is received gives time only as far as content comes of it: heads, the framing of chunks, trailers and empty
compressed blocks may be sent without end.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from debitoor_provider.services.http.permit import Permit

SLOWEST = 8 * 1024
"""Bytes per second; a slower transfer is given up when its grace is over."""

_GRACE = 2
"""Times the read timeout: to be connected, to be answered, and for bodies of a few bytes."""

_DEFAULT_IDLE = 60.0

_AHEAD = 64 * 1024
"""Bytes that may be received before content comes of them: a head, and the piece of a body that is being read."""


class TimeLimitExceeded(TimeoutError):
    """The call has taken longer than its size allows."""


class TimeLimit:
    """The limit of one call, from its start.

    :param idle: seconds to wait for the next bytes, the read timeout
    :param permit: is asked before each piece that is sent
    """

    __slots__ = ("_permit", "_started", "content", "idle", "received", "sent")

    def __init__(self, idle: float, permit: Permit | None = None) -> None:
        self.idle = idle
        self._permit = permit
        self.sent = 0
        """Bytes of the request sent so far."""
        self.received = 0
        """Bytes of the answer received so far."""
        self.content = 0
        """Bytes of the answer's decoded content that were read so far."""
        self._started = time.monotonic()

    def before_sending(self) -> float:
        """Return the seconds that the next piece of the request may take.

        :raises TimeLimitExceeded: when none are left
        :raises Exception: what the permit raises when nothing more may be sent
        """
        if self._permit is not None:
            self._permit()
        return self.next_wait()

    def next_wait(self) -> float:
        """Return the seconds that the next step may wait.

        :raises TimeLimitExceeded: when none are left
        """
        size = self.sent + min(self.received, self.content + _AHEAD)
        left = seconds_allowed(self.idle, size) - (time.monotonic() - self._started)
        if left <= 0:
            raise TimeLimitExceeded("the call took longer than its size allows")
        return min(left, self.idle)


def seconds_allowed(idle: float, size: int) -> float:
    """Return the seconds that a call with this read timeout may take.

    :param size: bytes of the request and of its answer
    """
    return _GRACE * idle + size / SLOWEST


_thread = threading.local()


def start(timeout: object, permit: Permit | None = None) -> None:
    """Start the limit of the call that this thread makes next.

    :param timeout: as requests takes it: seconds, or a pair of seconds to connect and to wait for bytes
    :param permit: is asked before each piece that is sent
    """
    idle = timeout[1] if isinstance(timeout, tuple) else timeout
    _thread.limit = TimeLimit(float(idle) if isinstance(idle, int | float) else _DEFAULT_IDLE, permit)


def current() -> TimeLimit:
    """Return the limit of the call that this thread is making."""
    limit: TimeLimit | None = getattr(_thread, "limit", None)
    return limit or TimeLimit(_DEFAULT_IDLE)
