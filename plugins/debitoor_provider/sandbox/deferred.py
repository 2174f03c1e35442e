"""Writes that take effect after their answer was sent: a time-out answers while the handler still runs (D 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class DeferredWrites:
    """A queue of writes, each with its due time; it is kept in memory only."""

    def __init__(self) -> None:
        self._pending: list[tuple[datetime, Callable[[], None]]] = []

    def add(self, due: datetime, write: Callable[[], None]) -> None:
        """Queue a write.

        :param due: when to execute it, by the sandbox's clock
        """
        self._pending.append((due, write))

    def run_due(self, now: datetime) -> None:
        """Execute the writes that are due, in the order of their times."""
        if not self._pending:
            return
        due = sorted((item for item in self._pending if item[0] <= now), key=lambda item: item[0])
        self._pending = [item for item in self._pending if item[0] > now]
        for _, write in due:
            write()

    def clear(self) -> None:
        """Discard all pending writes."""
        self._pending.clear()
