"""Pages of a list, the next one of which is asked for at the same time."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from typing import TYPE_CHECKING, Generic, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

P = TypeVar("P")

_TOGETHER = 2
"""Pages asked for at the same time: each may have 500 records, and each thread keeps memory in which it parses."""


class PagesAhead(Generic[P]):
    """Gets pages, some of them before their turn; the thread that asks for one gets it itself, the others meanwhile.

    :param fetch: gets a page by its number or by where it begins; is called in several threads
    """

    def __init__(self, fetch: Callable[[int], P]) -> None:
        self._fetch = fetch
        self._asked: dict[int, Future[P]] = {}
        self._pool = ThreadPoolExecutor(_TOGETHER - 1, "pages")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def get(self, place: int, later: Iterable[int] = ()) -> P:
        """Return a page.

        :param later: the pages that will be asked for next, as far as that is known; the first is asked for now
        """
        if place in self._asked:
            return self._asked.pop(place).result()
        for one in islice(later, _TOGETHER - 1):
            if one not in self._asked:
                self._asked[one] = self._pool.submit(copy_context().run, self._fetch, one)
        return self._fetch(place)
