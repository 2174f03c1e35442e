"""P2: what a document costs apart from the calls to the services."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from benchmarks import process, stage
from benchmarks.build import Build
from benchmarks.p1_throughput import OURS, POOL, Way, way_of
from benchmarks.peers.mapped_dag import DOCUMENTS as MAPPED
from benchmarks.result import Goal, Result, Series
from debitoor_provider.sandbox.client import SandboxAdmin
from demo.airflow import LocalAirflow

ROUNDS = 2  # three minutes each
FEW, MANY = 100, 10_000
PARALLEL = 32
_MAPPED_DAG = Path(__file__).parent / "peers" / "mapped_dag.py"
_PATIENCE = 300.0


def measure(rounds: int, against: Build | None = None) -> Result:
    """Move documents without any delay, and take off what a bare thread pool needs for the same calls."""
    ways = [OURS, *([way_of(against)] if against else [])]
    costs: dict[tuple[str, int], list[float]] = {(way.what, count): [] for way in ways for count in (FEW, MANY)}
    processor: dict[tuple[str, int], list[float]] = {key: [] for key in costs}
    with stage.sandbox() as admin:
        for number in range(rounds):
            for documents in (FEW, MANY):
                pool = _taken(admin, POOL, documents, number)
                for way in ways:
                    taken = _taken(admin, way, documents, number)
                    key = way.what, documents
                    costs[key].append((taken["seconds"] - pool["seconds"]) / documents * 1000)
                    processor[key].append((taken["cpu_seconds"] - pool["cpu_seconds"]) / documents * 1000)
    many, few, busy_many, busy_few = _series("this provider", OURS.what, costs, processor)
    other = _series(against.name, against.name, costs, processor) if against else []
    mapped = Series(f"one mapped task each, {MAPPED} documents", "ms", [_mapped() for _ in range(rounds)])
    return Result(
        id="P2",
        title="Orchestration cost of a document",
        setting=f"{FEW} and {MANY:,} documents, no delay, {PARALLEL} at a time; run time less that of a bare thread "
        "pool which makes the same calls",
        ours=[many, few, busy_many, busy_few],
        peers=[mapped, *other],
        goals=[
            Goal.at_most(1.5, many.median, f"at most 1.5 ms with {MANY:,} documents"),
            Goal.at_most(1.5, few.median, f"at most 1.5 ms with {FEW} documents"),
            Goal.at_least(100, mapped.median / many.median, "100 times less than mapped tasks"),
        ],
        note=f"Orchestration is everything except the services' calls: plan, ledger, names, checks of each response, "
        f"pacing, archive list, report. A run of {FEW} documents includes the fixed cost of a run. The mapped tasks do "
        "nothing and run on a real scheduler, LocalExecutor with four workers on SQLite; their time is that from the "
        "start of the first one to the end of the last one.",
    )


def _series(
    name: str, way: str, costs: dict[tuple[str, int], list[float]], processor: dict[tuple[str, int], list[float]]
) -> list[Series]:
    """Return what one build took, by the clock and by the processor, with many documents first."""
    return [
        Series(f"{name}, {documents:,} documents{kind}", "ms", found[way, documents])
        for kind, found in (("", costs), (", processor time", processor))
        for documents in (MANY, FEW)
    ]


def _taken(admin: SandboxAdmin, way: Way, documents: int, number: int) -> dict[str, float]:
    company = stage.furnish(admin, f"{way.what} {documents} {number}", documents)
    with tempfile.TemporaryDirectory(prefix="p2-") as folder:
        taken = process.run(way.module, stage.job_of(admin, company, Path(folder), parallel=PARALLEL), way.build)
    stage.check(company)
    return taken


def _mapped() -> float:
    """Return the milliseconds that a mapped task takes."""
    with tempfile.TemporaryDirectory(prefix="p2-airflow-") as folder:
        home = Path(folder)
        (home / "dags").mkdir()
        (home / "plugins").mkdir()
        shutil.copy(_MAPPED_DAG, home / "dags")
        settings = {
            "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(home / "plugins"),
            "AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG": "1000",
            "AIRFLOW__API__MAXIMUM_PAGE_LIMIT": "1000",
        }
        with LocalAirflow(home, accounts=home / "accounts", settings=settings).running() as airflow:
            airflow.until(lambda: "mapped" in airflow.dag_ids(), "to find the DAG", _PATIENCE)
            airflow.unpause("mapped")
            run_id = airflow.trigger("mapped")
            airflow.until(lambda: airflow.runs("mapped")[0]["state"] in ("success", "failed"), "to run", _PATIENCE)
            rows = airflow.call("GET", f"/dags/mapped/dagRuns/{run_id}/taskInstances", limit=MAPPED + 1)
            moves = [row for row in rows["task_instances"] if row["task_id"] == "move"]
            if len(moves) != MAPPED or any(row["state"] != "success" for row in moves):
                raise RuntimeError(f"{len(moves)} of {MAPPED} mapped tasks ran")
            began, ended = min(row["start_date"] for row in moves), max(row["end_date"] for row in moves)
            taken = datetime.fromisoformat(ended) - datetime.fromisoformat(began)
            return taken.total_seconds() * 1000 / MAPPED
