"""What needs attention, counted in Airflow's metrics each morning."""

from __future__ import annotations

from airflow.sdk import DAG

from debitoor_provider.operators.report import DebitoorReportOperator

with DAG("debitoor_example_report", schedule=None, tags=["debitoor", "example"]):
    DebitoorReportOperator(task_id="report", account="acme-receipts")
