"""Turns of documents that move at the same time and yet are judged in order, so that the result is always the same."""

from __future__ import annotations

from collections import deque
from threading import Condition, Lock
from typing import TYPE_CHECKING

from debitoor_provider.sync.steps.known import Known, by_likeness, index

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_REMEMBERED = 3  # batches: two that move, and the one before, of which the ledger was read while some still moved


class Turns:
    """Whose turn it is."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._left: dict[str, None] = {}  # in their order
        self._added = 0
        self._changed = Condition()

    def add(self, keys: Iterable[str]) -> int:
        """Let documents have their turns after all others, in the order in which they begin.

        :return: the number of documents added so far
        """
        with self._changed:
            for key in keys:
                self._places[key] = self._added
                self._left[key] = None
                self._added += 1
            return self._added

    def forget(self, keys: Iterable[str]) -> None:
        """Forget documents whose turns have ended."""
        with self._changed:
            for key in keys:
                self._places.pop(key, None)
                self._left.pop(key, None)

    def is_among(self, key: str, first: int) -> bool:
        """Return whether a document is among the first that were added, and not forgotten."""
        return self._places.get(key, first) < first

    def is_left(self, key: str) -> bool:
        """Return whether a document's turn has not ended."""
        return key in self._left

    def wait(self, key: str) -> None:
        """Return once the turns of all that began before have ended.

        Those have begun, and wait for none that comes later: so they end.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_first(key))

    def end(self, key: str) -> None:
        """End a document's turn; it may be ended before."""
        with self._changed:
            self._left.pop(key, None)
            self._changed.notify_all()

    def _is_first(self, key: str) -> bool:
        first = next(iter(self._left), key)
        return self._places.get(first, 0) >= self._places.get(key, 0)


class SharedJudgement:
    """What documents that move at the same time know of each other: their turns, and how they were judged."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.read: dict[str, Known] = {}
        """Documents with the figures that are to be sent, where those are not the record's."""
        self.repeats: dict[str, Collection[str]] = {}
        """The keys of what documents were found to be like."""
        self.read_by_key: dict[str, list[Known]] = {}
        self._batches: deque[list[str]] = deque()
        self._lock = Lock()

    def begin(self, keys: Iterable[str]) -> int:
        """Let the documents of a batch have their turns, and forget those of batches long through.

        :return: the number of documents up to its end
        """
        batch = list(keys)
        self._batches.append(batch)
        if len(self._batches) > _REMEMBERED:
            self._forget(self._batches.popleft())
        return self.turns.add(batch)

    def _forget(self, keys: list[str]) -> None:
        self.turns.forget(keys)
        with self._lock:
            for key in keys:
                self.repeats.pop(key, None)
                self.read.pop(key, None)
            self.read_by_key = by_likeness(self.read.values())

    def note(self, one: Known) -> None:
        """Take note of a document with the figures that are to be sent."""
        with self._lock:
            self.read[one.key] = one
            index(one, self.read_by_key)
