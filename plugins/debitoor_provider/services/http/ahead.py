"""Pages of a list, the next ones of which are asked for while one is awaited."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from typing import TYPE_CHECKING, Generic, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

P = TypeVar("P")

_TOGETHER = 4
"""Pages in memory at once: each may have 500 records."""


class PagesAhead(Generic[P]):
    """Gets pages, some of them before their turn.

    :param fetch: gets a page by its number or by where it begins; is called in several threads
    """

    def __init__(self, fetch: Callable[[int], P]) -> None:
        self._fetch = fetch
        self._asked: dict[int, Future[P]] = {}
        self._pool = ThreadPoolExecutor(_TOGETHER, "pages")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def get(self, place: int, later: Iterable[int] = ()) -> P:
        """Return a page.

        :param later: the pages that will be asked for next, as far as that is known; a few of them are asked for now
        """
        for one in islice(later, _TOGETHER - 1):
            for wanted in (place, one):
                if wanted not in self._asked:
                    self._asked[wanted] = self._pool.submit(copy_context().run, self._fetch, wanted)
        asked = self._asked.pop(place, None)
        return asked.result() if asked else self._fetch(place)
