"""One listing for several accounts; what a real source does with it is in ``test_shared_property.py``."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import pytest

from debitoor_provider.services.errors import BadAnswer, CredentialsRefused, Refused, ServiceError, Unavailable
from debitoor_provider.services.steady_clock import steady_seconds
from debitoor_provider.sync.steps.shared import MOST, SharedListing, shared_listings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Source:
    """Numbers, of which some accounts want only the even ones; fails as often as the test says."""

    numbers: Iterable[int] = range(10)
    errors: list[Exception] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)


@dataclass(frozen=True)
class Request:
    at: Source = field(compare=False)
    account: str = field(default="", compare=False)
    source: str = "key"
    since: datetime = NOON
    even: bool = False
    times: dict[str, str] = field(default_factory=dict, compare=False)

    def joined(self, other: Self) -> Self:
        return replace(self, since=min(self.since, other.since), even=self.even and other.even)

    def has(self, record: int) -> bool:
        return not (self.even and record % 2)

    def ask(self, keep: MutableMapping[Any, int]) -> Iterable[int]:
        self.at.asked.append(self)
        if self.at.errors:
            raise self.at.errors.pop(0)
        for number in self.at.numbers:
            keep[number] = number
        return filter(self.has, keep.values())

    def take_time_of(self, other: Self) -> None:
        self.times[self.account] = other.account


class TestWho:
    """Which accounts are answered together."""

    @staticmethod
    def groups(*requests: Request | None) -> list[list[int]]:
        listings = shared_listings(requests)
        distinct = dict.fromkeys(listing for listing in listings if listing)
        return [[place for place, one in enumerate(listings) if one is listing] for listing in distinct]

    def test_an_account_alone_has_no_shared_listing(self):
        assert shared_listings([Request(Source())]) == [None]

    def test_those_with_the_same_key(self):
        source = Source()
        keys = ["a", "b", "a", "c", "b", "a"]
        assert sorted(self.groups(*(Request(source, source=key) for key in keys))) == [[0, 2, 5], [1, 4]]

    def test_an_account_that_has_to_ask_separately_is_in_none(self):
        source = Source()
        assert self.groups(None, Request(source), None, Request(source)) == [[1, 3]]

    def test_those_whose_windows_begin_near_each_other(self):
        """An account that was away for days makes no other read what happened in the meantime."""
        source = Source()
        hours = [0, 24, 1, 200, 3, 25, 4]
        groups = self.groups(*(Request(source, since=NOON - timedelta(hours=hour)) for hour in hours))
        assert sorted(groups) == [[0, 2, 4], [1, 5]]


class TestAnswer:
    def test_all_are_answered_by_one_call_and_each_gets_its_own_part(self):
        source = Source()
        early, even = Request(source, since=NOON - timedelta(hours=1)), Request(source, even=True)
        listing = SharedListing([even, early])
        assert [listing.answer(even).records, listing.answer(early).records] == [[0, 2, 4, 6, 8], list(range(10))]
        assert source.asked == [Request(source, since=early.since)]

    def test_the_source_is_not_asked_before_an_account_needs_it(self):
        source = Source()
        SharedListing([Request(source), Request(source)])
        assert source.asked == []

    def test_it_tells_how_many_it_is_for_and_when_it_began(self):
        source = Source()
        listing = SharedListing([Request(source)] * 3)
        before = steady_seconds()
        first = listing.answer(Request(source))
        after = steady_seconds()
        later = listing.answer(Request(source))
        assert first.accounts == 3
        assert before <= first.began <= after
        assert later.began == first.began

    def test_each_account_knows_the_source_s_time_from_the_one_that_asked(self):
        source = Source()
        one, two = Request(source, "one"), Request(source, "two")
        listing = SharedListing([one, two])
        listing.answer(two)
        listing.answer(one)
        assert (one.times, two.times) == ({"one": "two"}, {"two": "two"})

    def test_no_account_can_change_what_another_gets(self):
        listing = SharedListing([Request(Source())] * 2)
        listing.answer(Request(Source())).records.clear()
        assert listing.answer(Request(Source())).records == list(range(10))

    @pytest.mark.parametrize(
        "now", [{"since": NOON - timedelta(seconds=1)}, {"even": False}, {"source": "another key"}]
    )
    def test_an_account_asks_separately_for_what_the_listing_did_not_ask(self, now):
        source = Source()
        asked = Request(source, even=True)
        listing = SharedListing([asked, asked])
        assert listing.answer(asked)
        assert listing.answer(replace(asked, **now)) is None

    def test_an_account_that_needs_a_full_listing_meanwhile_asks_separately(self):
        source = Source()
        assert SharedListing([Request(source)] * 2).answer(None) is None
        assert source.asked == []

    def test_the_first_to_ask_may_ask_for_more_by_now(self):
        source = Source()
        earlier = Request(source, since=NOON - timedelta(hours=9))
        listing = SharedListing([Request(source)] * 2)
        assert listing.answer(earlier)
        assert listing.answer(Request(source))
        assert len(source.asked) == 1


class TestTrouble:
    @pytest.mark.parametrize("error", [Unavailable("down"), CredentialsRefused("no such key")])
    def test_an_error_is_that_of_the_account_that_asked_and_the_next_asks_anew(self, error: ServiceError):
        source = Source(errors=[error])
        one, two, three = (Request(source, name) for name in ("one", "two", "three"))
        listing = SharedListing([one, two, three])
        with pytest.raises(type(error)):
            listing.answer(one)
        assert listing.answer(two).records == listing.answer(three).records == list(range(10))
        assert [asked.account for asked in source.asked] == ["one", "two"]

    @pytest.mark.parametrize("error", [BadAnswer("a record without id"), Refused("such a filter")])
    def test_an_error_that_may_concern_one_account_makes_each_ask_separately(self, error: ServiceError):
        source = Source(errors=[error])
        listing = SharedListing([Request(source)] * 3)
        assert [listing.answer(Request(source)) for _ in range(3)] == [None] * 3
        assert len(source.asked) == 1

    def test_a_long_listing_is_not_kept(self):
        source = Source(range(MOST + 1))
        listing = SharedListing([Request(source)] * 3)
        assert [listing.answer(Request(source)) for _ in range(3)] == [None] * 3
        assert len(source.asked) == 1

    def test_as_many_as_may_be_kept_are(self):
        source = Source([*range(MOST), *range(MOST)])  # the second pass of a list of several pages
        assert len(SharedListing([Request(source)] * 2).answer(Request(source)).records) == MOST
