"""A user who has never seen Airflow connects a company and keeps its books in order, by the page alone.

The tests follow each other on one Airflow, as that person's days do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import take

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from debitoor_provider.sandbox.client import CompanyAdmin
    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system

RECEIPTS, SALES = "Acme GmbH, receipts", "Acme GmbH, sales"
A_RUN = 150_000  # milliseconds


def go_on(page: Page, to: str) -> None:
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile(rf"\d: {to}$"))).to_be_visible()


def save_and_start(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Airflow knows the account")).to_be_visible(timeout=90_000)
    page.get_by_role("button", name="Start now").click()
    page.wait_for_url(re.compile("/plugin/synchronisation/accounts/"))


def account(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def rows(page: Page, text: str) -> Locator:
    return page.get_by_role("table", name="Documents").get_by_role("row").filter(has_text=text)


def decide(page: Page, action: str, reason: str) -> None:
    """Do something to the chosen documents, for a reason."""
    page.get_by_role("region", name="Chosen documents").get_by_role("button", name=action).click()
    dialog = page.get_by_role("dialog", name=action)
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name="Confirm for one document").click()
    expect(page.get_by_text("The decision on one document was saved.")).to_be_visible()


def sync(page: Page) -> None:
    """Start a run, and see it through."""
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("a run was started")).to_be_visible()
    page.get_by_role("tab", name="Runs").click()
    by_hand = page.get_by_role("row").filter(has_text="By hand").first
    expect(by_hand.get_by_text(re.compile("All well|Ended|Documents rejected"))).to_be_visible(timeout=A_RUN)
    page.get_by_role("tab", name="Documents").click()


def test_adds_an_export_account_and_authorises_it(page: Page, company: CompanyAdmin) -> None:
    page.get_by_role("link", name="Add the first account").click()
    page.get_by_text("Export: GetMyInvoices to Debitoor").click()
    go_on(page, "Settings")
    page.get_by_label("Frequency").select_option(label="Every day")
    page.get_by_label("File name in Debitoor").fill("{document_date}_{company}_{document_number}")
    page.get_by_text("Archive after transfer").click()
    go_on(page, "GetMyInvoices")
    page.get_by_label("API key").fill(company.gmi_api_key)
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Connected")).to_be_visible()
    expect(page.get_by_label("API key")).to_have_count(0)
    go_on(page, "Debitoor")
    page.get_by_role("button", name="Authorise", exact=True).click()
    page.wait_for_url(re.compile("/login/oauth2/authorize"))
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(re.compile("/plugin/synchronisation/new"))
    expect(page.get_by_role("status").filter(has_text=company.debitoor_email)).to_be_visible()
    take(page, "wizard-connected")
    go_on(page, "Account")
    page.get_by_label("Account name").fill(RECEIPTS)
    expect(page.get_by_label("Account id")).to_have_value("acme-gmbh-receipts")
    page.get_by_label("Debitoor id").fill(company.debitoor_email)
    expect(page.get_by_text(re.compile(r"\d{4}-\d\d-\d\d_.+\.pdf")).first).to_be_visible()
    take(page, "wizard-account")
    go_on(page, "Preview")
    expect(page.get_by_text("Debitoor books in EUR only").first).to_be_visible()
    expect(page.get_by_role("table", name="Sums")).to_contain_text("19 %")
    take(page, "wizard-preview")
    save_and_start(page)
    expect(page.get_by_role("heading", name=RECEIPTS)).to_be_visible()


def test_adds_an_import_account_with_existing_connections(page: Page, company: CompanyAdmin) -> None:
    page.get_by_role("link", name="Add account").click()
    page.get_by_text("Import: Debitoor to GetMyInvoices").click()
    go_on(page, "Settings")
    page.get_by_label("Company in GetMyInvoices").fill("Acme GmbH")
    page.get_by_text("Create the company when GetMyInvoices does not know it").click()
    go_on(page, "GetMyInvoices")
    page.get_by_label("Connection to GetMyInvoices").select_option("getmyinvoices_1")
    go_on(page, "Debitoor")
    page.get_by_label("Connection to Debitoor").select_option("debitoor_1")
    go_on(page, "Account")
    page.get_by_label("Account name").fill(SALES)
    page.get_by_label("Debitoor id").fill(company.debitoor_email)
    go_on(page, "Preview")
    expect(page.get_by_role("status").filter(has_text="To send: 5")).to_be_visible()  # the button moves as it comes
    save_and_start(page)


def test_watches_the_first_runs_to_their_end(page: Page) -> None:
    for name, state in {RECEIPTS: "Needs attention", SALES: "All well"}.items():
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))
        expect(row.get_by_text(state, exact=True).first).to_be_visible(timeout=A_RUN)


def test_finds_a_document_and_what_happened_to_it(page: Page) -> None:
    account(page, RECEIPTS)
    page.get_by_label("Search documents").fill("Müßiggang")
    expect(page.get_by_role("status").filter(has_text="3 documents")).to_be_visible()
    rows(page, "Moved and archived").first.get_by_role("link").first.click()
    drawer = page.get_by_role("dialog")
    for step in ("About to be sent", "File uploaded", "Moved", "Archived at the source"):
        expect(drawer.get_by_text(step, exact=True).first).to_be_visible()
    with page.expect_download() as download:
        drawer.get_by_role("link", name="File at Debitoor").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")


def test_sends_one_again_that_was_deleted_in_debitoor(page: Page, company: CompanyAdmin) -> None:
    account(page, RECEIPTS)
    row = rows(page, "RE-2026-00006")
    name = row.get_by_role("link").first.inner_text()
    (expense,) = (one for one in company.expenses() if name in str(one))
    company.delete_entity(expense["id"])
    row.get_by_role("checkbox").check(force=True)
    decide(page, "Send if missing", "deleted in Debitoor by mistake")
    sync(page)
    expect(rows(page, name).get_by_text("Moved and archived")).to_be_visible()
    (booked,) = (one for one in company.expenses() if name in str(one))
    assert booked["id"] != expense["id"]


def test_mends_one_that_needed_attention(page: Page, company: CompanyAdmin) -> None:
    undated = next(row for row in company.documents() if not row["documentDate"])
    page.get_by_role("link", name="Needs attention").first.click()
    page.get_by_role("button", name="No date").click()
    expect(page.get_by_text("Enter its document date").first).to_be_visible()
    take(page, "attention")
    company.edit_document(undated["uid"], document_date="2026-05-04")  # as the page says, at GetMyInvoices
    page.get_by_role("row").get_by_role("checkbox").last.check(force=True)
    decide(page, "Send", "date entered")
    page.get_by_role("link", name="Accounts", exact=True).click()
    account(page, RECEIPTS)
    sync(page)
    page.get_by_label("Search documents").fill("2026-05-04")
    expect(rows(page, "Moved and archived").first).to_be_visible()


def test_backfills_a_month(page: Page, company: CompanyAdmin) -> None:
    page.get_by_role("link", name=SALES, exact=True).click()
    invoice = company.add_invoice(date="2026-03-09")
    page.get_by_role("button", name="Backfill").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("From").fill("2026-03-01")
    dialog.get_by_label("To").fill("2026-03-31")
    expect(dialog.get_by_text(re.compile("documents? (is|are) not there yet"))).to_be_visible()
    dialog.get_by_role("button", name="Start").click()
    expect(page.get_by_text("the backfill was started")).to_be_visible()
    page.get_by_label("Search documents").fill(str(invoice["number"]))
    expect(rows(page, str(invoice["number"])).get_by_text("Moved")).to_be_visible(timeout=A_RUN)


def test_pauses_and_goes_on(page: Page, airflow: LocalAirflow) -> None:
    account(page, SALES)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("is paused").first).to_be_visible()
    assert airflow.call("GET", "/dags/debitoor__acme-gmbh-sales")["is_paused"]
    page.get_by_role("button", name="Resume").first.click()
    expect(page.get_by_text("goes on")).to_be_visible()
    assert not airflow.call("GET", "/dags/debitoor__acme-gmbh-sales")["is_paused"]


def test_comes_from_a_run_in_airflow_back_to_the_page(page: Page) -> None:
    account(page, RECEIPTS)
    page.get_by_role("tab", name="Runs").click()
    page.get_by_role("row").get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/dags/debitoor__acme-gmbh-receipts/runs/"))
    page.locator("a[href*='/runs/'][href$='/tasks/plan']").first.click()
    page.get_by_role("link", name="Details").click()
    page.locator("a[href*='/accounts/acme-gmbh-receipts/documents']").click()
    page.wait_for_url(re.compile("/plugin/synchronisation/accounts/acme-gmbh-receipts"))
