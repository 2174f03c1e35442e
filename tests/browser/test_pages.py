"""Every place of the page, light and dark, wide and narrow: its accessibility, and pictures of it."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from demo.accounts import connections, write_accounts
from tests.browser.conftest import take

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
    from demo.airflow import LocalAirflow

pytestmark = [pytest.mark.system, pytest.mark.takes(120)]

STATIC = Path(__file__).parent.parent.parent / "plugins" / "debitoor_provider" / "ui" / "static"
ACCOUNT = "acme-gmbh-receipts"
PLACES = {
    "accounts": "",
    "documents": f"/accounts/{ACCOUNT}/documents",
    "runs": f"/accounts/{ACCOUNT}/runs",
    "check": f"/accounts/{ACCOUNT}/check",
    "settings": f"/accounts/{ACCOUNT}/settings",
    "all documents": "/documents",
    "attention": "/attention",
    "new": "/new",
    "edit": f"/accounts/{ACCOUNT}/edit?step=settings",
}


@pytest.fixture(scope="session")
def books(airflow: LocalAirflow, company: CompanyAdmin, sandbox: SandboxAdmin) -> LocalAirflow:
    """Return an Airflow in which the company's documents have travelled; also when these tests run alone."""
    if not list(airflow.accounts.glob("*.yaml")):
        known = airflow.home / "known.json"
        known.write_text(json.dumps(connections(sandbox, [company])))
        airflow.command("connections", "import", "--overwrite", str(known))
        dag_ids = [f"debitoor__{account}" for account in write_accounts(airflow.accounts, [company])]
        airflow.until(lambda: set(dag_ids) <= airflow.dag_ids(), "to find the accounts", 120)
        for dag_id in dag_ids:
            airflow.unpause(dag_id)
        airflow.until(lambda: airflow.finished(dag_ids), "to run the accounts", 400)
    return airflow


def settled(page: Page, place: str) -> None:
    """Open a place and wait until it has everything."""
    page.goto(f"/plugin/synchronisation{place}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_label("Loading")).to_have_count(0)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_is_accessible(
    books: LocalAirflow,
    open_context: Callable[..., BrowserContext],
    barriers: Callable[[Page], list[str]],
    dark: bool,
    narrow: bool,
) -> None:
    page = open_context(dark=dark, narrow=narrow).new_page()
    found: dict[str, list[str]] = {}
    for name, place in PLACES.items():
        settled(page, place)
        take(page, f"{name}-{'dark' if dark else 'light'}-{'narrow' if narrow else 'wide'}")
        found[name] = barriers(page)
        overhang = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overhang <= 0, f"{name} scrolls sideways"
    assert found == {name: [] for name in PLACES}


def test_a_document_opened_next_to_the_list(
    books: LocalAirflow, page: Page, barriers: Callable[[Page], list[str]]
) -> None:
    settled(page, f"/accounts/{ACCOUNT}/documents")
    page.get_by_role("table", name="Documents").get_by_role("link").first.click()
    expect(page.get_by_role("dialog").get_by_text("History")).to_be_visible()
    assert not barriers(page)
    take(page, "document")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_sums_of_a_check_agree_with_the_books(
    books: LocalAirflow, page: Page, barriers: Callable[[Page], list[str]], company: CompanyAdmin
) -> None:
    settled(page, f"/accounts/{ACCOUNT}/check")
    page.get_by_role("button", name="Check", exact=True).click()
    table = page.get_by_role("table", name="Sums")
    expect(table).to_be_visible()
    shown: dict[tuple[str, Decimal], Decimal] = {}
    for row in table.get_by_role("row").all()[1:]:
        month, rate, _, source, target, difference, others = row.get_by_role("cell").all_inner_texts()
        amounts = [Decimal(text.replace(",", "")) for text in (source, target, difference, others)]
        assert amounts[0] - amounts[1] == amounts[2]
        if in_the_books := amounts[1] + amounts[3]:
            day = datetime.strptime(month, "%B %Y")  # noqa: DTZ007 a month
            shown[f"{day:%Y-%m}", Decimal(rate.removesuffix("%").strip())] = in_the_books
    booked: dict[tuple[str, Decimal], Decimal] = {}
    for expense in company.expenses():
        for line in expense["lines"]:
            key = (expense["date"][:7], Decimal(line["taxRate"]))
            booked[key] = booked.get(key, Decimal(0)) + Decimal(line["grossAmount"])
    assert shown
    assert shown == booked
    assert not barriers(page)
    page.set_viewport_size({"width": 1366, "height": 1600})
    take(page, "checked")


@pytest.mark.parametrize(("locale", "language"), [("en-GB", "en"), ("fr-FR", "fr"), ("de-DE", "de"), ("da-DK", "da")])
def test_it_speaks_the_readers_language(
    books: LocalAirflow, open_context: Callable[..., BrowserContext], locale: str, language: str
) -> None:
    words = json.loads((STATIC / "words" / f"{language}.json").read_text())
    page = open_context(locale=locale).new_page()
    page.goto("/plugin/synchronisation")
    expect(page.get_by_role("link", name=words["accounts.add"])).to_be_visible()
    expect(page.get_by_role("link", name=words["nav.attention"]).first).to_be_visible()
    take(page, f"language-{language}")


def test_a_language_chosen_on_the_page_stays(books: LocalAirflow, page: Page) -> None:
    page.get_by_label("Language").select_option(label="Dansk")
    danish = json.loads((STATIC / "words" / "da.json").read_text())
    expect(page.get_by_role("link", name=danish["accounts.add"])).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name=danish["accounts.add"])).to_be_visible()


def test_accounts_in_many_states_for_the_readme(books: LocalAirflow, page: Page) -> None:
    text = (books.accounts / f"{ACCOUNT}.yaml").read_text()
    name = next(line for line in text.splitlines() if line.startswith("name:"))
    added = {
        "nordlicht-receipts": text.replace(name, "name: Nordlicht ApS, receipts"),
        "hafencafe": text.replace("frequency:", "frequncy:") if "frequency:" in text else text + "frequncy: daily\n",
    }
    for account, content in added.items():
        (books.accounts / f"{account}.yaml").write_text(content)
    books.until(lambda: {f"debitoor__{account}" for account in added} <= books.dag_ids(), "to find the accounts", 60)
    page.set_viewport_size({"width": 1280, "height": 560})
    settled(page, "")
    for state in ("Needs attention", "All well", "Paused", "Broken file"):
        expect(page.get_by_role("table").get_by_text(state, exact=True).first).to_be_visible()
    take(page, "synchronisation")
    for account in added:
        (books.accounts / f"{account}.yaml").unlink()
