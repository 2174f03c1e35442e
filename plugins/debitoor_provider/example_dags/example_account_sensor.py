"""Go on when everything of an account is in the books and nothing needs a decision, for instance to close a month."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, task

from debitoor_provider.sensors.account import DebitoorAccountCleanSensor

with DAG("debitoor_example_account_sensor", schedule=None, tags=["debitoor", "example"]):
    settled = DebitoorAccountCleanSensor(
        task_id="settled",
        account="acme-receipts",
        period_to="2026-03-31",
        poke_interval=timedelta(minutes=30),
        timeout=timedelta(days=5),
        deferrable=True,
    )

    @task
    def close(documents: Any) -> str:
        """Close the month with the number of its documents."""
        return f"{documents.get('moved', 0)} documents are in the books"

    close(settled.output)
