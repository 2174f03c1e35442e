"""New documents of GetMyInvoices into the books of Debitoor, in one task."""

from __future__ import annotations

from airflow.sdk import DAG

from debitoor_provider.operators.export import DebitoorExportOperator

with DAG("debitoor_example_export", schedule=None, tags=["debitoor", "example"]):
    DebitoorExportOperator(task_id="export", account="acme-receipts")
