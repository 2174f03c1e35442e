"""The fleet of P8 as the provider runs it."""

from __future__ import annotations

from airflow.sdk import DAG

from benchmarks.p8_worker import SCHEDULE
from debitoor_provider.dag_factory import sync_dags
from debitoor_provider.sync.accounts import values


def fleet() -> dict[str, DAG]:
    """Build the accounts' DAGs."""
    values.FREQUENCIES["hourly"] = SCHEDULE
    return sync_dags()
