"""Writes that are carried out after their answer was given: a time-out answers while the handler still runs (D 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class Late:
    """What is still to be carried out; forgotten when the server ends."""

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, Callable[[], None]]] = []

    def add(self, due: datetime, deed: Callable[[], None]) -> None:
        """Let something happen at a time of the sandbox's clock."""
        self._waiting.append((due, deed))

    def carry_out(self, now: datetime) -> None:
        """Do what is due, in the order of the times."""
        due = sorted((item for item in self._waiting if item[0] <= now), key=lambda item: item[0])
        self._waiting = [item for item in self._waiting if item[0] > now]
        for _, deed in due:
            deed()

    def forget(self) -> None:
        """Let nothing more happen."""
        self._waiting.clear()
