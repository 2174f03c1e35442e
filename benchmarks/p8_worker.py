"""The fleet of P8 as plain DAGs: one worker task each, which does the same check."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

import pendulum
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, CronDataIntervalTimetable, get_parsing_context

from debitoor_provider.configuration import accounts_folder

if TYPE_CHECKING:
    from airflow.sdk import Context

PREFIX = "worker__"
"""How the ids of the DAGs begin."""


def fleet() -> dict[str, DAG]:
    """Build a DAG for each account; in a task process only the one that is needed."""
    if (wanted := get_parsing_context().dag_id) and wanted.startswith(PREFIX):
        return {wanted: _one_task(wanted.removeprefix(PREFIX))}
    return {PREFIX + path.stem: _one_task(path.stem) for path in sorted(accounts_folder().glob("*.yaml"))}


def plain_dag(dag_id: str) -> DAG:
    """Build a DAG with the schedule of the fleet and no task yet."""
    return DAG(
        dag_id,
        schedule=CronDataIntervalTimetable("0 * * * *", timezone="UTC"),
        start_date=pendulum.datetime(2020, 1, 1),
        catchup=False,
        max_active_runs=1,
    )


def _one_task(account: str) -> DAG:
    with plain_dag(PREFIX + account) as dag:
        PythonOperator(task_id="look", python_callable=_look, op_args=[account])
    return dag


def _look(account: str, **context: Any) -> None:
    from debitoor_provider.runs.jobs import account_of
    from debitoor_provider.runs.scheduled import open_scheduled, plan_scheduled

    with closing(open_scheduled(account, account_of(account, None), cast("Context", context))) as scheduled:
        plan, _ = plan_scheduled(scheduled)
    if plan is None or plan.has_work:
        raise RuntimeError("This fleet should have nothing to do.")
