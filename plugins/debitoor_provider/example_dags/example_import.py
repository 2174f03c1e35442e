"""New invoices of Debitoor into GetMyInvoices, in one task."""

from __future__ import annotations

from airflow.sdk import DAG

from debitoor_provider.operators.import_ import DebitoorImportOperator

with DAG("debitoor_example_import", schedule=None, tags=["debitoor", "example"]):
    DebitoorImportOperator(task_id="import", account="acme-sales")
