"""Python in the documentation runs: against the sandbox, and what a DAG's tasks do as well."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from inspect import signature
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.services.debitoor.client import DebitoorClient
from debitoor_provider.services.debitoor.models import NewExpense, NewExpenseLine
from tests.docs.pages import ROOT, Block, blocks_of, each

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sandbox.admin_session import SandboxAdmin
    from debitoor_provider.sandbox.company_client import CompanyAdmin

PDF = b"%PDF-1.4\n%%EOF\n"
UNDER_TEST = "...  # the program under test"


@pytest.fixture
def connected(acme: CompanyAdmin, receipt: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Give the connections of the documentation's examples a company with two documents; return their uids."""
    for name, known in (("GETMYINVOICES_ACME", "GMI"), ("DEBITOOR_ACME", "DEBITOOR")):
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", os.environ[f"AIRFLOW_CONN_{known}"])
    return {"paid": receipt(payment_status="Paid"), "unpaid": receipt(payment_status="Not paid")}


def program_under_test(sandbox: SandboxAdmin, acme: CompanyAdmin) -> None:
    """Book an expense, as the program would that the sandbox's example is about."""
    with DebitoorClient(token=acme.debitoor_token, base_url=sandbox.debitoor_url, allow_http=True) as client:
        file = client.upload_file("a.pdf", BytesIO(PDF), len(PDF))
        line = NewExpenseLine(description="a", gross_amount=Decimal("119.00"), tax_rate=Decimal(19))
        client.create_expense(NewExpense(date=date(2026, 3, 1), file_id=file.id, lines=(line,)))


def ran(block: Block) -> dict[str, Any]:
    """Run a block, and its tasks that need nothing of other tasks or of Airflow; return its names."""
    names: dict[str, Any] = {"__name__": "block", "__file__": str(ROOT / "dags" / "block.py"), "pdf": PDF}
    names["program_under_test"] = program_under_test
    text = block.text.replace(UNDER_TEST, "program_under_test(sandbox, acme)  #")
    exec(compile(text, block.place, "exec"), names)
    tasks = {name: found.function for name, found in names.items() if type(found).__name__ == "_TaskDecorator"}
    alone = {name: function for name, function in tasks.items() if not signature(function).parameters}
    return names | {f"result of {name}": function() for name, function in alone.items()}


@each("python")
def test_a_block_runs(block: Block, connected: dict[str, int]) -> None:
    assert ran(block)


def test_the_lines_of_the_readme_find_what_is_not_paid(connected: dict[str, int]) -> None:
    hook_lines = next(block for block in blocks_of(ROOT / "README.md") if block.language == "python")
    assert [document.document_uid for document in ran(hook_lines)["unpaid"]] == [connected["unpaid"]]


def test_the_tasks_of_a_block_are_run(connected: dict[str, int]) -> None:
    blocks = [block for block in blocks_of(ROOT / "docs" / "development.md") if "def unpaid" in block.text]
    assert [ran(block)["result of unpaid"] for block in blocks] == [[connected["unpaid"]]]


def test_the_drafts_of_the_documentation_say_what_would_be_booked(connected: dict[str, int]) -> None:
    (block,) = [block for block in blocks_of(ROOT / "docs" / "dags-of-your-own.md") if "def drafts" in block.text]
    assert ran(block)["result of drafts"] == {connected["unpaid"]: [("119", "19")]}
