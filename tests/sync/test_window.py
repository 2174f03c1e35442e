from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.sync.window import (
    FULL_LISTING_EVERY,
    RunKind,
    Window,
    backfill,
    chosen_days,
    incremental,
    manual,
)

NOW = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
OVERLAP = timedelta(hours=3)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "America/Havana", "Africa/Cairo"]


def asked(listed_at: datetime | None, full_listed_at: datetime | None) -> Window:
    return incremental(
        now=NOW, listed_at=listed_at, full_listed_at=full_listed_at, overlap=OVERLAP, kind=RunKind.SCHEDULED
    )


def test_the_first_run_asks_for_everything() -> None:
    assert asked(None, None) == Window(RunKind.SCHEDULED, moves_watermark=True, full=True)


def test_the_next_asks_for_what_is_new_since_the_watermark_less_an_overlap() -> None:
    yesterday = NOW - timedelta(days=1)
    window = asked(yesterday, yesterday)
    assert (window.updated_since, window.full, window.moves_watermark) == (yesterday - OVERLAP, False, True)


@pytest.mark.parametrize(
    ("age", "full"),
    [
        (FULL_LISTING_EVERY, True),
        (FULL_LISTING_EVERY - timedelta(seconds=1), True),
        (FULL_LISTING_EVERY - timedelta(minutes=2), False),
    ],
)
def test_everything_is_listed_again_after_a_week(age: timedelta, full: bool) -> None:
    assert asked(NOW - timedelta(hours=1), NOW - age).full is full


@pytest.mark.parametrize("ahead", [timedelta(minutes=2), timedelta(hours=26), timedelta(days=366)])
def test_a_watermark_in_the_future_asks_for_everything(ahead: timedelta) -> None:
    assert asked(NOW + ahead, NOW).full
    assert asked(NOW, NOW + ahead).full


def test_clocks_may_differ_by_seconds() -> None:
    assert not asked(NOW + timedelta(seconds=30), NOW + timedelta(seconds=30)).full


@pytest.mark.parametrize(("moves", "expected"), [(True, (None, None)), (False, (date(2026, 1, 1), date(2026, 1, 31)))])
def test_a_scheduled_listing_asks_for_no_dates(moves: bool, expected: tuple[date | None, date | None]) -> None:
    window = Window(RunKind.SCHEDULED, moves_watermark=moves).within(date(2026, 1, 1), date(2026, 1, 31))
    assert (window.asked_start, window.asked_end) == expected


def test_changed_settings_list_everything() -> None:
    assert asked(NOW - timedelta(hours=1), None).full


def test_a_person_gets_what_was_chosen() -> None:
    assert manual(date(2026, 1, 1), None, ("7",)) == Window(
        RunKind.MANUAL, start=date(2026, 1, 1), document_ids=("7",), moves_watermark=False
    )


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, (date(2026, 2, 1), date(2026, 2, 28))),
        (date(2026, 2, 10), None, (date(2026, 2, 10), date(2026, 2, 28))),
        (date(2026, 1, 1), date(2026, 2, 5), (date(2026, 2, 1), date(2026, 2, 5))),
        (date(2026, 3, 1), None, (date(2026, 3, 1), date(2026, 2, 28))),
    ],
)
def test_the_accounts_period_narrows_every_window(
    start: date | None, end: date | None, expected: tuple[date, date]
) -> None:
    window = manual(date(2026, 2, 1), date(2026, 2, 28), ()).within(start, end)
    assert (window.start, window.end) == expected
    assert window.is_empty is (expected[0] > expected[1])


def test_an_open_window_is_not_empty() -> None:
    assert not manual(None, date(2026, 1, 1), ()).is_empty


@pytest.mark.parametrize(
    ("start", "end", "zone", "expected"),
    [
        # daily at midnight in Berlin: one day each, also when the clocks change
        ("2026-01-14T23:00Z", "2026-01-15T23:00Z", "Europe/Berlin", ("2026-01-15", "2026-01-15")),
        ("2026-03-28T23:00Z", "2026-03-29T22:00Z", "Europe/Berlin", ("2026-03-29", "2026-03-29")),
        ("2026-10-24T22:00Z", "2026-10-25T23:00Z", "Europe/Berlin", ("2026-10-25", "2026-10-25")),
        # daily at six: the day whose midnight lies in the interval
        ("2026-01-15T05:00Z", "2026-01-16T05:00Z", "Europe/Berlin", ("2026-01-16", "2026-01-16")),
        # hourly: the hour that holds midnight has the day, the others have none
        ("2026-01-14T23:00Z", "2026-01-15T00:00Z", "Europe/Berlin", ("2026-01-15", "2026-01-15")),
        ("2026-01-15T00:00Z", "2026-01-15T01:00Z", "Europe/Berlin", ("2026-01-16", "2026-01-15")),
        # monthly
        ("2026-01-31T23:00Z", "2026-02-28T23:00Z", "Europe/Berlin", ("2026-02-01", "2026-02-28")),
        ("2026-02-01T00:00Z", "2026-03-01T00:00Z", "UTC", ("2026-02-01", "2026-02-28")),
    ],
)
def test_a_backfill_takes_the_days_that_begin_in_its_interval(
    start: str, end: str, zone: str, expected: tuple[str, str]
) -> None:
    window = backfill(datetime.fromisoformat(start), datetime.fromisoformat(end), zone)
    assert (str(window.start), str(window.end)) == expected
    assert window.is_empty is (expected[0] > expected[1])
    assert not window.moves_watermark


@pytest.mark.parametrize(
    ("cron", "zone"),
    [
        *product(["0 */4 * * *", "30 2 * * *", "0 0 * * *", "0 6 * * 1", "0 0 1 * *"], ZONES),
        *product(["0 * * * *"], ["Europe/Berlin", "America/Havana"]),  # at night, and at midnight
    ],
)
def test_the_intervals_of_a_schedule_divide_the_days_of_a_year(cron: str, zone: str) -> None:
    """Without gap or overlap, whatever the clocks do."""
    ticks = croniter(cron, datetime(2025, 12, 30, tzinfo=ZoneInfo(zone)))
    edges = [datetime.fromtimestamp(ticks.get_next(float), UTC)]
    while edges[-1] < datetime(2027, 1, 1, tzinfo=UTC):
        edges.append(datetime.fromtimestamp(ticks.get_next(float), UTC))
    days = [day for window in _windows(edges, zone) for day in _days(window)]
    assert days == sorted(set(days))
    assert len(days) == (days[-1] - days[0]).days + 1 >= 300


@given(
    st.lists(st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1)), min_size=2, max_size=9, unique=True),  # noqa: DTZ001 - local times
    st.sampled_from(ZONES),
)
def test_any_intervals_that_follow_on_each_other_divide_the_days(moments: list[datetime], zone: str) -> None:
    edges = [moment.replace(tzinfo=UTC) for moment in sorted(moments)]
    windows = _windows(edges, zone)
    whole = backfill(edges[0], edges[-1], zone)
    assert [day for window in windows for day in _days(window)] == list(_days(whole))


@pytest.mark.parametrize(
    ("start", "end", "zone", "days"),
    [
        # midnight in UTC is a day, whatever the zone
        ("2026-03-01T00:00Z", "2026-04-01T00:00Z", "Europe/Berlin", "2026-03-01 2026-03-31"),
        ("2026-03-01T00:00Z", "2026-04-01T00:00Z", "America/New_York", "2026-03-01 2026-03-31"),
        ("2026-03-01T00:00Z", "2026-03-02T00:00Z", "Pacific/Auckland", "2026-03-01 2026-03-01"),
        # midnight in the account's zone, also when the clocks change, and in one nearby
        ("2026-03-28T23:00Z", "2026-03-29T22:00Z", "Europe/Berlin", "2026-03-29 2026-03-29"),
        ("2026-10-24T22:00Z", "2026-10-25T23:00Z", "Europe/Berlin", "2026-10-25 2026-10-25"),
        ("2026-03-01T00:00+02:00", "2026-04-01T00:00+03:00", "Europe/Berlin", "2026-03-01 2026-03-31"),
        ("2026-03-01T00:00-05:00", "2026-04-01T00:00-04:00", "Europe/Berlin", "2026-03-01 2026-03-31"),
        # the last second of a day, and a day of work
        ("2026-03-01T00:00Z", "2026-03-31T23:59:59Z", "Europe/Berlin", "2026-03-01 2026-03-31"),
        ("2026-03-01T00:00+01:00", "2026-03-31T23:59:59+02:00", "Europe/Berlin", "2026-03-01 2026-03-31"),
        ("2026-03-02T08:00+01:00", "2026-03-02T18:00+01:00", "Europe/Berlin", "2026-03-02 2026-03-02"),
        # no day begins
        ("2026-03-02T08:00+01:00", "2026-03-02T12:00+01:00", "Europe/Berlin", "2026-03-02 2026-03-01"),
        ("2026-03-02T00:00Z", "2026-03-02T00:00Z", "Europe/Berlin", "2026-03-02 2026-03-01"),
    ],
)
def test_an_interval_that_a_person_wrote_down_is_of_whole_days(start: str, end: str, zone: str, days: str) -> None:
    found = chosen_days(datetime.fromisoformat(start), datetime.fromisoformat(end), zone)
    assert " ".join(map(str, found)) == days


def test_a_window_is_described_in_plain_values() -> None:
    window = Window(RunKind.MANUAL, updated_since=NOW, start=date(2026, 1, 1), document_ids=("7",))
    assert window.as_json() == {
        "kind": "manual",
        "updated_since": "2026-03-10T06:00:00+00:00",
        "from": "2026-01-01",
        "to": None,
        "document_ids": ["7"],
        "full": False,
    }


def _windows(edges: list[datetime], zone: str) -> list[Window]:
    return [backfill(start, end, zone) for start, end in pairwise(edges)]


def _days(window: Window) -> list[date]:
    assert window.start is not None
    assert window.end is not None
    return [window.start + timedelta(days=number) for number in range((window.end - window.start).days + 1)]
