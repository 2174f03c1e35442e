from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pendulum
import pytest
from pydantic import ValidationError

from debitoor_provider.sync.accounts.clock_changes import clock_changes
from debitoor_provider.sync.accounts.schedule import Schedule, next_runs, schedule_warnings
from debitoor_provider.sync.accounts.settings import ExportAccount

from .examples import LEAST

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def account(frequency: str, timezone: str = "Europe/Berlin") -> ExportAccount:
    return ExportAccount.model_validate({"type": "export", **LEAST, "frequency": frequency, "timezone": timezone})


def refusal(frequency: str, timezone: str = "Europe/Berlin") -> str:
    with pytest.raises(ValidationError) as caught:
        account(frequency, timezone)
    (error,) = caught.value.errors()
    message: Any = error["ctx"]["message"]
    return str(message)


def codes(frequency: str, timezone: str = "Europe/Berlin") -> list[str]:
    return [message.code for message in schedule_warnings(account(frequency, timezone), NOW)]


class TestLastDue:
    @pytest.mark.parametrize(
        ("expression", "now", "due"),
        [
            ("30 2 * * *", "2026-03-29T01:00:01Z", "2026-03-28T01:30:00Z"),
            ("30 2 * * *", "2026-03-29T01:30:00Z", "2026-03-28T01:30:00Z"),
            ("30 2 * * *", "2026-03-29T01:30:01Z", "2026-03-29T01:30:00Z"),
            ("30 2 * * *", "2026-10-25T00:45:00Z", "2026-10-24T00:30:00Z"),
            ("30 2 * * *", "2026-10-25T01:30:01Z", "2026-10-25T01:30:00Z"),
            ("*/15 2,6 * * *", "2026-03-29T01:20:00Z", "2026-03-29T01:15:00Z"),
            ("0 1-3 * * *", "2026-10-25T00:30:00Z", "2026-10-24T23:00:00Z"),
            ("0 * * * *", "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z"),
        ],
    )
    def test_is_a_run_of_airflow_where_the_clock_changes(self, expression: str, now: str, due: str) -> None:
        """With an aware time, croniter 7.0.0 has 02:30 at 03:00 in spring and in the first hour in autumn."""
        schedule = Schedule(expression, "Europe/Berlin")
        assert schedule.last_due(pendulum.parse(now)) == pendulum.parse(due)


class TestNextRuns:
    def test_are_in_the_accounts_time_zone(self) -> None:
        assert [f"{time:%a %d %H:%M %z}" for time in next_runs(account("30 6 * * 1-5"), 3, NOW)] == [
            "Mon 30 06:30 +0100",
            "Tue 01 06:30 +0100",
            "Wed 02 06:30 +0100",
        ]
        assert [str(time) for time in next_runs(account("daily", "Asia/Kathmandu"), 1, NOW)] == [
            "2026-11-30 00:00:00+05:45"
        ]

    def test_come_after_the_given_moment(self) -> None:
        midnight = datetime(2026, 11, 29, 23, tzinfo=UTC)
        assert [time.day for time in next_runs(account("daily"), 2, midnight)] == [1, 2]

    def test_of_an_account_that_only_people_start(self) -> None:
        assert next_runs(account("manual"), 5, NOW) == []

    def test_over_both_clock_changes(self) -> None:
        spring = next_runs(account("30 2 * * *"), 2, datetime(2027, 3, 27, 12, tzinfo=UTC))
        assert [f"{time:%d %H:%M %z}" for time in spring] == ["28 03:30 +0200", "29 02:30 +0200"]
        autumn = next_runs(account("30 2 * * *"), 2, datetime(2027, 10, 30, 12, tzinfo=UTC))
        assert [f"{time:%d %H:%M %z}" for time in autumn] == ["31 02:30 +0100", "01 02:30 +0100"]
        hourly = next_runs(account("hourly"), 4, datetime(2027, 10, 30, 23, 30, tzinfo=UTC))
        assert [f"{time:%H:%M %z}" for time in hourly] == ["02:00 +0200", "02:00 +0100", "03:00 +0100", "04:00 +0100"]


class TestWarnings:
    @pytest.mark.parametrize("frequency", ["hourly", "every 4 hours", "daily", "weekly", "monthly", "manual"])
    def test_none_for_the_plain_words(self, frequency: str) -> None:
        assert codes(frequency) == []

    @pytest.mark.parametrize(
        "frequency", ["*/15 * * * *", "0 */6 * * *", "30 6 * * 1-5", "0 6 1 * *", "0 8-18/2 * * *"]
    )
    def test_none_where_all_is_as_it_looks(self, frequency: str) -> None:
        assert codes(frequency) == []

    @pytest.mark.parametrize("frequency", ["*/45 * * * *", "0 */5 * * *", "0 6 */2 * *", "0 6 * * */2", "0 6 1 */5 *"])
    def test_of_a_step_that_starts_again(self, frequency: str) -> None:
        assert codes(frequency) == ["cron_uneven_step"]

    def test_of_days_that_match_either(self) -> None:
        (message,) = schedule_warnings(account("0 6 13 * 5"), NOW)
        assert message.text() == "It runs on each day of the month in 13 and also on each day of the week in 5."
        assert codes("0 6 ? * 5") == []

    def test_of_an_hour_that_the_clock_skips_or_shows_twice(self) -> None:
        skipped, doubled = schedule_warnings(account("0 0,1,2,3,4 * * *"), NOW)
        assert skipped.text() == "On 2027-03-28 the clock skips 02:00; that run starts at 03:00."
        assert doubled.text() == "On 2027-10-31 the clock shows 02:00 twice; there is one run, at the second."
        assert codes("0 * * * *") == codes("0 0,1,4 * * *") == codes("0 0,1,2,3,4 * * *", "UTC") == []

    def test_of_a_plain_word_where_the_clock_changes_at_midnight(self) -> None:
        assert codes("daily", "Africa/Cairo") == ["cron_skipped"]


class TestRefused:
    @pytest.mark.parametrize("step", ["*/90 * * * *", "5/61 * * * *", "0 */25 * * *", "0 0 * * */8", "0-30/75 * * * *"])
    def test_a_step_that_is_never_taken(self, step: str) -> None:
        assert "is never taken" in refusal(step)

    def test_a_step_of_a_whole_round_is_plain(self) -> None:
        assert account("*/60 * * * *")
        assert account("0 */24 * * *")

    @pytest.mark.parametrize("frequency", ["hourly", "*/20 * * * *", "0 0-23 * * *"])
    def test_each_hour_where_the_clock_changes_by_half_an_hour(self, frequency: str) -> None:
        assert "its clocks change by a part of an hour" in refusal(frequency, "Australia/Lord_Howe")
        assert account("daily", "Australia/Lord_Howe")
        assert account("0 0-22 * * *", "Australia/Lord_Howe")

    @pytest.mark.parametrize("frequency", ["0 * * * 1-5", "*/20 * * * MON", "0 0-23 1 * *", "0 * * 3,10 *"])
    def test_each_hour_of_some_days_where_the_clock_changes(self, frequency: str) -> None:
        assert "'0 6-20 * * 1-5', or use the time zone UTC" in refusal(frequency)
        assert account(frequency, "UTC")
        assert account("0 6-20 * * 1-5")

    def test_the_default_time_zone_is_looked_at_too(self) -> None:
        with pytest.raises(ValidationError, match="In Europe/Berlin, where the clocks change"):
            ExportAccount.model_validate({"type": "export", **LEAST, "frequency": "0 * * * 1-5"})


class TestClockChanges:
    def test_of_a_year(self) -> None:
        spring, autumn = clock_changes("Europe/Berlin", NOW.date())
        assert (str(spring.moment), str(spring.before), str(spring.after)) == (
            "2027-03-28 01:00:00+00:00",
            "2027-03-28 02:00:00",
            "2027-03-28 03:00:00",
        )
        assert (str(autumn.before), str(autumn.after)) == ("2027-10-31 03:00:00", "2027-10-31 02:00:00")

    def test_of_a_zone_without(self) -> None:
        assert clock_changes("UTC", NOW.date()) == ()
