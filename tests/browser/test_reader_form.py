"""Numbers and dates in the form of the reader's language, and what the books' country and currency decide."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from debitoor_provider.messages import Message, words
from debitoor_provider.sync.corrections import Corrections
from debitoor_provider.sync.ledger import Ledger, PlannedDocument, State
from demo.accounts import connections
from tests.browser.conftest import take
from tests.browser.looks import NARROW
from tests.browser.test_pages import settled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page

    from debitoor_provider.sandbox.client import SandboxAdmin
    from demo.airflow import LocalAirflow

pytestmark = [pytest.mark.system, pytest.mark.takes(60)]

SAY = words("fr")
ROUX, GONE, ABROAD = "roux", "roux-sans-connexion", "roux-ue"


@pytest.fixture(scope="module", autouse=True)
def accounts(airflow: LocalAirflow, sandbox: SandboxAdmin) -> Iterator[None]:
    """Add accounts of a French company: two that are connected, and one whose connection is gone."""
    company = sandbox.create_company("Roux SARL", country="FR", limits=None)
    company.add_document(
        b"%PDF-1.4\n%%EOF\n",
        "abroad.pdf",
        document_type="INCOMING_INVOICE",
        document_date="2026-03-01",
        supplier="Moulin GmbH",
        supplier_country="DE",
        net_amount="100.00",
        gross_amount="100.00",
        tax_rates=["0"],
        currency="EUR",
    )
    known = connections(sandbox, [company])
    file = airflow.home / "roux.json"
    file.write_text(json.dumps(known))
    airflow.command("connections", "import", "--overwrite", str(file))
    settings = {
        "type": "export",
        "name": "Roux SARL",
        "debitoor_id": company.debitoor_email,
        "frequency": "daily",
        "at": "06:30",
        "connections": {connection["conn_type"]: id_ for id_, connection in known.items()},
        "period": {"from": "2026-01-01"},
        "accept_rates": [16.34],
        "limits": {"amount": 10000.5, "new_documents": 1500},
    }
    rule = {"tax_rate": 20, "product_or_service": "service", "consumption_or_resale": "consumption"}
    files = {
        ROUX: settings,
        ABROAD: settings | {"reverse_charge": rule},
        GONE: settings | {"connections": settings["connections"] | {"getmyinvoices": "parti"}},
    }
    for account, content in files.items():
        (airflow.accounts / f"{account}.yaml").write_text(json.dumps(content))
    airflow.until(lambda: {f"debitoor__{account}" for account in files} <= airflow.dag_ids(), "to find them", 120)
    yield
    for account in files:
        (airflow.accounts / f"{account}.yaml").unlink()


@pytest.fixture
def french(open_context: Callable[..., BrowserContext]) -> Page:
    return open_context(locale="fr-FR").new_page()


def test_the_settings_are_shown_in_the_readers_form(french: Page) -> None:
    settled(french, f"/accounts/{ROUX}/settings")
    expect(french.get_by_text(f"{SAY['choice.frequency.daily']}, 06:30")).to_be_visible()
    for shown in ("16,34 %", "10\N{NARROW NO-BREAK SPACE}000,50", "1500", "1er janv. 2026", "06:30"):
        expect(french.get_by_text(shown, exact=True).first).to_be_visible()
    take(french, "reader-settings")
    settled(french, f"/accounts/{ROUX}/edit?step=settings")
    rates = french.get_by_role("list", name=SAY["field.accept_rates"], exact=True).get_by_role("listitem")
    expect(rates).to_have_text(["16,34"])
    expect(french.get_by_label(SAY["field.limits.amount"], exact=True)).to_have_value("10000,5")


def test_reverse_charge_proposes_the_rate_of_the_country_of_the_books(french: Page) -> None:
    settled(french, f"/accounts/{ROUX}/edit?step=account")
    french.get_by_role("button", name=SAY["wizard.part.taxes"]).click()
    rate = french.get_by_label(SAY["field.reverse_charge.tax_rate"], exact=True)
    rule = french.get_by_role("checkbox", name=SAY["field.reverse_charge"])
    rule.press("Space")  # a click may miss it while the part still opens
    expect(rate).to_have_value("20")
    country = french.get_by_label(SAY["field.books.country"], exact=True)
    rule.press("Space")
    country.fill("US")
    rule.press("Space")
    french.wait_for_load_state("networkidle")
    expect(rate).to_have_value("")
    country.fill("LU")
    expect(rate).to_have_value("17")
    take(french, "reader-reverse-charge")
    country.fill("DE")  # no other rate was entered, so it follows the country
    expect(rate).to_have_value("19")
    country.fill("US")
    expect(rate).to_have_value("")
    expect(rate).to_have_attribute("aria-invalid", "true")
    unknown = french.get_by_role("status").filter(has_text=SAY["wizard.rate.unknown"])
    expect(unknown).to_be_visible()
    take(french, "reader-reverse-charge-unknown")
    country.fill("")
    expect(rate).to_have_value("20")
    expect(unknown).to_have_count(0)

    rate.fill("12,5")  # one of the user's own stays, and the rates of the country are compared with it
    doubt = french.get_by_role("status").filter(has_text="pas un taux de TVA")
    expect(doubt).to_contain_text("12,5\N{NO-BREAK SPACE}%")
    expect(doubt).to_contain_text("France")
    country.fill("AT")
    expect(doubt).to_contain_text("Autriche")
    expect(doubt).to_have_count(1)
    expect(rate).to_have_value("12,5")
    country.fill("US")
    expect(doubt).to_have_count(0)
    expect(rate).to_have_value("12,5")
    country.fill("AT")
    expect(doubt).to_have_count(1)
    take(french, "reader-reverse-charge-odd")
    rate.fill("10")  # a reduced rate is one, too
    expect(doubt).to_have_count(0)
    french.get_by_role("button", name=SAY["common.cancel"]).or_(
        french.get_by_role("link", name=SAY["common.cancel"])
    ).click()


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en-GB", "with the reverse charge (“Services”, “Own use”): 20 %, since the supplier is in another EU country"),
        (
            "fr-FR",
            "en autoliquidation (« Services », « Usage propre ») : 20 %, car le fournisseur est dans un autre pays",
        ),
        ("de-DE", "mit Reverse Charge gebucht („Dienstleistungen“, „Eigener Verbrauch“): 20 %, da der Lieferant"),
        (
            "da-DK",
            "med omvendt betalingspligt (»Ydelser«, »Eget forbrug«): 20 %, da leverandøren er i et andet EU-land",
        ),
    ],
)
def test_a_dry_run_says_what_is_booked_with_the_reverse_charge(
    open_context: Callable[..., BrowserContext], locale: str, said: str
) -> None:
    page, say = open_context(locale=locale).new_page(), words(locale[:2])
    settled(page, f"/accounts/{ABROAD}/documents")
    page.get_by_role("button", name=say["do.dry_run"], exact=True).click()
    document = page.get_by_role("dialog").get_by_role("listitem").filter(has_text="Moulin GmbH")
    expect(document).to_contain_text(said)  # blanks of any kind are alike
    sums = page.get_by_role("table", name=say["documents.sums"])
    expect(sums.get_by_role("cell", name=say["history.detail.reverse_charge"], exact=True)).to_be_visible()
    expect(sums.get_by_text(re.compile(r"\b0\s?%"))).to_have_count(0)
    take(page, f"reader-dry-run-{locale[:2]}")
    page.set_viewport_size(NARROW)
    cards = page.get_by_role("list", name=say["documents.sums"])
    expect(cards.get_by_role("listitem")).to_contain_text(say["history.detail.reverse_charge"])
    cards.scroll_into_view_if_needed()
    take(page, f"reader-dry-run-{locale[:2]}-narrow")


_SCROLLING_DOWN = """() => [...document.querySelectorAll("*")].filter(one =>
    one.scrollHeight > one.clientHeight + 1
    && (one === document.scrollingElement || ["auto", "scroll"].includes(getComputedStyle(one).overflowY))
).map(one => one.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_a_step_of_the_form_has_one_scroll_bar(open_context: Callable[..., BrowserContext], narrow: bool) -> None:
    page = open_context(locale="fr-FR", narrow=narrow).new_page()
    for step in ("direction", "settings", "getmyinvoices", "debitoor", "account", "preview"):
        settled(page, f"/accounts/{ABROAD}/edit?step={step}")
        bars = page.evaluate(_SCROLLING_DOWN)
        assert len(bars) <= 1, (step, bars)
    settled(page, f"/accounts/{ABROAD}/edit?step=account")
    assert page.evaluate(_SCROLLING_DOWN)  # it is long, and can be scrolled


def test_a_correction_begins_with_what_was_stated_as_the_reader_writes_it(french: Page, airflow: LocalAirflow) -> None:
    ledger = Ledger.open(f"sqlite:///{airflow.home / 'debitoor_ledger.db'}")
    found = PlannedDocument(
        "1",
        "roux:1",
        "{}",
        State.HELD,
        Message("foreign_tax", country="DE", tax=["19 %"]),
        document_number="ROUX-1",
        document_date=date(2026, 3, 1),
        gross_amount=Decimal("119.00"),
        currency="EUR",
    )
    ledger.plans.enter(ROUX, "export", f"debitoor__{ROUX}/manual__1", [found])
    entry = ledger.documents.known(ROUX, "export", ["1"])["1"]
    stated = Corrections(tax=((Decimal("5.5"), Decimal("59.50")), (Decimal(20), Decimal("59.50"))))
    ledger.documents.correct([entry], stated.words(), "user:admin", "vu", detail=stated.as_json())

    settled(french, f"/accounts/{ROUX}/documents?search=ROUX-1")
    french.get_by_role("link", name="ROUX-1", exact=True).click()
    with french.expect_response("**/books-currency"):
        french.get_by_role("button", name=SAY["documents.do.correct"], exact=True).click()
    dialog = french.get_by_role("dialog", name=SAY["documents.do.correct"])
    for number, (rate, gross) in enumerate([("5,5", "59,50"), ("20", "59,50")], start=1):
        expect(dialog.get_by_label(SAY["corrections.tax.rate"].replace("{number}", str(number)))).to_have_value(rate)
        expect(dialog.get_by_label(SAY["corrections.tax.gross"].replace("{number}", str(number)))).to_have_value(gross)
    exchange = dialog.get_by_label(SAY["corrections.exchange_rate"].split("{currency}")[1])
    expect(exchange).to_have_count(0)  # the books are in EUR, as Debitoor says
    take(french, "reader-correction")


def test_reconnect_leads_to_the_service_whose_connection_is_gone(french: Page, airflow: LocalAirflow) -> None:
    airflow.unpause(f"debitoor__{GONE}")  # its first run fails
    settled(french, f"/accounts/{GONE}/documents")
    french.get_by_role("link", name=SAY["account.help.reconnect"]).click(timeout=150_000)
    french.wait_for_url("**/edit?step=getmyinvoices")
    expect(french.get_by_role("status").filter(has_text="parti").first).to_be_visible()
    expect(french.get_by_label(SAY["connect.id"]).and_(french.locator("input"))).to_have_value("parti")
    key = french.get_by_label(SAY["connect.key"])
    expect(key).to_be_focused()
    expect(key).to_have_attribute("aria-invalid", "true")
    take(french, "reader-reconnect-key")
    expect(french.get_by_text(SAY["connect.notYours"])).to_have_count(0)
    french.get_by_text(SAY["connect.mode.existing"]).click()
    expect(french.get_by_label(SAY["field.connections.getmyinvoices"])).to_have_value("parti")
    expect(french.get_by_text(SAY["connect.notYours"])).to_have_count(0)
    take(french, "reader-reconnect")
    marked = french.get_by_label(SAY["field.connections.getmyinvoices"])
    expect(marked).to_have_attribute("aria-invalid", "true")
    expect(french.get_by_role("group").filter(has=marked).get_by_text("parti").last).to_be_visible()
    expect(french.get_by_role("alert").filter(has_text="parti")).to_be_visible()
