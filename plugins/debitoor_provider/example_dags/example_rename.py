"""File names for what is new, planned and named and not moved yet."""

from __future__ import annotations

from airflow.sdk import DAG

from debitoor_provider.operators.rename import DebitoorRenameOperator

with DAG("debitoor_example_rename", schedule=None, tags=["debitoor", "example"]):
    DebitoorRenameOperator(task_id="rename", account="acme-receipts")
