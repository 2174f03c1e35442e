"""A company whose accounts have something for every row, and the suite as a user runs it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.conformance.__main__ import main
from debitoor_provider.hooks.debitoor import DebitoorHook
from debitoor_provider.services.debitoor.models import NewExpense, NewExpenseLine

if TYPE_CHECKING:
    from pathlib import Path

    from debitoor_provider.sandbox.client import CompanyAdmin

PDF = b"%PDF-1.4\n% a receipt\n%%EOF\n"
PRIVATE = ("Verschwiegen", "AZ-4711-b", "4242.42", "4242", "flüsternd", "Geheimnis", "heimlich")
"""Words and figures of the accounts' records, which neither output nor report may have."""


@dataclass(frozen=True)
class Ran:
    """A run of the suite.

    :param found: results by row
    """

    code: int
    output: str
    report: str
    found: dict[str, dict[str, str]]

    @property
    def different(self) -> dict[str, str]:
        return {row: each["seen"] for row, each in self.found.items() if each["result"] == "differs"}


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, airflow_home: Path) -> Run:
    """Run the suite's own command in this process, on one service."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "")  # set by the command; this takes it back

    def ran(service: str, connection: str = "", suffix: str = ".json") -> Ran:
        path = tmp_path / f"report{suffix}"
        path.unlink(missing_ok=True)
        connection = connection or {"getmyinvoices": "gmi"}.get(service, service)
        code = main([f"--{service}-conn-id", connection, "--report", str(path)])
        output = "".join(capfd.readouterr())
        report = path.read_text("utf-8")
        rows = json.loads(report)["services"][service]["rows"] if suffix == ".json" else []
        return Ran(code, output, report, {each["row"]: each for each in rows})

    return ran


@pytest.fixture
def filled(acme: CompanyAdmin) -> CompanyAdmin:
    """Return a company with records of every kind that a test looks for."""
    acme.limit(gmi_per_minute=1000, gmi_per_hour=1000)
    known: dict[str, Any] = {
        "supplier": "Verschwiegen GmbH",
        "document_type": "RECEIPT",
        "document_number": "AZ-4711-b",
        "document_date": "2026-03-01",
        "net_amount": "3565.06",
        "gross_amount": "4242.42",
        "tax_rates": ["19"],
        "tags": ["flüsternd"],
        "note": "Geheimnis",
        "payment_status": "Paid",
        "payment_method": "paypal",
        "workflow": {"is_completed": True},
        "line_items": [
            {
                "description": "Geheimnis",
                "quantity": "1",
                "tax_percentage": "19",
                "tax_amount": "677.36",
                "unit_net_price": "3565.06",
                "total_gross": "4242.42",
            }
        ],
    }
    acme.add_document(PDF, "Verschwiegen.pdf", **known)
    acme.add_document(PDF + b"2", "Verschwiegen2.pdf", **known | {"document_date": "", "workflow": None})
    acme.add_document(PDF + b"3", "Verschwiegen3.pdf", **known | {"archived": True, "tags": ["heimlich"]})
    acme.delete_document(acme.add_document(PDF + b"4", "Verschwiegen4.pdf", **known))
    with DebitoorHook("debitoor") as hook:
        client = hook.client
        client.create_supplier("Verschwiegen GmbH", "DE")
        lines = (NewExpenseLine(tax_rate=Decimal(19), gross_amount=Decimal("4242.42"), description="Geheimnis"),)
        for day in (1, 2, 3, 3):
            file = client.upload_file("Verschwiegen.pdf", io.BytesIO(PDF), len(PDF))
            made = client.create_expense(
                NewExpense(date=date(2026, 3, day), lines=lines, file_id=file.id, supplier_name="Verschwiegen GmbH")
            )
        client.delete_expense(made.id)
    for kind in ("invoice", "creditNote"):
        acme.add_invoice(
            kind=kind,
            number=f"AZ-4711-b {kind}",
            date="2026-03-01",
            customer_name="Verschwiegen GmbH",
            customer_country="DE",
            currency="EUR",
            lines=[{"description": "Geheimnis", "quantity": 1, "unit_net_price": 4242.42, "tax_rate": 19}],
        )
    cancelled = acme.add_invoice(date="2026-03-02", customer_name="Verschwiegen GmbH")
    flags = {"deleted": True, "deletedDate": "2026-03-02T10:00:00Z", "deletedByInvoiceId": acme.credit_notes()[0]["id"]}
    acme.edit_entity(cancelled["id"], **flags)
    return acme
