"""The fleet of P8 as plain DAGs that do nothing: what Airflow takes for a run, whatever happens in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.standard.operators.empty import EmptyOperator

from benchmarks.p8_worker import plain_dag
from debitoor_provider.configuration import accounts_folder

if TYPE_CHECKING:
    from airflow.sdk import DAG

PREFIX = "empty__"
"""How the ids of the DAGs begin."""


def fleet() -> dict[str, DAG]:
    """Build a DAG for each account, with one task that the scheduler itself brings to its end."""
    dags = {}
    for path in sorted(accounts_folder().glob("*.yaml")):
        with plain_dag(PREFIX + path.stem) as dag:
            EmptyOperator(task_id="nothing")
        dags[dag.dag_id] = dag
    return dags
