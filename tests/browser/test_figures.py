"""What figures rest on, and what a person decides where record and e-invoice contradict each other."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import take
from tests.browser.test_pages import ACCOUNT, books, settled
from tests.sync.invoice.writers import Group, cii, in_pdf, stated

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from debitoor_provider.sandbox.client import CompanyAdmin
    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system
__all__ = ["books"]

_A_RUN = 120_000  # milliseconds


def _arrives(company: CompanyAdmin, content: bytes, number: str, net: str, gross: str, rates: list[str]) -> None:
    company.add_document(
        content,
        f"{number}.pdf",
        supplier="Paper Ltd",
        supplier_country="DE",
        document_type="INCOMING_INVOICE",
        document_number=number,
        document_date="2026-01-31",
        net_amount=net,
        gross_amount=gross,
        tax_rates=rates,
        currency="EUR",
    )


def _booked(company: CompanyAdmin, number: str) -> list[dict[str, Any]]:
    """Return the expenses of a document; the company has others, which other tests leave behind."""
    return [one for one in company.expenses() if one["lines"][0]["description"].startswith(number)]


def test_a_contradiction_is_shown_side_by_side_decided_and_booked(
    books: LocalAirflow, company: CompanyAdmin, page: Page
) -> None:
    over_119 = in_pdf(cii(stated(Group(Decimal(19), Decimal("100.00"), Decimal("19.00")), number="FIG-1")))
    _arrives(company, over_119, "FIG-1", "200.00", "238.00", ["19"])
    _arrives(company, b"%PDF-1.4\n% two rates\n%%EOF\n", "FIG-2", "200.00", "226.00", ["7", "19"])
    settled(page, f"/accounts/{ACCOUNT}/documents")
    page.get_by_role("button", name="Sync now").click()
    books.until(lambda: bool(_booked(company, "FIG-2")), "to book what is certain", 120)
    assert _booked(company, "FIG-1") == []

    settled(page, f"/accounts/{ACCOUNT}/documents?search=FIG-")
    expect(page.get_by_text("Contradicts its e-invoice", exact=True)).to_be_visible(timeout=_A_RUN)
    expect(page.get_by_text("Nearest split of two tax rates", exact=True)).to_be_visible(timeout=_A_RUN)
    take(page, "figures-list")
    page.get_by_role("button", name="Contradicts its e-invoice · 1").click()
    expect(page.get_by_role("link", name="FIG-2", exact=True)).to_have_count(0)
    page.get_by_role("link", name="FIG-1", exact=True).click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("gross 238.00 in the record, 119.00 in the invoice").first).to_be_visible()
    take(page, "figures-contradiction")
    drawer.get_by_role("button", name="Book the invoice's figures").click()
    page.get_by_label("Reason").fill("as printed")
    page.get_by_role("button", name="Confirm for one document").click()
    expect(drawer.get_by_text("as printed")).to_be_visible()

    settled(page, f"/accounts/{ACCOUNT}/documents")
    page.get_by_role("button", name="Sync now").click()
    books.until(lambda: bool(_booked(company, "FIG-1")), "to book what was decided", 120)
    (expense,) = _booked(company, "FIG-1")
    assert Decimal(expense["totalGrossAmount"]) == Decimal("119.00")
