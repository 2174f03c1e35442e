"""When an account is late, by intervals of its schedule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.accounts.late import known_since, late_from, lateness, shortest_interval
from debitoor_provider.sync.accounts.settings import ExportAccount

if TYPE_CHECKING:
    from pathlib import Path


def account(frequency: str, timezone: str = "UTC") -> ExportAccount:
    return ExportAccount.model_validate(
        {
            "type": "export",
            "name": "Acme",
            "debitoor_id": "books@acme.example",
            "connections": {"getmyinvoices": "g", "debitoor": "d"},
            "frequency": frequency,
            "timezone": timezone,
        }
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("frequency", "finished", "late"),
    [
        ("hourly", "2026-03-02 10:05", "2026-03-02 12:05"),
        ("daily", "2026-03-02 00:05", "2026-03-04 00:05"),
        ("daily", "2026-03-02 23:55", "2026-03-04 23:55"),
        ("monthly", "2026-03-01 00:10", "2026-05-01 00:10"),
        ("0 8 * * 1-5", "2026-03-05 08:05", "2026-03-09 08:05"),  # Thursday; due are Friday and Monday
        ("0 8 * * 1-5", "2026-03-06 08:05", "2026-03-10 08:05"),  # Friday; due are Monday and Tuesday
        ("* * * * *", "2026-03-02 10:05:30", "2026-03-02 10:07:30"),
    ],
)
def test_it_is_late_two_intervals_after_its_last_run(frequency: str, finished: str, late: str) -> None:
    assert late_from(account(frequency), at(finished)) == at(late)


@pytest.mark.parametrize(
    ("frequency", "finished", "late"),
    [
        (
            "15 2-4 * * *",
            "2026-03-28 03:20",
            "2026-03-29 02:20",
        ),  # 02:15 is 03:15 then
        ("30 2 * * *", "2026-03-28 01:35", "2026-03-30 00:35"),
        ("30 2 * * *", "2026-10-24 00:35", "2026-10-26 01:35"),
    ],
)
def test_a_night_in_which_the_clock_changes_makes_nothing_late(frequency: str, finished: str, late: str) -> None:
    assert late_from(account(frequency, "Europe/Berlin"), at(finished)) == at(late)


def test_it_is_late_at_that_moment_and_not_before() -> None:
    finished = at("2026-03-02 10:05")
    for moment, is_late in ((at("2026-03-02 12:04"), False), (at("2026-03-02 12:05"), True)):
        message = lateness(account("hourly", "Europe/Berlin"), finished, finished, moment)
        assert (message is not None) is is_late
    assert message is not None
    assert message.text() == "No run has finished since 2026-03-02 11:05 CET, although two were due."
    assert "scheduler" in message.remedy()


def test_one_that_never_ran_is_late_two_intervals_after_it_was_made() -> None:
    message = lateness(account("hourly"), None, at("2026-03-02 10:05"), at("2026-03-02 12:06"))
    assert message is not None
    assert message.text() == "No run has finished yet, although two were due since 2026-03-02 10:05 UTC."


def test_one_that_is_started_by_hand_is_never_late() -> None:
    by_hand = account("manual")
    assert (late_from(by_hand, at("2020-01-01 00:00")), shortest_interval(by_hand)) == (None, None)
    assert lateness(by_hand, None, at("2020-01-01 00:00"), at("2026-01-01 00:00")) is None


@pytest.mark.parametrize(
    ("frequency", "interval"),
    [
        ("hourly", timedelta(hours=1)),
        ("every 4 hours", timedelta(hours=4)),
        ("weekly", timedelta(days=7)),
        ("monthly", timedelta(days=28)),  # up to the first of March
        ("0 8,9 * * *", timedelta(hours=1)),
    ],
)
def test_its_deadline_passes_before_it_can_be_late(frequency: str, interval: timedelta) -> None:
    shortest = shortest_interval(account(frequency, "UTC"))
    assert shortest is not None
    assert abs(shortest - interval) <= timedelta(days=1 if frequency == "monthly" else 0)


def test_a_file_that_is_gone_makes_nothing_late(tmp_path: Path) -> None:
    assert known_since(tmp_path / "gone.yaml") > datetime.now(UTC) - timedelta(minutes=1)
