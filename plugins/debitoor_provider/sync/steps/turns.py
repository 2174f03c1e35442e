"""Turns of documents that move at the same time and yet are judged in order, so that the result is always the same."""

from __future__ import annotations

from threading import Condition
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Turns:
    """Whose turn it is.

    :param keys: of the documents, in the order in which they begin
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._places = {key: place for place, key in enumerate(keys)}
        self._left = dict.fromkeys(self._places)  # in their order
        self._changed = Condition()

    def __contains__(self, key: str) -> bool:
        return key in self._places

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
