"""A run that a limit stopped continues when a person presses one button, on the page or in Airflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import ACCOUNT, books, settled

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from debitoor_provider.sandbox.client import CompanyAdmin
    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system
__all__ = ["books"]

_A_RUN = 120_000  # milliseconds
HOSTILE = "<b>Paper</b> [click](https://evil.example) {{ 1 + 1 }}"


def arrive(company: CompanyAdmin, stem: str, supplier: str) -> None:
    """Let three documents arrive in GetMyInvoices."""
    for number in range(3):
        company.add_document(
            f"%PDF-1.4\n% {stem} {number}\n%%EOF\n".encode(),
            f"{stem}-{number}.pdf",
            supplier=supplier,
            supplier_country="DE",
            document_type="INCOMING_INVOICE",
            document_number=f"{stem}-{number}",
            document_date="2026-03-01",
            net_amount="100.00",
            gross_amount="119.00",
            tax_rates=["19"],
            currency="EUR",
        )


def test_a_stop_by_a_limit_is_allowed_once_with_one_click(
    books: LocalAirflow, company: CompanyAdmin, page: Page
) -> None:
    dag_id = f"debitoor__{ACCOUNT}"
    books.trigger(dag_id)  # what other tests left is none of the three documents
    books.until(lambda: books.finished([dag_id]), "to move what was left", 180)
    file = books.accounts / f"{ACCOUNT}.yaml"
    before = file.read_text()
    file.write_text(f"{before.rstrip()}\nlimits: {{new_documents: 1}}\n")
    try:
        arrive(company, "LIMIT", "Paper Ltd")
        booked = len(company.expenses())
        settled(page, f"/accounts/{ACCOUNT}/documents")
        page.get_by_role("button", name="Sync now").click()
        allow = page.get_by_role("group", name="Actions").get_by_role("button", name="Allow once")
        expect(allow).to_be_visible(timeout=_A_RUN)
        expect(page.get_by_text("The run has 3 documents to move, and the account allows 1")).to_be_visible()
        assert len(company.expenses()) == booked
        allow.click()
        expect(allow).to_have_count(0, timeout=_A_RUN)
        books.until(lambda: len(company.expenses()) == booked + 3, "to move what was allowed", 120)
    finally:
        file.write_text(before)


def test_a_plan_is_approved_in_airflow_where_the_page_leads_to(
    books: LocalAirflow, company: CompanyAdmin, page: Page
) -> None:
    dag_id = f"debitoor__{ACCOUNT}"
    books.trigger(dag_id)
    books.until(lambda: books.finished([dag_id]), "to move what was left", 180)
    file = books.accounts / f"{ACCOUNT}.yaml"
    before = file.read_text()
    file.write_text(f"{before.rstrip()}\nlimits: {{new_documents: 1, exceeded: approval}}\n")
    try:
        path = f"/dags/{dag_id}/tasks"
        books.until(
            lambda: "approval" in {task["task_id"] for task in books.call("GET", path)["tasks"]}, "to read it", 60
        )
        arrive(company, "PLAN", HOSTILE)
        booked = len(company.expenses())
        settled(page, f"/accounts/{ACCOUNT}/documents")
        page.get_by_role("button", name="Sync now").click()
        lead = page.get_by_role("link", name="Answer in Airflow")
        expect(lead).to_be_visible(timeout=_A_RUN)
        expect(page.get_by_text("Waits for approval")).to_be_visible()
        expect(page.get_by_role("button", name="Allow once")).to_have_count(0)
        lead.click()
        expect(page.get_by_text("3 documents wait for approval")).to_be_visible(timeout=_A_RUN)
        expect(page.get_by_text(HOSTILE).first).to_be_visible()
        expect(page.get_by_role("link", name="click")).to_have_count(0)
        assert len(company.expenses()) == booked
        page.get_by_role("button", name="Approve").click()
        books.until(lambda: len(company.expenses()) == booked + 3, "to move what was approved", 180)
    finally:
        file.write_text(before)
