"""Documents that may be duplicates, side by side, and a person who says that they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import take
from tests.browser.test_pages import ACCOUNT, books, settled

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from debitoor_provider.sandbox.client import CompanyAdmin
    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system
__all__ = ["books"]

_A_RUN = 120_000  # milliseconds


def _booked(company: CompanyAdmin, number: str) -> list[dict[str, Any]]:
    return [one for one in company.expenses() if one["lines"][0]["description"].startswith(number)]


def test_a_possible_duplicate_is_shown_side_by_side_and_said_to_be_another_one(
    books: LocalAirflow, company: CompanyAdmin, page: Page
) -> None:
    line = {"taxRate": 19, "grossAmount": 59.5, "description": "taxi, entered by hand"}
    company.add_expense(date="2026-03-03", supplierName="Twin Taxi GmbH", supplierCountry="DE", lines=[line])
    for number in ("TWIN-01", "TWIN 01"):
        company.add_document(
            f"%PDF-1.4\n% {number}\n%%EOF\n".encode(),
            f"{number}.pdf",
            supplier="Twin Taxi",
            supplier_country="DE",
            document_type="INCOMING_INVOICE",
            document_number=number,
            document_date="2026-03-03",
            net_amount="50.00",
            gross_amount="59.50",
            tax_rates=["19"],
            currency="EUR",
        )
    settled(page, f"/accounts/{ACCOUNT}/documents")
    page.get_by_role("button", name="Sync now").click()
    books.until(lambda: bool(_booked(company, "TWIN 01")), "to book the documents", 120)

    settled(page, f"/accounts/{ACCOUNT}/documents?search=TWIN")
    expect(page.get_by_text("Possible duplicate", exact=True)).to_have_count(2, timeout=_A_RUN)
    page.get_by_role("button", name="Possible duplicate · 2").click()
    page.get_by_role("link", name="TWIN 01", exact=True).click()
    drawer = page.get_by_role("dialog")
    table = drawer.get_by_role("table", name="Possible duplicates")
    expect(table.get_by_role("columnheader", name="This document")).to_be_visible()
    expect(table.get_by_role("row", name="Number")).to_contain_text("TWIN 01TWIN-01")
    expect(table.get_by_role("columnheader").filter(has_text="in Debitoor")).to_be_visible()
    take(page, "duplicates")

    table.get_by_role("link").click()
    expect(drawer.get_by_role("heading", name="TWIN-01")).to_be_visible()
    page.go_back()
    drawer.get_by_role("button", name="This is another one").click()
    page.get_by_label("Reason").fill("two rides")
    page.get_by_role("button", name="Confirm for one document").click()
    expect(drawer.get_by_text("two rides")).to_be_visible()
    expect(drawer.get_by_role("table", name="Possible duplicates")).to_have_count(0)
    take(page, "duplicates-decided")
