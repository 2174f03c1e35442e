"""What a sync moved, read by the DAG that it started."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Asset, task

receipts = Asset("debitoor__acme-receipts")

with DAG("debitoor_example_asset", schedule=[receipts], tags=["debitoor", "example"]):

    @task
    def what_was_moved(triggering_asset_events: Any = None) -> list[str]:
        """Return a line for each sync; the events of the asset only, since those of its alias are the same."""
        return [
            f"{event.extra['documents']} documents, {event.extra['sums']}, in run {event.extra['run_id']}"
            for event in triggering_asset_events.get(receipts, ())
        ]

    what_was_moved()
