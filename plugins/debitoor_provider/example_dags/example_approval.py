"""What is new goes into the books; a plan above the account's limits waits until a person approves it."""

from __future__ import annotations

from airflow.sdk import DAG

from debitoor_provider.operators.approval import DebitoorApprovalOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.report import DebitoorReportOperator

with DAG("debitoor_example_approval", schedule=None, tags=["debitoor", "example"]):
    plan = DebitoorPlanOperator(task_id="plan", account="acme-receipts")
    approve = DebitoorApprovalOperator(task_id="approve", account="acme-receipts")
    export = DebitoorExportOperator(task_id="export", account="acme-receipts")
    report = DebitoorReportOperator(task_id="report", account="acme-receipts", trigger_rule="none_skipped")
    plan >> approve >> export >> report
