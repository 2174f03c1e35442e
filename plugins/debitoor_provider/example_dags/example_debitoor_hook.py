"""What was spent at each supplier this year, from the books of Debitoor."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, task

with DAG("debitoor_example_debitoor_hook", schedule=None, tags=["debitoor", "example"]):

    @task
    def expenses() -> Any:
        """Return the expenses of the year."""
        from datetime import UTC, date, datetime

        from debitoor_provider.hooks.debitoor import DebitoorHook

        with DebitoorHook("debitoor_acme") as hook:
            return hook.client.expenses(from_date=date(datetime.now(UTC).year, 1, 1))

    @task
    def by_supplier(found: Any) -> dict[str, str]:
        """Return the gross amounts, exact to the cent."""
        sums: dict[str, Any] = {}
        for expense in found:
            sums[expense.supplier_name] = sums.get(expense.supplier_name, 0) + (expense.total_gross_amount or 0)
        return {supplier: f"{amount:.2f}" for supplier, amount in sums.items()}

    by_supplier(expenses())
