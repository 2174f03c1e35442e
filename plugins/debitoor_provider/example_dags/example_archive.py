"""Archived in GetMyInvoices: what is in Debitoor already."""

from __future__ import annotations

from airflow.sdk import DAG

from debitoor_provider.operators.archive import DebitoorArchiveOperator

with DAG("debitoor_example_archive", schedule=None, tags=["debitoor", "example"]):
    DebitoorArchiveOperator(task_id="archive", account="acme-receipts")
