from __future__ import annotations

import itertools
import random
import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.services.errors import BadAnswer, Unavailable
from debitoor_provider.services.getmyinvoices.constants import MOMENT_FORMAT
from debitoor_provider.services.getmyinvoices.enums import Archived
from debitoor_provider.services.getmyinvoices.listing import (
    DocumentQuery,
    all_documents,
    all_records,
    local,
    overlap_of,
    pages,
)
from debitoor_provider.services.getmyinvoices.models import Document
from debitoor_provider.services.getmyinvoices.parse import Page

BERLIN = ZoneInfo("Europe/Berlin")


class Listing:
    """The pages of each pass over a list: every pass starts with page 1."""

    def __init__(self, *passes: list[Page]) -> None:
        self.passes = list(passes)
        self.asked: list[int] = []

    def __call__(self, number: int) -> Page:
        if number == 1 and self.asked and len(self.passes) > 1:
            self.passes.pop(0)
        self.asked.append(number)
        current = self.passes[0]
        return current[number - 1] if number <= len(current) else Page([], current[-1].total, current[-1].pages)


def page(*uids: int, total: int | None, of: int | None) -> Page:
    return Page([Document(uid, "RECEIPT") for uid in uids], total, of)


def uids(listing: Listing) -> list[int]:
    return [document.document_uid for document in all_documents(listing, {})]


def test_one_page_costs_one_call():
    listing = Listing([page(3, 1, 2, total=3, of=1)])
    assert uids(listing) == [1, 2, 3]
    assert listing.asked == [1]


@pytest.mark.parametrize("of", [0, 1])
def test_an_empty_list_costs_one_call(of):
    listing = Listing([page(total=0, of=of)])
    assert uids(listing) == []
    assert listing.asked == [1]


def test_all_pages_are_read_and_sorted():
    listing = Listing([page(5, 4, total=5, of=3), page(3, 2, total=5, of=3), page(1, total=5, of=3)])
    assert uids(listing) == [1, 2, 3, 4, 5]
    assert sorted(listing.asked) == [1, 2, 3]


def test_pages_that_the_list_counts_are_asked_for_side_by_side_and_the_records_keep_their_order():
    later = threading.Barrier(2, timeout=10)
    asked = []

    def fetch(number: int) -> Page:
        asked.append(number)
        if number > 1:
            later.wait()
        return page(10 * number, total=3, of=3)

    assert [document.document_uid for document in all_records(fetch)] == [10, 20, 30]
    assert sorted(asked) == [1, 2, 3]


def test_whoever_may_stop_early_asks_for_no_page_ahead():
    listing = Listing([page(number, total=5, of=5) for number in range(5)])
    assert len(list(itertools.islice(pages(listing), 2))) == 2
    assert listing.asked == [1, 2]


def test_no_more_than_one_page_is_asked_for_before_its_turn():
    listing = Listing([page(number, total=9, of=9) for number in range(9)])
    found = pages(listing, ahead=True)
    assert len(list(itertools.islice(found, 2))) == 2
    found.close()
    assert sorted(listing.asked) == [1, 2, 3]


def test_a_failed_page_is_an_error_and_leaves_no_thread():
    def fetch(number: int) -> Page:
        if number == 2:
            raise Unavailable("down")
        return page(number, total=3, of=3)

    with pytest.raises(Unavailable, match="down"):
        all_records(fetch)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("pages")]


def test_without_a_number_of_pages_the_list_ends_at_an_empty_page():
    listing = Listing([page(5, 4, total=None, of=None), page(3, total=None, of=None)])
    assert uids(listing) == [3, 4, 5]
    assert listing.asked == [1, 2, 3]


def test_a_service_that_ignores_the_page_number_is_not_called_for_ever():
    found = list(pages(lambda number: page(1, 2, total=None, of=None)))
    assert len(found) == 1


def test_a_document_that_a_shift_hid_is_found_by_reading_again():
    shifted = [page(5, 4, total=5, of=3), page(2, 1, total=4, of=2)]  # 5 was archived, so 3 moved to page 1
    listing = Listing(shifted, [page(4, 3, total=4, of=2), page(2, 1, total=4, of=2)])
    assert uids(listing) == [1, 2, 3, 4, 5]


def test_a_document_repeated_by_a_shifted_page_is_listed_once():
    shifted = [page(4, 3, total=4, of=2), page(3, 2, 1, total=5, of=2)]  # 5 was added
    listing = Listing(shifted, [page(5, 4, 3, total=5, of=2), page(2, 1, total=5, of=2)])
    assert uids(listing) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "short",
    [
        [page(2, total=9, of=2), page(1, total=9, of=2)],
        [page(2, 1, total=9, of=1)],
        [page(2, 1, total=9, of=0)],
        [page(2, 1, total=9, of=None)],
        [page(2, 1, total=9, of=2)],
    ],
    ids=["two pages", "one page", "no pages", "unknown pages", "an empty second page"],
)
class TestAListOfFewerDocumentsThanItCounts:
    def test_is_an_error_once_a_second_pass_finds_the_same(self, short):
        with pytest.raises(BadAnswer, match="2 of the 9 records"):
            uids(Listing(short))

    def test_is_read_again(self, short):
        assert uids(Listing(short, [page(*range(1, 10), total=9, of=1)])) == list(range(1, 10))

    def test_is_an_error_for_other_records_too(self, short):
        with pytest.raises(BadAnswer, match="2 of the 9 records"):
            all_records(Listing(short))

    def test_other_records_are_read_again_too(self, short):
        assert len(all_records(Listing(short, [page(*range(1, 10), total=9, of=1)]))) == 9


def test_pages_that_the_list_does_not_count_are_read_as_long_as_documents_are_missing():
    listing = Listing([page(5, 4, total=5, of=1), page(3, 2, total=5, of=1), page(1, total=5, of=1)])
    assert uids(listing) == [1, 2, 3, 4, 5]
    assert listing.asked == [1, 2, 3]


def test_a_document_that_one_page_has_twice_is_not_missing():
    listing = Listing([page(2, 2, 1, total=3, of=1)])
    assert uids(listing) == [1, 2]
    assert listing.asked == [1]


def test_a_list_in_another_order_at_each_call_is_complete_nevertheless():
    passes: Counter[int] = Counter()

    def shuffled(number: int) -> Page:
        passes[number] += 1
        order = random.Random(10 * passes[number] + number)
        everything = order.sample(range(1, 121), 120)
        return page(*everything[(number - 1) * 50 : number * 50], total=120, of=3)

    assert [document.document_uid for document in all_documents(shuffled, {})] == list(range(1, 121))


def test_a_list_that_keeps_changing_is_an_error_rather_than_a_gap():
    restless = [[page(uid, total=uid, of=2), page(uid + 100, total=uid + 1, of=2)] for uid in (10, 20, 30, 40, 50)]
    with pytest.raises(Unavailable, match="kept changing"):
        all_documents(Listing(*restless), {})


@given(st.lists(st.integers(1, 50), unique=True), st.integers(1, 7), st.tuples(st.integers(0), st.integers(0)))
def test_archiving_between_two_pages_loses_no_document(numbers, per_page, archived):
    present = list(numbers)
    gone: set[int] = set()
    calls = 0
    one_by_one = threading.Lock()

    def fetch(number: int) -> Page:
        nonlocal calls
        with one_by_one:
            calls += 1
            if calls > 1 and calls < 4 and present:
                gone.add(present.pop(archived[calls - 2] % len(present)))
            rows = present[(number - 1) * per_page : number * per_page]
            return page(*rows, total=len(present), of=-(-len(present) // per_page))

    found = {document.document_uid for document in all_documents(fetch, {})}
    assert set(numbers) - gone <= found <= set(numbers)


def test_the_filters_are_written_as_the_service_reads_them():
    query = DocumentQuery(
        archived=Archived.NO,
        document_type="RECEIPT",
        company_uid=-1,
        start=date(2026, 1, 1),
        end=date(2026, 1, 31),
        updated_since=datetime(2026, 7, 1, 10, 0, 5, 999_999, tzinfo=UTC),
        tags=["a", "b c"],
        payment_status="Not paid",
        note="n",
        number="42",
        search="s",
        line_items=True,
    )
    assert query.params(BERLIN) == {
        "archivedFilter": 0,
        "documentTypeFilter": "RECEIPT",
        "companyFilter": -1,
        "startDateFilter": "2026-01-01",
        "endDateFilter": "2026-01-31",
        "updatedOrNewSinceFilter": "2026-07-01 12:00:05",
        "tagFilter[]": ["a", "b c"],
        "paymentStatusFilter": "not_paid",
        "noteFilter": "n",
        "documentNumberFilter": "42",
        "searchQuery": "s",
        "loadLineItems": "true",
    }


def test_the_archive_filter_is_always_sent():
    assert DocumentQuery().params(BERLIN) == {"archivedFilter": 1, "loadLineItems": "false"}


def test_times_are_those_of_the_account_in_winter_and_summer():
    assert local(datetime(2026, 1, 1, 23, 30, tzinfo=UTC), BERLIN) == "2026-01-02 00:30:00"
    assert local(datetime(2026, 7, 1, 1, tzinfo=timezone(timedelta(hours=1))), BERLIN) == "2026-07-01 02:00:00"


ZONES = st.sampled_from(sorted(available_timezones()))


@given(ZONES, ZONES, st.integers(1_600_000_000, 2_200_000_000))
def test_what_is_asked_for_is_not_later_in_any_zone_of_the_account(ours, theirs, seconds):
    moment = datetime.fromtimestamp(seconds, UTC)
    written = local(moment - overlap_of(ZoneInfo(ours)), ZoneInfo(ours))
    read = datetime.strptime(written, MOMENT_FORMAT).replace(tzinfo=ZoneInfo(theirs))
    assert read.astimezone(UTC) <= moment


def test_a_naive_time_is_an_error():
    with pytest.raises(ValueError, match="zone"):
        local(datetime(2026, 1, 1), BERLIN)  # noqa: DTZ001 - a naive time is refused


def test_an_unknown_payment_status_is_an_error():
    with pytest.raises(ValueError, match="Overdue"):
        DocumentQuery(payment_status="Overdue").params(BERLIN)
