"""The accounts of P12 as plain DAGs: one PythonOperator each, which does the whole exchange by a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.standard.operators.python import PythonOperator

from benchmarks.p8_worker import plain_dag
from debitoor_provider.configuration import accounts_folder

if TYPE_CHECKING:
    from airflow.sdk import DAG

PREFIX = "script__"
"""How the ids of the DAGs begin."""


def fleet() -> dict[str, DAG]:
    """Build a DAG for each account."""
    dags = {}
    for path in sorted(accounts_folder().glob("*.yaml")):
        with plain_dag(PREFIX + path.stem) as dag:
            PythonOperator(task_id="exchange", python_callable=_exchange, op_args=[path.stem])
        dags[dag.dag_id] = dag
    return dags


def _exchange(account: str) -> None:
    """List, read the document with its file, upload, book, archive."""
    from airflow.sdk import Connection

    from benchmarks.job import Job
    from benchmarks.peers.services import Services

    getmyinvoices = Connection.get(f"getmyinvoices_{account}")
    debitoor = Connection.get(f"debitoor_{account}")
    services = Services(
        Job(
            name=account,
            email="",
            gmi_url=getmyinvoices.host or "",
            api_key=getmyinvoices.password or "",
            account_id=getmyinvoices.login or "",
            debitoor_url=debitoor.host or "",
            token=debitoor.password or "",
            folder="",
        )
    )
    for record in [one for page in services.listed() for one in page]:
        services.move(record)
