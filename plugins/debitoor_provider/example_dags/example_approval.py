"""A person approves what exceeds the limits of an account before it moves."""

from __future__ import annotations

from airflow.sdk import DAG

from debitoor_provider.operators.approval import DebitoorApprovalOperator
from debitoor_provider.operators.export import DebitoorExportOperator

with DAG("debitoor_example_approval", schedule=None, tags=["debitoor", "example"]):
    approval = DebitoorApprovalOperator(task_id="approval", account="acme-receipts")
    approval >> DebitoorExportOperator(task_id="export", account="acme-receipts")
