"""Begin as soon as a receipt of the run's day is there; without a worker's slot until then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, task

from debitoor_provider.sensors.getmyinvoices import GetMyInvoicesDocumentSensor

with DAG("debitoor_example_document_sensor", schedule=None, tags=["debitoor", "example"]):
    receipts = GetMyInvoicesDocumentSensor(
        task_id="receipts",
        getmyinvoices_conn_id="getmyinvoices_acme",
        document_type="RECEIPT",
        period_from="{{ dag_run.run_after | ds }}",
        poke_interval=timedelta(minutes=15),
        timeout=timedelta(hours=12),
        deferrable=True,
    )

    @task
    def count(found: Any) -> int:
        """Work with the documents' ids."""
        return len(found)

    count(receipts.output)
