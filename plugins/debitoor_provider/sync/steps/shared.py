"""One listing for several accounts that wait for the same source with the same key.

The source is asked for everything that any of them asks for. Each account then takes what its own listing would have
had, and decides about it on its own. Only changes are listed together: an account whose window begins a little later
than another's sees some changes again, as if its listing reached back further behind its watermark.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import reduce
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, Self, TypeVar

from debitoor_provider.services.errors import BadAnswer, RejectError
from debitoor_provider.services.steady_clock import steady_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping, Sequence
    from datetime import datetime

log = logging.getLogger(__name__)

MOST = 2000
"""Records that are kept for the accounts; when there are more, each account lists on its own."""
_NEAR = timedelta(hours=3)
"""How far the beginnings of windows may be apart that are listed together."""

R = TypeVar("R")
V = TypeVar("V")


class ListRequest(Protocol[R]):
    """What one account's listing of changes asks its source for. Immutable, as the records are."""

    @property
    def source(self) -> str:
        """Who is asked, with which key: all who have the same get the same answers. It does not reveal the key."""
        ...

    @property
    def since(self) -> datetime:
        """From when on changes are listed."""
        ...

    def joined(self, other: Self) -> Self:
        """Return a request whose answer has what the answers to both have; the calls are those of this one."""
        ...

    def has(self, record: R) -> bool:
        """Return whether a record that changed in time is in the answer."""
        ...

    def ask(self, keep: MutableMapping[Any, R]) -> Iterable[R]:
        """Make the calls.

        :param keep: where records lie until they are taken
        """
        ...

    def take_time_of(self, other: Self) -> None:
        """Take the source's time from the response to another request."""
        ...


class SharedAnswer(NamedTuple, Generic[R]):
    """What an account takes from a shared listing.

    :param records: what its own listing would have had, and what changed shortly before
    :param began: when the listing began, in seconds of a clock that is never set
    :param accounts: how many accounts it was made for
    """

    records: Sequence[R]
    began: float
    accounts: int


class SharedListing(Generic[R]):
    """A listing that is made when the first of its accounts needs it. For one thread.

    :param requests: of the accounts, all of one source
    :param most: how many records may be kept
    """

    def __init__(self, requests: Sequence[ListRequest[R]], *, most: int = MOST) -> None:
        self._requests = requests
        self._most = most
        self._is_possible = True
        self._asked: ListRequest[R] | None = None
        self._records: Sequence[R] = ()
        self._began = 0.0

    def answer(self, request: ListRequest[R] | None) -> SharedAnswer[R] | None:
        """Return an account's part; ``None`` when it has to ask on its own.

        What goes wrong at the source is the error of the account that asks; the next one asks again.

        :param request: what the account asks now, which may differ from what it was going to ask
        :raises ServiceError: when the source cannot be asked
        """
        if request is None or not self._is_possible:
            return None
        if self._asked is None and not self._ask(request):
            return None
        asked = self._asked
        if asked is None or request.source != asked.source or asked.joined(request) != asked:
            return None
        request.take_time_of(asked)
        return SharedAnswer(
            [record for record in self._records if request.has(record)], self._began, len(self._requests)
        )

    def _ask(self, first: ListRequest[R]) -> bool:
        asked = reduce(lambda one, other: one.joined(other), self._requests, first)
        began = steady_seconds()
        try:
            records = tuple(asked.ask(_Bounded(self._most)))
        except (_TooMany, BadAnswer, RejectError) as error:  # it may concern some of the accounts only
            log.info("Each account sends its own request: %s", error)
            self._is_possible = False
            return False
        self._asked, self._records, self._began = asked, records, began
        return True


def shared_listings(requests: Sequence[ListRequest[Any] | None]) -> list[SharedListing[Any] | None]:
    """Return for each request the listing that answers it together with others; ``None`` where it has no company."""
    order = sorted(
        ((request.source, request.since, place) for place, request in enumerate(requests) if request), reverse=True
    )
    shared: list[SharedListing[Any] | None] = [None] * len(requests)
    while order:
        source, latest, _ = order[0]
        places = [place for at, since, place in order if at == source and latest - since <= _NEAR]
        order = order[len(places) :]
        if len(places) > 1:
            listing = SharedListing([request for place in places if (request := requests[place])])
            for place in places:
                shared[place] = listing
    return shared


class _TooMany(Exception):
    """A listing is too long to be kept."""


class _Bounded(dict[Any, V]):
    """Records by their keys, up to a number."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: Any, record: V) -> None:
        if len(self) >= self._most and key not in self:
            raise _TooMany(f"there are more than {self._most} records")
        super().__setitem__(key, record)
