"""Unpaid documents of GetMyInvoices, passed from task to task as they are."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, task

with DAG("debitoor_example_getmyinvoices_hook", schedule=None, tags=["debitoor", "example"]):

    @task
    def unpaid() -> Any:
        """Return documents: typed records, which XCom keeps with their dates and to the cent."""
        from debitoor_provider.hooks.getmyinvoices import GetMyInvoicesHook  # here, so that reading the DAG is fast

        with GetMyInvoicesHook("getmyinvoices_acme") as hook:
            return hook.client.documents(payment_status="Not paid")

    @task
    def oldest_first(documents: Any) -> list[str]:
        """Return a line for each."""
        whole = [one for one in documents if one.document_date and one.gross_amount is not None]
        whole.sort(key=lambda one: (one.document_date, one.gross_amount))
        return [f"{one.document_date:%d.%m.%Y} {one.gross_amount:.2f}" for one in whole]

    oldest_first(unpaid())
