"""Which of the waiting tasks Airflow takes first, as its own scheduler counts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debitoor_provider.dag_factory import build_dag
from debitoor_provider.sync.account_files.files import find_account

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from airflow.serialization.definitions.dag import SerializedDAG

ACCOUNT = """\
type: export
name: Acme
debitoor_id: a@b.example
connections: {getmyinvoices: gmi, debitoor: debitoor}
archive_after_transfer: true
"""
STEPS = ["plan", "rename", "export", "archive", "report"]


@pytest.fixture
def dag(tmp_path: Path) -> SerializedDAG:
    """Return an account's DAG as the scheduler gets it."""
    from airflow.serialization.serialized_objects import DagSerialization

    (tmp_path / "acme.yaml").write_text(ACCOUNT)
    return DagSerialization.from_dict(DagSerialization.to_dict(build_dag(find_account(tmp_path, "acme"))))


@pytest.fixture
def weight(dag: SerializedDAG) -> Callable[[str, str], int]:
    from airflow.models.taskinstance import TaskInstance

    def weigh(step: str, run_id: str) -> int:
        return TaskInstance(dag.get_task(step), run_id=run_id, dag_version_id=None).priority_weight

    return weigh


def test_due_runs_precede_triggered_ones_and_those_precede_backfills(weight):
    due, triggered, backfill = (
        [weight(step, run_id) for step in STEPS]
        for run_id in ("scheduled__2026-11-01", "manual__2026-11-02", "backfill__2026-10-01")
    )
    assert min(due) > max(triggered)
    assert min(triggered) > max(backfill)


def test_a_started_run_precedes_one_that_has_not_started(weight):
    for run_id in ("scheduled__2026-11-01", "manual__2026-11-02", "backfill__2026-10-01"):
        weights = [weight(step, run_id) for step in STEPS]
        assert weights == sorted(set(weights))


def test_a_run_that_an_asset_starts_is_a_due_one(weight):
    assert weight("plan", "asset_triggered__x") == weight("plan", "scheduled__x")


def test_a_run_with_a_custom_name_counts_as_started_by_a_user(weight):
    assert weight("plan", "again, please") == weight("plan", "manual__x")


def test_a_due_run_does_not_precede_other_dags(weight, dag):
    assert weight("plan", "scheduled__x") == 1
    assert weight("report", "scheduled__x") <= len(dag.tasks)
