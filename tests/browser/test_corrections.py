"""What a document's record lacks is stated on the page, and booked."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import take
from tests.browser.test_pages import ACCOUNT, books, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from debitoor_provider.sandbox.client import CompanyAdmin
    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system
__all__ = ["books"]

_A_RUN = 120_000  # milliseconds


def _booked(company: CompanyAdmin) -> list[dict[str, Any]]:
    return [one for one in company.expenses() if one["lines"][0]["description"].startswith("THREE-1")]


def _opened(page: Page) -> None:
    settled(page, f"/accounts/{ACCOUNT}/documents?search=THREE-1")
    page.get_by_role("link", name="THREE-1", exact=True).click()


def test_the_tax_of_a_document_is_entered_by_rate_and_booked(
    books: LocalAirflow,
    company: CompanyAdmin,
    open_context: Callable[..., BrowserContext],
    barriers: Callable[[Page], list[str]],
) -> None:
    company.add_document(
        b"%PDF-1.4\n% three rates\n%%EOF\n",
        "three.pdf",
        supplier="Paper Ltd",
        supplier_country="DE",
        document_type="INCOMING_INVOICE",
        document_number="THREE-1",
        document_date="2026-03-04",
        net_amount="100.00",
        gross_amount="113.00",
        tax_rates=["0", "7", "19"],
        currency="EUR",
    )
    page = open_context().new_page()
    settled(page, f"/accounts/{ACCOUNT}/documents")
    page.get_by_role("button", name="Sync now").click()
    page.get_by_role("searchbox").fill("THREE-1")
    expect(page.get_by_role("link", name="THREE-1", exact=True)).to_be_visible(timeout=_A_RUN)
    expect(page.get_by_text("Too many tax rates").first).to_be_visible(timeout=_A_RUN)

    for dark, narrow in ((False, False), (True, False), (False, True), (True, True)):
        view = open_context(dark=dark, narrow=narrow).new_page()
        _opened(view)
        view.get_by_role("button", name="Correct for this document").click()
        expect(view.get_by_label("Rate 1 in percent")).to_be_visible()
        assert barriers(view) == []
        take(view, f"correct-{'dark' if dark else 'light'}-{'narrow' if narrow else 'wide'}")

    _opened(page)
    page.get_by_role("button", name="Correct for this document").click()
    dialog = page.get_by_role("dialog", name="Correct for this document")
    expect(dialog.get_by_label("in the currency of the books")).to_have_count(0)  # it is in that currency
    dialog.get_by_label("Currency", exact=True).fill("sek")
    dialog.get_by_label("1 SEK in the currency of the books").fill("abc")
    dialog.get_by_label("Reason").fill("as printed")
    dialog.get_by_role("button", name="Save").click()
    field = dialog.get_by_role("group").filter(has=page.get_by_label("1 SEK in the currency of the books"))
    expect(field.get_by_text("'abc' is not an exchange rate. Enter a number such as 0.2345.").last).to_be_visible()
    expect(dialog.get_by_label("1 SEK in the currency of the books")).to_have_attribute("aria-invalid", "true")
    take(page, "correct-rate-refused")
    dialog.get_by_label("Currency", exact=True).fill("")
    for number, (rate, gross) in enumerate([("0", "21.60"), ("7", "32,10"), ("19", "50.00")], start=1):
        if number > 1:
            dialog.get_by_role("button", name="Another rate").click()
        dialog.get_by_label(f"Rate {number} in percent").fill(rate)
        dialog.get_by_label(f"Gross amount at rate {number}").fill(gross)
    dialog.get_by_label("Reason").fill("as printed")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("sum to 103.70, but the gross amount is 113.00")).to_be_visible()
    take(page, "correct-refused")
    dialog.get_by_label("Gross amount at rate 3").fill("59.30")
    dialog.get_by_role("button", name="Save").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("Corrected for this document")).to_be_visible()
    expect(drawer.get_by_text("Tax entered: 0 %: 21.60, 7 %: 32.10, 19 %: 59.30")).to_be_visible()
    take(page, "corrected")

    settled(page, f"/accounts/{ACCOUNT}/documents")
    page.get_by_role("button", name="Sync now").click()
    books.until(lambda: bool(_booked(company)), "to book the document", 120)
    (expense,) = _booked(company)
    assert {line["taxRate"]: line["grossAmount"] for line in expense["lines"]} == {
        0: Decimal("21.6"),
        7: Decimal("32.1"),
        19: Decimal("59.3"),
    }
