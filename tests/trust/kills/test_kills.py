"""A worker process ends at any point of a document's way, in any way: nothing is lost, nothing goes twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from tests.trust.common.cases import Case
from tests.trust.common.worker import Ending, Run, Way, Workers, wait

if TYPE_CHECKING:
    from tests.trust.common.tally import Tally

WAYS: tuple[Way, ...] = get_args(Way)
PARALLEL = 2
_READS = {"gmi.documents.get", "gmi.documents.file"}


class Witness:
    """What was so when the first process ended, for a look at what is done again after it."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._booked: set[str] = set()
        self._recorded: set[str] = set()
        self._since: int | None = None

    def look(self) -> None:
        """Wait until the services have done what they were asked, then remember."""
        stage, before = self._case.stage, None
        while before != (before := stage.sandbox.last_seq()):
            pass
        if self._since is None and self._case.direction == "export":
            self._since = before
            self._booked = set(stage.booked())
            self._recorded = {
                entry.file_id for entry in stage.ledger.documents.entries(stage.account_id) if entry.file_id
            }

    def add_to(self, tally: Tally, in_flight: int) -> None:
        """Count what was done again."""
        if self._since is None:
            return
        stage = self._case.stage
        calls = stage.sandbox.calls(since=self._since, company=stage.company)
        reads = {row["path"].split("/documents/")[1].split("/")[0] for row in calls if row["operation"] in _READS}
        again = len(reads & self._booked)
        tally.figure("kills: documents looked at again, beyond those in flight", max(0, again - in_flight))
        if again > in_flight:
            tally.add("wrong", f"{again} documents were looked at again, {in_flight} were in flight")
        files = stage.company.files()
        known = {file["sha256"] for file in files if file["id"] in self._recorded}
        repeated = sum(
            times - 1 for sha256, times in Counter(file["sha256"] for file in files).items() if sha256 in known
        )
        tally.figure("kills: uploads repeated although the file's id was recorded", repeated)
        if repeated:
            tally.add("wrong", f"{repeated} files were uploaded again")


def finish(case: Case, workers: Workers, tally: Tally, case_name: str, *endings: Ending) -> None:
    """End processes of a run and continue as Airflow does; at the latest two further runs have to be enough."""
    witness = Witness(case)
    workers.run(Run(case.dag, "scheduled__1"), *endings, after_end=witness.look)
    for number in (2, 3):
        workers.clock.pass_by(hours=1)
        state = workers.run(Run(case.dag, f"scheduled__{number}"))
        findings = case.judge()
        if state == "success" and not findings:
            break
    else:
        tally.add("unclean", f"{case_name}: the account is not clean two runs later")
    witness.add_to(tally, case.parallel)
    tally.add_all({kind: [f"{case_name}: {what}" for what in whats] for kind, whats in findings.items()})
    tally.case()


@pytest.fixture
def points(new_case: Callable[..., Case], workers: Workers, tmp_path: Path) -> Callable[[str], Counter[str]]:
    """Return all points that a run reaches, and how often."""

    def find(direction: str) -> Counter[str]:
        case = new_case(direction, parallel=PARALLEL)
        tracing = Workers(workers.clock, tmp_path / "trace")
        assert tracing.run(Run(case.dag, "scheduled__1")) == "success"
        reached = Counter((tmp_path / "trace").read_text().splitlines())
        writes = {point.partition(":")[0] for point in reached if point.endswith("uncommitted")}
        reads = {point for point in reached if point.startswith("ledger ") and point.partition(":")[0] not in writes}
        for point in reads:
            del reached[point]
        return reached

    return find


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("direction", ["export", "import"])
def test_a_process_that_ends_at_any_point_loses_and_repeats_nothing(
    direction: str,
    way: Way,
    points: Callable[[str], Counter[str]],
    new_case: Callable[..., Case],
    workers: Workers,
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    found = points(direction)
    assert len(found) > 40
    for point, times in found.items():
        for nth in range(1, 1 + min(times, sample(1, 3))):
            case = new_case(direction, parallel=PARALLEL)
            finish(case, workers, tally, f"{way} at {point}, time {nth}", Ending(way, point, nth))


@pytest.mark.parametrize("part", range(4))
def test_processes_that_are_killed_anywhere_at_all_lose_and_repeat_nothing(
    part: int,
    new_case: Callable[..., Case],
    workers: Workers,
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    for seed in range(part, sample(120, 5000), 4):
        chance = random.Random(seed)
        case = new_case(chance.choice(["export", "export", "import"]), chance.randint(2, 8), parallel=4)
        endings = [_somewhere(chance) for _ in range(chance.choice([1, 1, 2, 3]))]
        finish(case, workers, tally, f"seed {seed}: {endings}", *endings)


def _somewhere(chance: random.Random) -> Ending:
    """Choose a time, whatever the process does then; or a point that may be late in the run."""
    if chance.random() < 0.5:
        return Ending(after=chance.uniform(0.001, 0.4))
    return Ending("kill", "*", chance.randint(1, 250))


def test_the_points_are_those_of_a_documents_way(points: Callable[[str], Counter[str]]) -> None:
    moments = {"begun", "half sent", "sent", "answered", "read"}
    found = points("export")
    assert {f"upload_file: {moment}" for moment in moments} <= found.keys()
    assert {f"create_expense: {moment}" for moment in moments} <= found.keys()
    assert {"list_documents: read", "download_file: half read", "read_document: read"} <= found.keys()
    steps = ("steps.intend", "steps.file_uploaded", "steps.moved", "steps.archived")
    writes = ("plans.enter", "names.give_all", "leases.claim", "leases.release", *steps)
    assert {
        f"ledger {write}: {moment}" for write in writes for moment in ("begun", "uncommitted", "done")
    } <= found.keys()


@pytest.mark.parametrize(("way", "code"), [("kill", -9), ("exception", 20), ("term", 20)])
def test_a_process_ends_with_the_requested_code(
    way: Way, code: int, new_case: Callable[..., Case], workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__DEBITOOR__SMALL_RUN", "0")
    case = new_case("import", 3, parallel=1)
    run = Run(case.dag, "scheduled__1")
    plan, _ = workers.start(run, "plan")
    assert wait(plan) == 0
    moving, _ = workers.start(run, "import", ending=Ending(way, "ledger steps.moved: begun"))
    assert wait(moving) == code
