from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from debitoor_provider.policies.deadline import RunMade

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent.parent


def test_it_is_the_moment_in_which_it_is_asked_for():
    before = datetime.now(UTC)
    assert before <= RunMade()._evaluate_with(session=None) <= datetime.now(UTC)


def test_a_task_of_a_run_whose_deadline_has_not_passed_can_be_cleared(
    airflow_database: Path, airflow_home: Path, acme: object, account: Callable[..., str]
):
    """With ``DAGRUN_QUEUED_AT`` Airflow 3.3.2 raises a TypeError here, and its API answers 500."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
    from airflow.models.dagbag import DBDagBag
    from airflow.models.deadline import Deadline
    from airflow.models.taskinstance import clear_task_instances
    from airflow.utils.session import create_session
    from airflow.utils.state import DagRunState, TaskInstanceState
    from airflow.utils.types import DagRunTriggeredByType, DagRunType
    from sqlalchemy import select

    shutil.copy(ROOT / "dags" / "debitoor_sync.py", airflow_home / "dags")
    dag_id = f"debitoor__{account(stem='cleared', frequency='daily')}"
    DagBundlesManager().sync_bundles_to_db()
    sync_bag_to_db(DagBag(airflow_home / "dags", bundle_name="dags-folder"), "dags-folder", None)
    now = datetime.now(UTC)
    with create_session() as session:
        dag = DBDagBag().get_latest_version_of_dag(dag_id, session=session)
        assert dag is not None
        run = dag.create_dagrun(
            run_id="scheduled__cleared",
            run_type=DagRunType.SCHEDULED,
            state=DagRunState.FAILED,
            logical_date=now - timedelta(days=1),
            data_interval=(now - timedelta(days=1), now),
            run_after=now,
            triggered_by=DagRunTriggeredByType.TIMETABLE,
            session=session,
        )
        session.flush()
        (due,) = session.scalars(select(Deadline.deadline_time).where(Deadline.dagrun_id == run.id))
        assert timedelta(hours=23) < due - now < timedelta(hours=25)
        (plan,) = [ti for ti in run.get_task_instances(session=session) if ti.task_id == "plan"]
        plan.state = TaskInstanceState.FAILED
        clear_task_instances([plan], session)
        assert (plan.state, run.state) == (None, "queued")
        session.rollback()
