from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import time_machine

from debitoor_provider.services.http.clock import ServiceClock, moment_of


def headers(ahead: timedelta = timedelta(), **more: str) -> dict[str, str]:
    return {"Date": format_datetime(datetime.now(UTC) + ahead, usegmt=True), **more}


def is_about(offset: timedelta | None, expected: timedelta) -> bool:
    return offset is not None and abs(offset - expected) < timedelta(seconds=2)


@pytest.mark.parametrize("ahead", [timedelta(days=365), timedelta(hours=-26), timedelta()])
def test_the_offset_is_how_far_the_service_is_ahead(ahead):
    clock = ServiceClock()
    clock.observe(headers(ahead))
    assert is_about(clock.offset, ahead)


def test_one_server_with_a_wrong_clock_does_not_count():
    clock = ServiceClock()
    for ahead in (0, 1, 90_000, 2):
        clock.observe(headers(timedelta(seconds=ahead)))
    assert is_about(clock.offset, timedelta(seconds=1))


def test_only_the_last_answers_count():
    clock = ServiceClock()
    for seconds in range(5):
        clock.observe(headers(timedelta(hours=5, seconds=seconds)))
    for seconds in range(5):
        clock.observe(headers(timedelta(seconds=seconds)))
    assert is_about(clock.offset, timedelta(seconds=2))


@pytest.mark.parametrize("change", [timedelta(days=1), timedelta(days=-1)])
def test_a_change_of_our_own_clock_is_noticed_without_a_further_answer(change):
    clock = ServiceClock()
    clock.observe(headers())
    with time_machine.travel(time.time() + change.total_seconds()):
        assert is_about(clock.offset, -change)


def test_an_answer_out_of_a_cache_does_not_count():
    clock = ServiceClock()
    clock.observe(headers(timedelta(hours=-3), Age="10800"))
    assert clock.offset is None
    clock.observe(headers(Age="0"))
    assert is_about(clock.offset, timedelta())


@pytest.mark.parametrize("date", ["", "soon", "Thu, 99 Jan 2026 12:00:00 GMT"])
def test_a_date_that_cannot_be_read_does_not_count(date):
    clock = ServiceClock()
    clock.observe({"Date": date})
    assert clock.offset is None
    assert moment_of(date) is None


def test_a_date_without_zone_is_in_utc():
    assert moment_of("Thu, 01 Jan 2026 12:00:00") == datetime(2026, 1, 1, 12, tzinfo=UTC)
