"""The records of both services in Airflow's XCom: which classes a task may read from there.

The plugin is loaded in every process that Airflow starts, so this imports nothing.
"""

from __future__ import annotations

from pkgutil import resolve_name

_MODULES = {
    "debitoor_provider.services.getmyinvoices.models": (
        "AccountInfo",
        "Attachment",
        "Company",
        "CountryInfo",
        "Currency",
        "Document",
        "DocumentDetail",
        "LineItem",
        "NewDocument",
        "Portal",
        "Workflow",
    ),
    "debitoor_provider.services.debitoor.models": (
        "Category",
        "Contact",
        "Country",
        "Environment",
        "Expense",
        "ExpenseLine",
        "File",
        "Income",
        "NewExpense",
        "NewExpenseLine",
        "NewIncome",
        "NewIncomeLine",
        "PaymentAccount",
        "PurchaseTaxRates",
        "ReverseCharge",
        "SalesDocument",
        "SalesTaxGroup",
        "Settings",
    ),
}

VALUES = frozenset(f"{module}.{name}" for module, names in _MODULES.items() for name in names)
"""The names of the records' classes."""


def allow_values() -> None:
    """Let this process read the records from XCom, as ``[core] allowed_deserialization_classes`` would."""
    from airflow.sdk import serde

    # Its public function takes classes, and so would load all records in every task: 50 ms.
    known = getattr(serde, "_extra_allowed", None)
    if isinstance(known, set):
        known.update(VALUES)
        return
    for module, names in _MODULES.items():
        for name in names:
            serde.allow_class(resolve_name(f"{module}:{name}"))
