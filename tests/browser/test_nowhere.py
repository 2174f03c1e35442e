"""An address that leads to nothing says so, and leads back: in each language, readable for everybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import take
from tests.browser.test_pages import settled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page

    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system
ACCOUNT = """\
type: export
name: Nowhere GmbH
debitoor_id: nobody@nowhere.example
frequency: manual
connections: {getmyinvoices: gmi_nowhere, debitoor: debitoor_nowhere}
"""
NOTHING = {
    "en-GB": "There is nothing at this address.",
    "de-DE": "Unter dieser Adresse ist nichts.",
    "fr-FR": "Il n\N{RIGHT SINGLE QUOTATION MARK}y a rien à cette adresse.",
    "da-DK": "Der er intet på denne adresse.",
}


@pytest.fixture
def account(airflow: LocalAirflow) -> Iterator[str]:
    """Write an account that no run needs."""
    file = airflow.accounts / "nowhere-receipts.yaml"
    file.write_text(ACCOUNT)
    yield file.stem
    file.unlink()


@pytest.mark.parametrize("place", ["/documnets", "/accounts", "/new/account", "/runs/7"])
def test_a_mistyped_address_leads_to_the_accounts(page: Page, place: str) -> None:
    settled(page, place)
    expect(page.get_by_text(NOTHING["en-GB"])).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="All accounts").click()
    expect(page).to_have_url(re.compile("/synchronisation$"))


@pytest.mark.parametrize("tab", ["documnets", "documents2", "documents/1/2", "runs/7"])
def test_a_mistyped_tab_leads_to_the_account(page: Page, account: str, tab: str) -> None:
    settled(page, f"/accounts/{account}/{tab}")
    expect(page.get_by_text(NOTHING["en-GB"])).to_be_visible()
    page.get_by_role("link", name="Nowhere GmbH").click()
    expect(page.get_by_role("tab", name="Documents", selected=True)).to_be_visible()
    expect(page.get_by_text(NOTHING["en-GB"])).to_have_count(0)


@pytest.mark.parametrize("rest", ["", "/runs", "/edit"])
def test_a_mistyped_account_is_named_with_the_nearest_one(page: Page, account: str, rest: str) -> None:
    settled(page, f"/accounts/nowhere-reciepts{rest}")
    expect(page.get_by_text("There is no account nowhere-reciepts.")).to_be_visible()
    expect(page.get_by_text(f"Did you mean {account}?")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    page.get_by_role("main").get_by_role("link", name="All accounts").click()
    expect(page.get_by_role("link", name="Nowhere GmbH")).to_be_visible()


@pytest.mark.parametrize("place", ["/documents", "/attention"])
def test_a_list_of_an_account_that_there_is_not_says_so(page: Page, account: str, place: str) -> None:
    settled(page, f"{place}?account=nowhere-reciepts")
    expect(page.get_by_role("alert").filter(has_text="There is no account nowhere-reciepts.")).to_be_visible()


@pytest.mark.parametrize("language", NOTHING)
def test_it_is_accessible_in_each_language(
    open_context: Callable[..., BrowserContext], barriers: Callable[[Page], list[str]], account: str, language: str
) -> None:
    opened = open_context(locale=language, narrow=language == "de-DE").new_page()
    for number, place in enumerate(("/nothing", f"/accounts/{account}/nothing")):
        opened.goto(f"/plugin/synchronisation{place}")
        expect(opened.get_by_text(NOTHING[language])).to_be_visible()
        take(opened, f"nowhere-{language[:2]}-{number}")
        assert barriers(opened) == []
