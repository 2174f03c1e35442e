"""What people of Airflow's roles do on the page, in French: what is offered to somebody can be finished.

The tests follow each other on one Airflow: an operator connects a company, a user keeps its books, a viewer looks on.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from debitoor_provider.messages import words
from tests.browser.conftest import take, without_accounts
from tests.browser.test_languages import english_on
from tests.browser.test_pages import settled
from tests.sync.invoice.writers import Group, cii, in_pdf, stated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
    from demo.airflow import LocalAirflow

pytestmark = [pytest.mark.system, pytest.mark.takes(180)]

OP, USER, VIEWER, ADMIN = PEOPLE = "op", "user", "viewer", "admin"
SAY = words("fr")
RECEIPTS, SALES = "Dupont SARL, justificatifs", "Dupont SARL, ventes"
ACCOUNT = "/accounts/dupont-sarl-justificatifs"
NOTES = {"please"}
"""From the notes of the sandbox's documents."""
A_RUN = 150_000  # milliseconds


@pytest.fixture(scope="module")
def company(sandbox: SandboxAdmin) -> CompanyAdmin:
    """Return a company with documents, one of which contradicts its e-invoice."""
    made = sandbox.create_company("Dupont SARL", limits=None)
    made.generate(documents=6, invoices=3, seed=7)
    over_119 = in_pdf(cii(stated(Group(Decimal(19), Decimal("100.00"), Decimal("19.00")), number="FIG-1")))
    made.add_document(
        over_119,
        "FIG-1.pdf",
        supplier="Papeterie Roux",
        supplier_country="DE",
        document_type="INCOMING_INVOICE",
        document_number="FIG-1",
        document_date="2026-01-31",
        net_amount="200.00",
        gross_amount="238.00",
        tax_rates=["19"],
        currency="EUR",
    )
    return made


@pytest.fixture(scope="module")
def airflow(
    company: CompanyAdmin, sandbox: SandboxAdmin, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalAirflow]:
    """Start an Airflow with a person of each role."""
    home = tmp_path_factory.mktemp("roles")
    passwords = home / "passwords.json"
    passwords.write_text(json.dumps({who: who for who in PEOPLE}))
    users = {
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{who}:{who}" for who in PEOPLE),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
    }
    with without_accounts(home, sandbox, company, **users) as running:
        running.log_in(ADMIN, ADMIN)
        yield running


@pytest.fixture
def page_of(open_context: Callable[..., BrowserContext]) -> Callable[[str], Page]:
    """Open the page as a person with a French browser."""

    def opened(who: str) -> Page:
        page = signed_in(open_context(locale="fr-FR"), who)
        settled(page, "")
        return page

    return opened


def signed_in(context: BrowserContext, who: str) -> Page:
    """Log in as a person whose password is the name; return the page that Airflow opens."""
    page = context.new_page()
    page.goto("/auth/login")
    for field in ("username", "password"):
        page.locator(f"input[name={field}]").fill(who)
    page.locator("[type=submit]").click()
    page.wait_for_url(lambda url: "/auth/" not in url)
    return page


def seen(page: Page, name: str) -> None:
    """Take a picture, and require French."""
    take(page, f"roles-{name}")
    assert english_on(page, "fr") - NOTES == set()


def press(page: Page, key: str) -> None:
    page.get_by_role("button", name=SAY[key], exact=True).click()


def go_on(page: Page, step: str) -> None:
    press(page, "wizard.next")
    heading = re.compile(rf"\d : {re.escape(SAY[f'wizard.step.{step}'])}$")
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


def save_and_start(page: Page) -> None:
    press(page, "wizard.save")
    expect(page.get_by_text(SAY["wizard.start.paused"])).to_be_visible(timeout=90_000)
    press(page, "wizard.start.now")
    page.wait_for_url(re.compile("/synchronisation/accounts/"))


def actions(page: Page) -> list[str]:
    """Return the buttons of an account."""
    group = page.get_by_role("group", name=SAY["do.actions"], exact=True)
    return group.get_by_role("button").all_inner_texts()


@pytest.mark.parametrize("who", [VIEWER, USER])
def test_who_may_use_no_connection_is_offered_no_account(page_of: Callable[[str], Page], who: str) -> None:
    page = page_of(who)
    expect(page.get_by_text(SAY["accounts.welcome.ask"])).to_be_visible()
    expect(page.get_by_role("link", name=SAY["accounts.addFirst"])).to_have_count(0)
    expect(page.get_by_role("link", name=SAY["accounts.add"])).to_have_count(0)
    settled(page, "/new")
    expect(page.get_by_text(SAY["wizard.mayNotCreate"])).to_be_visible()
    seen(page, f"{who}-new")


def test_an_operator_adds_an_export_account(page_of: Callable[[str], Page], company: CompanyAdmin) -> None:
    page = page_of(OP)
    page.get_by_role("link", name=SAY["accounts.addFirst"]).click()
    page.get_by_text(SAY["choice.type.export"]).click()
    go_on(page, "settings")
    page.get_by_text(SAY["field.archive_after_transfer"], exact=True).click()
    seen(page, "op-settings")
    go_on(page, "getmyinvoices")
    page.get_by_label(SAY["connect.key"]).fill(company.gmi_api_key)
    press(page, "connect.connect")
    expect(page.get_by_role("status").filter(has_text=SAY["connect.works"])).to_be_visible()
    seen(page, "op-getmyinvoices")
    go_on(page, "debitoor")
    press(page, "connect.authorise")
    page.wait_for_url(re.compile("/login/oauth2/authorize"))
    page.get_by_role("button", name="Allow").click()  # the sandbox plays Debitoor in English
    page.wait_for_url(re.compile("/plugin/synchronisation/new"))
    expect(page.get_by_role("status").filter(has_text=company.debitoor_email)).to_be_visible()
    seen(page, "op-debitoor")
    go_on(page, "account")
    page.get_by_label(SAY["field.name"]).fill(RECEIPTS)
    assert page.locator("[aria-invalid=true]").count() == 0  # it is not called missing until the server has seen it
    expect(page.get_by_label(SAY["field.debitoor_id"])).to_have_value(company.debitoor_email)
    seen(page, "op-account")
    go_on(page, "preview")
    expect(page.get_by_role("status").filter(has_text=f"{SAY['preview.outcome.send']} : 5")).to_be_visible()
    seen(page, "op-preview")
    save_and_start(page)
    expect(page.get_by_role("heading", name=RECEIPTS)).to_be_visible()


def test_an_operator_adds_an_import_account(page_of: Callable[[str], Page], company: CompanyAdmin) -> None:
    page = page_of(OP)
    page.get_by_role("link", name=SAY["accounts.add"]).click()
    page.get_by_text(SAY["choice.type.import"]).click()
    go_on(page, "settings")
    page.get_by_label(SAY["field.defaults.company"]).first.fill("Dupont SARL")
    page.get_by_text(SAY["field.defaults.create_company"]).click()
    go_on(page, "getmyinvoices")
    page.get_by_label(SAY["field.connections.getmyinvoices"]).select_option("getmyinvoices_1")
    go_on(page, "debitoor")
    page.get_by_label(SAY["field.connections.debitoor"]).select_option("debitoor_1")
    go_on(page, "account")
    page.get_by_label(SAY["field.name"]).fill(SALES)
    go_on(page, "preview")
    expect(page.get_by_role("status").filter(has_text=f"{SAY['preview.outcome.send']} : 3")).to_be_visible()
    seen(page, "op-import")
    save_and_start(page)


def test_a_user_is_offered_what_can_be_finished(page_of: Callable[[str], Page], company: CompanyAdmin) -> None:
    page = page_of(USER)
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=RECEIPTS, exact=True))
    expect(row.get_by_text(SAY["state.attention"], exact=True)).to_be_visible(timeout=A_RUN)
    seen(page, "user-accounts")
    settled(page, f"{ACCOUNT}/documents")
    assert actions(page) == [SAY[f"do.{what}"] for what in ("sync", "dry_run", "backfill", "pause", "edit", "remove")]
    settled(page, f"{ACCOUNT}/edit?step=getmyinvoices")
    expect(page.get_by_text(SAY["connect.onlyExisting"])).to_be_visible()
    expect(page.get_by_role("button", name=SAY["connect.test"], exact=True)).to_have_count(0)
    seen(page, "user-connection")
    settled(page, f"{ACCOUNT}/edit?step=settings")
    page.get_by_label(SAY["field.note"], exact=True).fill("relu")
    press(page, "wizard.save")
    expect(page.get_by_text(SAY["wizard.saved.changed"])).to_be_visible()


def test_a_user_decides_on_a_contradiction_and_sees_the_document(page_of: Callable[[str], Page]) -> None:
    page = page_of(USER)
    settled(page, f"{ACCOUNT}/documents?search=FIG-1")
    page.get_by_role("link", name="FIG-1", exact=True).click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("table", name=SAY["contradictions.title"])).to_be_visible()
    drawer.get_by_role("button", name=SAY["documents.show"], exact=True).click()
    expect(drawer.locator("iframe")).to_be_visible()
    seen(page, "user-document")
    drawer.get_by_role("button", name=SAY["documents.do.book_invoice"]).click()
    page.get_by_label(SAY["documents.reason"]).last.fill("comme imprimé")
    page.get_by_role("button", name=SAY["documents.do.confirm_one"].replace("{count}", "1")).click()
    expect(drawer.get_by_text(SAY["common.quoted"].replace("{text}", "comme imprimé"))).to_be_visible()
    seen(page, "user-decided")


def test_a_user_checks_backfills_and_pauses(
    page_of: Callable[[str], Page], airflow: LocalAirflow, company: CompanyAdmin
) -> None:
    page = page_of(USER)
    settled(page, f"{ACCOUNT}/check")
    press(page, "check.start")
    expect(page.get_by_text(re.compile(re.escape(SAY["check.notSame"])))).to_be_visible()
    seen(page, "user-check")
    press(page, "do.backfill")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(SAY["common.from"], exact=True).fill("2026-01-31")
    dialog.get_by_label(SAY["common.to"], exact=True).fill("2026-01-31")
    dialog.get_by_text(SAY["do.backfill.each"]).first.click()
    seen(page, "user-backfill")
    dialog.get_by_role("button", name=SAY["do.backfill.start"], exact=True).click()
    expect(page.get_by_text(SAY["do.backfill.done"].replace("{name}", RECEIPTS))).to_be_visible()
    airflow.until(lambda: "FIG-1" in str(company.expenses()), "to book what was decided", 120)
    airflow.until(lambda: airflow.finished(["debitoor__dupont-sarl-justificatifs"]), "to end the backfill", 120)
    press(page, "do.pause")
    expect(page.get_by_text(SAY["do.pause.done"].replace("{name}", RECEIPTS)).first).to_be_visible()
    page.get_by_role("button", name=SAY["do.resume"], exact=True).first.click()
    expect(page.get_by_text(SAY["do.resume.done"].replace("{name}", RECEIPTS))).to_be_visible()


def test_an_error_in_airflows_database_is_said_in_words(page_of: Callable[[str], Page]) -> None:
    """As Airflow answers while another process writes into its SQLite file (seen with 3.3.2)."""
    page = page_of(USER)
    settled(page, f"{ACCOUNT}/runs")
    detail = {"reason": "Database error", "statement": "hidden", "message": "Serious error. Check logs"}
    page.route("**/api/v2/dags/*", lambda route: route.fulfill(status=500, json={"detail": detail}))
    press(page, "do.pause")
    expect(page.get_by_text(SAY["common.failed"].replace("{status}", "500"))).to_be_visible()
    seen(page, "user-failed")


def test_a_viewer_looks_on_and_reads_who_can_act(page_of: Callable[[str], Page]) -> None:
    page = page_of(VIEWER)
    settled(page, f"{ACCOUNT}/documents")
    expect(page.get_by_text(SAY["account.help.askEditor"])).to_be_visible()
    assert actions(page) == []
    expect(page.get_by_role("tab")).to_have_text(
        [SAY[f"account.tab.{tab}"] for tab in ("documents", "runs", "settings")]
    )
    expect(page.get_by_role("checkbox")).to_have_count(0)
    seen(page, "viewer-documents")
    page.get_by_role("link", name="FIG-1", exact=True).click()
    expect(page.get_by_role("dialog").get_by_text(SAY["history.title"])).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("button")).to_have_count(1)  # it closes
    seen(page, "viewer-document")
    settled(page, f"{ACCOUNT}/check")
    expect(page.get_by_text(SAY["check.mayNot"])).to_be_visible()
    settled(page, f"{ACCOUNT}/edit")
    expect(page.get_by_text(SAY["wizard.mayNotEdit"])).to_be_visible()
    settled(page, "/attention")
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(0)
    seen(page, "viewer-attention")


def test_a_user_reads_who_can_reconnect(page_of: Callable[[str], Page], company: CompanyAdmin) -> None:
    company.revoke_token()
    page = page_of(USER)
    settled(page, f"{ACCOUNT}/runs")
    press(page, "do.sync")
    expect(page.get_by_text(SAY["account.help.askConnections"])).to_be_visible(timeout=A_RUN)
    expect(page.get_by_role("link", name=SAY["account.help.reconnect"])).to_have_count(0)
    expect(page.get_by_role("link", name=SAY["account.help.run"])).to_be_visible()
    seen(page, "user-reconnect")
