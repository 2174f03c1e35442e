"""Measurements are found and run in turn, and one that fails is reported."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import __main__ as bench
from benchmarks import report
from benchmarks.build import Build
from benchmarks.result import Goal, Result, Series


def _result(name: str, value: float) -> Result:
    return Result(
        name, f"Title of {name}", "", [Series("ours", "ms", [value])], [], [Goal.at_most(2, value, "at most 2")]
    )


def _fails(rounds: int) -> Result:
    raise OSError("no sandbox")


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    page = tmp_path / "performance.md"
    page.write_text(f"{report.BEGIN}\n{report.END}")
    return tmp_path / "results.json", page


def test_a_failed_measurement_is_reported_and_the_others_still_run(places: tuple[Path, Path]) -> None:
    console = Console(file=io.StringIO(), width=200)

    failed = bench.run({"P1": _fails, "P2": lambda rounds: _result("P2", rounds)}, 3, console, *places)

    shown = console.file.getvalue()
    assert failed == ["P1"]
    assert "no sandbox" in shown
    assert "MISSED" in shown
    assert list(json.loads(places[0].read_text())) == ["P2"]
    assert "Title of P2" in places[1].read_text()


def test_the_command_ends_with_an_error_when_something_could_not_be_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "found", lambda folder: {"P1": _fails})
    monkeypatch.setattr("sys.argv", ["benchmarks", "--only", "P1"])

    with pytest.raises(SystemExit, match="P1") as ended:
        bench.main()
    assert ended.value.code


def test_a_measurement_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["benchmarks", "--only", "P0"])

    with pytest.raises(SystemExit, match="no P0"):
        bench.main()


def test_modules_with_a_measurement_are_found_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "p2_thing.py").write_text("def measure(rounds: int): ...\n")
    (tmp_path / "p2_helper.py").write_text("def other(): ...\n")
    (tmp_path / "page.py").write_text("def measure(rounds: int): ...\n")

    assert list(bench.found(tmp_path)) == ["P2"]


def test_another_build_is_a_peer_where_a_measurement_takes_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "measures"
    folder.mkdir()
    made = "from benchmarks.result import Result\n\n\ndef measure({}): return Result('P', {}, '', [], [], [])\n"
    (folder / "p2_thing.py").write_text(made.format("rounds, against=None", "against and against.name"))
    (folder / "p3_thing.py").write_text(made.format("rounds", "'alone'"))
    monkeypatch.syspath_prepend(str(tmp_path))

    measures = bench.found(folder)

    peer = Build("abc", tmp_path)
    assert [one(1, against=peer).title for one in measures.values()] == ["build abc", "alone"]
    assert [one(1).title for one in measures.values()] == [None, "alone"]


def test_a_measurement_has_its_own_number_of_rounds_unless_another_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "counted"
    folder.mkdir()
    made = "from benchmarks.result import Result\n\n\ndef measure(rounds): return Result('P', rounds, '', [], [], [])\n"
    (folder / "p2_thing.py").write_text(f"{made}ROUNDS = 1\n")
    (folder / "p3_thing.py").write_text(made)
    monkeypatch.syspath_prepend(str(tmp_path))

    measures = bench.found(folder)

    assert [one(None).title for one in measures.values()] == [1, 3]
    assert [one(5).title for one in measures.values()] == [5, 5]


def test_the_build_of_a_commit_is_handed_to_the_measurements(
    tmp_path: Path, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    peers = []

    def measure(rounds: int | None, against: Build | None = None) -> Result:
        peers.append(against)
        return _result("P1", rounds or 1)

    @contextmanager
    def of(commit: str) -> Iterator[Build]:
        yield Build(commit, tmp_path)

    monkeypatch.setattr(bench, "found", lambda folder: {"P1": measure})
    monkeypatch.setattr(bench.build, "of", of)
    monkeypatch.setattr(bench.run, "__defaults__", (*places, 0.0))
    for arguments in (["--against", "abc"], []):
        monkeypatch.setattr("sys.argv", ["benchmarks", *arguments])
        bench.main()

    assert peers == [Build("abc", tmp_path), None]


def test_two_measurements_of_one_name_are_an_error(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"p2_{name}.py").write_text("def measure(rounds: int): ...\n")

    with pytest.raises(SystemExit, match="P2"):
        bench.found(tmp_path)


def test_the_page_of_the_project_has_a_place_for_the_table() -> None:
    text = bench.PAGE.read_text()

    assert re.search(f"{report.BEGIN}.*{report.END}", text, re.DOTALL)
