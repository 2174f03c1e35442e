"""Source, target and ledger of an account compared; enter a period when you trigger it, or leave it open."""

from __future__ import annotations

from airflow.sdk import DAG, Param

from debitoor_provider.operators.check import DebitoorCheckOperator

with DAG(
    "debitoor_example_check",
    schedule=None,
    tags=["debitoor", "example"],
    params={name: Param(None, type=["null", "string"], format="date") for name in ("from", "to")},
):
    DebitoorCheckOperator(
        task_id="check",
        account="acme-receipts",
        period_from="{{ params['from'] or '' }}",
        period_to="{{ params['to'] or '' }}",
    )
