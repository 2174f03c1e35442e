"""A worker process ends at any point of a document's way, in any way: nothing is lost, nothing goes twice."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest

from tests.sync.stage import Stage, pdf
from tests.trust.referee import Referee
from tests.trust.worker import Ending, Run, Way, Workers, dag_of, wait

if TYPE_CHECKING:
    from tests.trust.tally import Tally

WAYS: tuple[Way, ...] = get_args(Way)
PARALLEL = 2
LARGE = 1_200_000  # bytes: above what comes with the detail call, so that the file is streamed


@dataclass
class Case:
    """A company with documents that are to go, in its own ledger."""

    stage: Stage
    direction: str
    account: str
    wanted: list[str]

    @property
    def referee(self) -> Referee:
        return Referee(self.stage.sandbox, self.stage.company)

    def judge(self) -> dict[Any, list[str]]:
        key = "exported" if self.direction == "export" else "imported"
        return self.referee.judge(**{key: self.wanted}, ledgers=[self.stage.ledger_file])


@pytest.fixture
def new_case(stage_of: Callable[..., Stage], account_file: Callable[..., str]) -> Callable[..., Case]:
    """Makes companies with documents, each with an account file and a ledger of its own."""
    numbers = itertools.count(1)

    def make(direction: str, small: int = 2, *, parallel: int = PARALLEL) -> Case:
        number = next(numbers)
        stage = stage_of(f"Company {number}", account_id=f"case{number}")
        stage.open_ledger(f"case{number}")
        if direction == "export":
            settings = {"archive_after_transfer": True, "rename": "{company}_{document_number}"}
            wanted = [*stage.documents(small), stage.document(pdf(LARGE))]
        else:
            settings = {"defaults": {"tags": ["sales"], "company": "Acme", "create_company": True}}
            kinds = itertools.islice(itertools.cycle(("invoice", "creditNote")), small)
            wanted = [stage.company.add_invoice(kind=kind, date="2026-03-01")["id"] for kind in kinds]
        return Case(stage, direction, account_file(stage, direction, parallel=parallel, **settings), wanted)

    return make


class _Witness:
    """What was so at the moment a process ended, for a look at what is done again."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.booked: set[str] = set()
        self.recorded: set[str] = set()
        self.since: int | None = None

    def look(self) -> None:
        """Wait until the services have done what they were asked, then remember."""
        stage = self.case.stage
        before = None
        while before != (before := stage.sandbox.last_seq()):
            pass
        if self.since is None and self.case.direction == "export":
            self.since = before
            self.booked = set(stage.booked())
            entries = stage.ledger.entries(stage.account_id, "export")
            self.recorded = {entry.file_id for entry in entries if entry.file_id}

    def tell(self, tally: Tally) -> None:
        """Count what was done again."""
        if self.since is None:
            return
        stage = self.case.stage
        calls = stage.sandbox.calls(since=self.since, company=stage.company)
        reads = {row["path"].split("/documents/")[1].split("/")[0] for row in calls if row["operation"] in _READS}
        again = len(reads & self.booked)
        tally.figure("documents looked at again after a kill, at most", again)
        if again > PARALLEL:
            tally.add("wrong", f"{again} documents were looked at again, {PARALLEL} were in flight")
        files = stage.company.files()
        sent = Counter(file["sha256"] for file in files)
        known = {file["sha256"] for file in files if file["id"] in self.recorded}
        repeated = sum(sent[sha256] - 1 for sha256 in known)
        tally.figure("uploads repeated although the file's id was recorded", repeated)
        if repeated:
            tally.add("wrong", f"{repeated} files were uploaded again")


_READS = {"gmi.documents.get", "gmi.documents.file"}


def finish(case: Case, workers: Workers, tally: Tally, told: str, run: Run, ending: Ending | None) -> None:
    """Let a run end at a point and go on as Airflow does; two further runs have to be enough."""
    witness = _Witness(case)
    workers.run(run, ending, after_end=witness.look)
    for number in (2, 3):
        workers.clock.pass_by(hours=1)
        state = workers.run(Run(run.dag, f"scheduled__{number}"))
    if state != "success":
        tally.add("unclean", f"{told}: the second run after it failed")
    witness.tell(tally)
    tally.add_all({kind: [f"{told}: {what}" for what in whats] for kind, whats in case.judge().items()})
    tally.case()


@pytest.fixture
def points(new_case: Callable[..., Case], workers: Workers, tmp_path: Path) -> Callable[[str], dict[str, int]]:
    """Tells all points that a run comes to, and how often."""

    def find(direction: str) -> dict[str, int]:
        case = new_case(direction)
        tracing = Workers(workers.clock, tmp_path / "trace")
        assert tracing.run(Run(dag_of(case.account), "scheduled__1")) == "success"
        reached = Counter((tmp_path / "trace").read_text().splitlines())
        writes = {point.partition(":")[0] for point in reached if point.endswith("uncommitted")}
        return {
            point: times
            for point, times in reached.items()
            if not point.startswith("ledger ") or point.partition(":")[0] in writes
        }

    return find


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("direction", ["export", "import"])
def test_a_process_that_ends_at_any_point_loses_and_repeats_nothing(
    direction: str,
    way: Way,
    points: Callable[[str], dict[str, int]],
    new_case: Callable[..., Case],
    workers: Workers,
    tally: Tally,
) -> None:
    found = points(direction)
    print(len(found), found)
    for point, times in found.items():
        for nth in {1, times}:
            case = new_case(direction)
            run = Run(dag_of(case.account), "scheduled__1")
            finish(case, workers, tally, f"{way} at {point} #{nth}", run, Ending(way, point, nth))
