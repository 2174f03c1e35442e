"""Names that want to be markup, keys that are wrong, tokens that were withdrawn, files that are broken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_newcomer import A_RUN, go_on
from tests.browser.test_pages import ACCOUNT, books, settled

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from debitoor_provider.sandbox.client import CompanyAdmin
    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system
__all__ = ["books"]

MARKUP = "<img src=x onerror=\"document.title='caught'\">"


def test_an_account_of_a_hostile_name_is_only_text(books: LocalAirflow, page: Page) -> None:
    text = (books.accounts / f"{ACCOUNT}.yaml").read_text()
    name = next(line for line in text.splitlines() if line.startswith("name:"))
    (books.accounts / "hostile.yaml").write_text(text.replace(name, f"name: '{MARKUP.replace(chr(39), chr(39) * 2)}'"))
    settled(page, "")
    page.get_by_label("Search accounts").fill("onerror")
    expect(page.get_by_role("link", name=MARKUP)).to_be_visible()
    page.get_by_role("link", name=MARKUP).click()
    expect(page.get_by_role("heading", name=MARKUP)).to_be_visible()
    assert page.title() != "caught"
    (books.accounts / "hostile.yaml").unlink()


def test_a_broken_file_is_shown_with_its_line_and_its_remedy(books: LocalAirflow, page: Page) -> None:
    (books.accounts / "broken.yaml").write_text("type: export\nname: Broken\ndebitor_id: books@acme.example\n")
    settled(page, "")
    row = page.get_by_role("row").filter(has_text="broken.yaml")
    expect(row.get_by_text("Broken file")).to_be_visible()
    row.get_by_role("link", name="broken.yaml").first.click()
    expect(page.get_by_text("broken.yaml, line 3")).to_be_visible()
    expect(page.get_by_text("debitoor_id").first).to_be_visible()
    (books.accounts / "broken.yaml").unlink()


def test_a_wrong_key_is_reported_and_not_stored(books: LocalAirflow, page: Page) -> None:
    settled(page, "/new?step=direction")
    page.get_by_text("Export: GetMyInvoices to Debitoor").click()
    go_on(page, "Settings")
    go_on(page, "GetMyInvoices")
    page.get_by_text("Make a new connection").click()
    page.get_by_label("Name of the connection").fill("getmyinvoices_wrong")
    page.get_by_label("API key").fill("AAAA-BBBB-CCCC-DDDD")
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="Not connected")).to_be_visible()
    ids = {one["connection_id"] for one in books.call("GET", "/connections", limit=100)["connections"]}
    assert "getmyinvoices_wrong" not in ids


def test_a_revoked_token_is_reported_and_replaced_by_authorising_again(
    books: LocalAirflow, page: Page, company: CompanyAdmin
) -> None:
    company.revoke_token()
    company.add_document(
        b"%PDF-1.4\n% a late receipt\n%%EOF\n",
        "late.pdf",
        supplier="Paper Ltd",
        document_type="RECEIPT",
        document_number="late-1",
        document_date="2026-09-01",
        net_amount="100.00",
        gross_amount="119.00",
        tax_rates=[19],
        currency="EUR",
    )
    settled(page, f"/accounts/{ACCOUNT}/documents")
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("Needs reconnecting", exact=True).first).to_be_visible(timeout=A_RUN)
    page.get_by_role("link", name="Reconnect").click()
    page.get_by_role("button", name="Authorise again").click()
    page.wait_for_url(re.compile("/login/oauth2/authorize"))
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(re.compile(f"/accounts/{ACCOUNT}/edit"))
    expect(page.get_by_role("status").filter(has_text=company.debitoor_email)).to_be_visible()
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("Needs reconnecting", exact=True)).to_have_count(0, timeout=A_RUN)


def test_a_key_that_is_refused_leads_to_the_step_of_its_service(page: Page, company: CompanyAdmin) -> None:
    company.block_key()
    try:
        settled(page, f"/accounts/{ACCOUNT}/documents")
        page.get_by_role("button", name="Sync now").click()
        reconnect = page.get_by_role("link", name="Reconnect")
        expect(reconnect).to_have_attribute("href", re.compile("step=getmyinvoices$"), timeout=A_RUN)
    finally:
        company.unblock_key()
