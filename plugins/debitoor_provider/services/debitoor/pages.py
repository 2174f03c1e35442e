"""Reading all pages of a list that may change in the meantime (contract section 9)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Unavailable
from debitoor_provider.services.http.ahead import PagesAhead

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

T = TypeVar("T")

_PASSES = 3


class _End(Enum):
    """What is known at the end of one pass over a list."""

    WHOLE = "each page joined the one before"
    MOVED = "rows came in before those that had been read, or went there"
    LOST = "rows that were still to be read may have been passed over"


def read_pages(
    fetch: Callable[[int], list[tuple[str, T]]], keep: MutableMapping[str, T], size: int, at_least: int
) -> None:
    """Read every row of a list, each once.

    A page begins with the last row of the one before: where it does not, rows were removed, added or moved meanwhile,
    and the list is read once more; the passes are put together. Nothing but that row ends the list, so that a silent
    cap cannot end it early. A page that repeats the one before ends it too: such a list does not know ``skip``.

    :param fetch: gets the rows from this place on, with their ids; may be called in several threads
    :param keep: where the rows are kept, by their ids
    :param size: rows that a page has if the service gives as many as it is asked for; 0: not known
    :param at_least: how many rows the caller knows to be there: pages up to these are asked for side by side, as long
        as each has as many rows as it was asked for
    :raises Unavailable: when the list keeps changing while it is read
    """
    end = _End.WHOLE
    for _ in range(_PASSES):
        end = _read_once(fetch, keep, size, at_least)
        if end is _End.WHOLE:
            return
    if end is _End.LOST:
        raise Unavailable(Message("list_kept_changing"))


def _read_once(
    fetch: Callable[[int], list[tuple[str, T]]], keep: MutableMapping[str, T], size: int, at_least: int
) -> _End:
    place, before, end = 0, list[str](), _End.WHOLE
    with PagesAhead(fetch) as pages:
        while True:
            later = range(place + size - 1, at_least, size - 1) if size > 1 else ()
            page = pages.get(place, later)
            ids = [key for key, _ in page]
            for key, row in page:
                keep[key] = row
            joint = before[-1:] if len(before) > 1 else []  # a page of one row cannot have more than that row in common
            if not ids and joint:
                return _End.LOST  # even the row that was there is at another place now
            if not ids or ids in (before, joint):
                return end
            if joint and ids[:1] != joint:
                if joint[0] not in ids:
                    return _End.LOST
                end = _End.MOVED
            place, before = place + len(ids) - (len(ids) > 1), ids
            if len(ids) != size:  # where the next pages begin is known one by one
                size = 0
