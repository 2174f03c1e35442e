"""Airflow's context for a step, as a task instance hands it to ``execute``."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.execution_time.context import OutletEventAccessors

import debitoor_provider.example_dags
from debitoor_provider.configuration import ledger_url
from debitoor_provider.operators.base import SyncOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.sync.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow.sdk import BaseOperator

EXAMPLES = Path(debitoor_provider.example_dags.__file__).parent


@dataclass
class TaskInstance:
    """What a step asks of its task instance."""

    states: dict[str, str] = field(default_factory=dict)
    pushed: dict[str, Any] = field(default_factory=dict)
    map_index: int = -1
    try_number: int = 1
    max_tries: int = 0

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value

    def get_task_states(self, *, dag_id: str, task_ids: list[str], run_ids: list[str]) -> dict[str, Any]:
        (run_id,) = run_ids
        # As Airflow does, which returns all tasks when none is named.
        known = {task_id: state for task_id, state in self.states.items() if task_id in task_ids or not task_ids}
        return {run_id: known} if known else {}


@pytest.fixture
def context() -> Callable[..., dict[str, Any]]:
    """Make contexts as Airflow passes them to ``execute``, one run each by default."""
    runs = iter(range(1, 100))

    def make(run_type: str = "manual", run_id: str = "", **known: Any) -> dict[str, Any]:
        interval = known.pop("interval", (None, None))
        return {
            "dag_run": SimpleNamespace(
                dag_id="anybodys_dag", run_id=run_id or f"{run_type}__{next(runs)}", run_type=run_type
            ),
            "ti": TaskInstance(**known),
            "outlet_events": OutletEventAccessors(),
            "data_interval_start": interval[0],
            "data_interval_end": interval[1],
        }

    return make


@pytest.fixture
def run(context: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    """Execute steps one after the other as one run; return the result of the last one."""

    def execute(*tasks: BaseOperator, within: dict[str, Any] | None = None) -> Any:
        within = within or context()
        return [task.execute(within) for task in tasks][-1]

    return execute


@pytest.fixture
def steps() -> tuple[DebitoorPlanOperator, DebitoorExportOperator, DebitoorReportOperator]:
    """Return the steps of an export in a DAG of its own."""
    with DAG("anybodys_dag"):
        plan = DebitoorPlanOperator(task_id="plan", account="acme")
        export = DebitoorExportOperator(task_id="export", account="acme")
        report = DebitoorReportOperator(task_id="report", account="acme")
        plan >> export >> report
    return plan, export, report


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Return what the steps wrote into their logs."""
    monkeypatch.setattr(SyncOperator, "log", logging.getLogger("step"))
    caplog.set_level(logging.INFO)
    return lambda: caplog.text


@pytest.fixture
def ledger(acme: object) -> Iterator[Ledger]:
    opened = Ledger.open(ledger_url())
    yield opened
    opened.close()


@pytest.fixture
def run_dag(airflow_database: Path, airflow_home: Path) -> Callable[[str], tuple[str, dict[str, int]]]:
    """Run the only DAG of a file with this text; return the state of the run and the tries of each task."""
    from airflow.dag_processing.dagbag import DagBag

    def run(text: str) -> tuple[str, dict[str, int]]:
        file = airflow_home / "dags" / "alone.py"
        file.write_text(text)
        try:
            (dag,) = DagBag(str(file)).dags.values()
            made = dag.test()
        finally:
            file.unlink()
        return str(made.state), {ti.task_id: ti.try_number for ti in made.get_task_instances()}

    return run


@pytest.fixture
def example(run_dag: Callable[[str], tuple[str, dict[str, int]]]) -> Callable[[str], str]:
    """Run an example DAG by its name; return the state of the run."""
    return lambda name: run_dag((EXAMPLES / f"example_{name}.py").read_text())[0]
