"""What is new at the source, planned and not moved: the account's own DAG moves it later."""

from __future__ import annotations

from airflow.sdk import DAG

from debitoor_provider.operators.plan import DebitoorPlanOperator

with DAG("debitoor_example_plan", schedule=None, tags=["debitoor", "example"]):
    DebitoorPlanOperator(task_id="plan", account="acme-receipts")
