"""A time of day and weekdays, without a cron expression."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.dag_factory import try_build
from debitoor_provider.sync.account_files.files import AccountFile, parse_account
from debitoor_provider.sync.accounts.schedule import next_runs, schedule_warnings

if TYPE_CHECKING:
    from pathlib import Path

    from debitoor_provider.sync.accounts.problems import Problem
    from debitoor_provider.sync.accounts.settings import Account

TEXT = """\
type: export
name: Acme
debitoor_id: books@acme.example
connections: {getmyinvoices: gmi, debitoor: debitoor}
"""
SUNDAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


def parsed(*lines: str) -> tuple[Account | None, tuple[Problem, ...]]:
    return parse_account((TEXT + "\n".join(lines)).encode(), "acme.yaml")


def scheduled(*lines: str) -> Account:
    account, problems = parsed(*lines)
    assert problems == ()
    assert account is not None
    return account


def problem_of(*lines: str) -> Problem:
    _, (problem,) = parsed(*lines)
    return problem


@pytest.mark.parametrize(
    ("lines", "cron", "schedule"),
    [
        (["frequency: daily"], "0 0 * * *", "daily"),
        (['at: "06:30"'], "30 6 * * *", "daily at 06:30"),
        (["frequency: daily", "at: 6:05"], "5 6 * * *", "daily at 06:05"),
        (["frequency: weekly", "at: 18:00"], "0 18 * * 1", "weekly at 18:00"),
        (["frequency: weekly", "days: [thursday, monday]"], "0 0 * * 1,4", "weekly on monday, thursday"),
        (["frequency: weekly", "days: [sunday]", "at: 23:59"], "59 23 * * 0", "weekly on sunday at 23:59"),
        (["frequency: monthly", "at: 07:00"], "0 7 1 * *", "monthly at 07:00"),
        (["frequency: '30 6 * * 1-5'"], "30 6 * * 1-5", "30 6 * * 1-5"),
    ],
)
def test_the_schedule(lines: list[str], cron: str, schedule: str) -> None:
    account = scheduled(*lines)
    assert (account.cron, account.schedule) == (cron, schedule)


def test_the_next_runs_are_those_of_the_clock_of_the_account() -> None:
    account = scheduled("frequency: weekly", "days: [monday, thursday]", "at: 06:30", "timezone: Europe/Copenhagen")
    times = [f"{time:%a %m-%d %H:%M %z}" for time in next_runs(account, 3, SUNDAY)]
    assert times == ["Mon 03-02 06:30 +0100", "Thu 03-05 06:30 +0100", "Mon 03-09 06:30 +0100"]


def test_a_time_that_the_clock_skips_is_a_warning() -> None:
    skipped, _ = schedule_warnings(scheduled("at: 02:30"), SUNDAY)
    assert "On 2026-03-29 the clock skips 02:30" in skipped.text()


def test_the_dag_has_the_schedule(tmp_path: Path) -> None:
    account = scheduled("frequency: weekly", "days: [friday]", "at: 06:30")
    dag, _ = try_build(AccountFile(tmp_path / "acme.yaml", "acme", "debitoor__acme", account))
    assert dag.timetable.expression == "30 6 * * 5"
    assert "weekly on friday at 06:30" in dag.tags


@pytest.mark.parametrize("value", ["24:00", "6.30", "6", "06:60", "'6:30 pm'", "[1]", "true"])
def test_what_is_no_time_of_day(value: str) -> None:
    assert (problem_of(f"at: {value}").field, problem_of(f"at: {value}").message.code) == ("at", "setting_time")


@pytest.mark.parametrize("frequency", ["hourly", "every 4 hours", "manual", "'30 6 * * 1-5'"])
def test_a_time_needs_a_frequency_that_has_one(frequency: str) -> None:
    assert problem_of(f"frequency: {frequency}", "at: 06:30").message.code == "setting_time_unused"


@pytest.mark.parametrize("frequency", ["hourly", "daily", "monthly", "'30 6 * * 1-5'"])
def test_days_need_the_frequency_weekly(frequency: str) -> None:
    assert problem_of(f"frequency: {frequency}", "days: [monday]").message.code == "setting_days_unused"


def test_a_misspelt_day_is_named_with_the_one_that_was_meant() -> None:
    problem = problem_of("frequency: weekly", "days: [monday, thurday]")
    assert problem.field == "days[1]"
    assert problem.message.remedy().endswith("Did you mean thursday?")
