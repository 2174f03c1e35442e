"""A worker is stopped (SIGSTOP, a paused container) while another run finishes: nothing is twice in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.steps import transfer
from tests.trust.common.cases import Case
from tests.trust.common.worker import Run, Workers
from tests.trust.frozen.freezing import Freezer

if TYPE_CHECKING:
    from tests.trust.common.tally import Tally

WRITES = ("upload_file", "create_expense", "upload_document", "ledger steps", "ledger leases")


def judge(case: Case, workers: Workers, tally: Tally, case_name: str) -> None:
    """Execute one more run, which has nothing to report, and run the referee."""
    workers.clock.pass_by(hours=1)
    if workers.run(Run(case.dag, "scheduled__3")) != "success":
        tally.add("unclean", f"{case_name}: the run afterwards failed")
    tally.figure("frozen: documents twice at once, held with both named", len(case.named_twice()))
    tally.add_all({kind: [f"{case_name}: {what}" for what in whats] for kind, whats in case.judge().items()})
    tally.case()


@pytest.fixture
def points(new_case: Callable[..., Case], workers: Workers, tmp_path: Path) -> Callable[[str], list[str]]:
    """Return the points at which a process may be stopped, without those at which it holds SQLite's one write lock."""

    def find(direction: str) -> list[str]:
        case = new_case(direction, parallel=2)
        tracing = Workers(workers.clock, tmp_path / "trace")
        assert tracing.run(Run(case.dag, "scheduled__1")) == "success"
        reached = Counter((tmp_path / "trace").read_text().splitlines())
        return sorted(point for point in reached if not point.endswith("uncommitted"))

    return find


@pytest.mark.parametrize("part", range(3))
@pytest.mark.parametrize("direction", ["export", "import"])
def test_a_process_that_is_stopped_at_any_point_makes_no_double_in_silence(
    direction: str,
    part: int,
    points: Callable[[str], list[str]],
    new_case: Callable[..., Case],
    workers: Workers,
    tally: Tally,
    sample: Callable[[int, int], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    freezer = Freezer.without_waiting(workers, monkeypatch)
    found = points(direction)
    assert any(point.startswith(WRITES) for point in found)
    rest = [point for point in found if not point.startswith(WRITES)]
    chosen = [point for point in found if point.startswith(WRITES) or rest.index(point) % sample(4, 1) == 0]
    for point in chosen[part::3]:
        for nth in range(1, 1 + sample(1, 3)):
            case = new_case(direction, parallel=2)
            freezer.freeze(case, point, nth)
            judge(case, workers, tally, f"stopped at {point}, time {nth}")


@pytest.mark.parametrize("point", ["create_expense: begun", "create_expense: half sent", "upload_document: half sent"])
def test_a_process_is_really_stopped_for_longer_than_its_lease(
    point: str,
    new_case: Callable[..., Case],
    workers: Workers,
    tally: Tally,
    sample: Callable[[int, int], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In real time; the lease is a short one but for the long run."""
    monkeypatch.setattr(transfer, "LEASE", timedelta(seconds=sample(4, 120)))
    case = new_case("import" if point.startswith("upload_document") else "export", parallel=2)
    assert Freezer(workers, None).freeze(case, point)
    if point.endswith("begun"):  # nothing has left the process yet
        assert case.named_twice() == set()
    judge(case, workers, tally, f"really stopped at {point}")


def test_a_duplicate_that_a_lease_cannot_prevent_is_held_with_both_records_named(
    new_case: Callable[..., Case], workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of an expense has left the process already, so that its end follows without a look at the lease."""
    case = new_case("export", parallel=1)
    assert Freezer.without_waiting(workers, monkeypatch).freeze(case, "create_expense: half sent")
    assert len(case.named_twice()) == 1
    assert case.judge() == {}
