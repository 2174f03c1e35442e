"""Tell the bookkeepers in their language when a task that needs the receipts fails: what is wrong, what is open."""

from __future__ import annotations

from airflow.sdk import DAG, task

from debitoor_provider.notifications.account import DebitoorAccountNotifier

with DAG("debitoor_example_notifier", schedule=None, tags=["debitoor", "example"]):
    tell = DebitoorAccountNotifier(
        account="acme-receipts", connection="mail_acme", to="books@acme.example", language="de"
    )

    @task(on_failure_callback=tell)
    def close(everything_is_there: bool = False) -> None:
        """Fail as long as the month cannot be closed."""
        if not everything_is_there:
            raise RuntimeError("The month cannot be closed yet")

    close()
