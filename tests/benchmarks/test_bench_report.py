"""What was measured is written down as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.result import Goal, Result, Series

SPEED = Result(
    id="P1",
    title="Documents a second",
    setting="500 documents",
    ours=[Series("ours", "documents/s", [120.0, 100.0, 110.0]), Series("memory", "MB", [30.0])],
    peers=[Series("script", "documents/s", [5.0, 5.5, 6.0]), Series("script", "ms", [1.0])],
    goals=[Goal.at_least(27, 20.0, "at least 27 times the script"), Goal.at_most(64, 30.0, "at most 64 MB")],
    note="Nothing else.",
)


def test_a_record_has_median_spread_and_a_ratio_for_peers_of_the_same_kind() -> None:
    record = report.record(SPEED)

    assert record["ours"][0] == {
        "what": "ours", "unit": "documents/s", "median": 110.0, "spread": [100.0, 120.0], "rounds": 3,
    }  # fmt: skip
    assert record["peers"][0]["ratio"] == 20.0
    assert "ratio" not in record["peers"][1]
    assert "ratio" not in record["ours"][1]


def test_a_measurement_has_reached_its_goals_only_when_it_has_reached_all() -> None:
    assert report.record(SPEED)["reached"] is False
    assert [one["is_met"] for one in report.record(SPEED)["goals"]] == [False, True]
    assert report.record(replace(SPEED, goals=SPEED.goals[1:]))["reached"] is True


def test_a_record_describes_the_machine() -> None:
    record = report.record(SPEED)["measured_on"]

    assert record["cores"] >= 1
    assert record["apache-airflow"].startswith("3.")


def test_one_measurement_replaces_only_its_own_part(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    report.write(path, {"P4": {"title": "idle"}, "P1": {"title": "old"}})

    known = report.write(path, {"P1": {"title": "new"}})

    assert known == json.loads(path.read_text()) == {"P1": {"title": "new"}, "P4": {"title": "idle"}}
    assert list(known) == ["P1", "P4"]


def test_the_table_is_put_between_its_marks_and_the_rest_of_the_page_stays(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    records = {"P1": json.loads(json.dumps(report.record(SPEED)))}

    report.write_table(page, records)
    once = page.read_text()
    report.write_table(page, records)

    assert page.read_text() == once
    assert once.startswith("before\n")
    assert once.endswith("\nafter\n")
    assert "old" not in once


def test_the_table_shows_what_is_missed_as_well_as_what_is_reached() -> None:
    drawn = report.table({"P1": report.record(SPEED)})

    assert "ours: 110 documents/s (100 to 120)<br>memory: 30 MB" in drawn
    assert "20 ✗<br>30 ✓" in drawn
    assert "* **P1**: Nothing else." in drawn


@pytest.mark.parametrize(
    "text", ["no marks", report.BEGIN, f"{report.END}{report.BEGIN}", f"{report.BEGIN}{report.BEGIN}{report.END}"]
)
def test_a_page_without_a_place_for_the_table_is_not_touched(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)

    with pytest.raises(ValueError, match="no place"):
        report.write_table(page, {})
    assert page.read_text() == text
