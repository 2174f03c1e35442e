"""The documents of all accounts as one list, their sums, and how many need attention."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import take
from tests.browser.test_pages import books, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system
__all__ = ["books"]


def test_documents_of_all_accounts_are_found_summed_and_opened(
    books: LocalAirflow, page: Page, barriers: Callable[[Page], list[str]]
) -> None:
    settled(page, "")
    places = page.get_by_role("navigation", name="Synchronisation")
    expect(
        places.get_by_role("link", name=re.compile(r"^Needs attention\s*: (one document|\d+ documents)$"))
    ).to_be_visible()

    places.get_by_role("link", name="Documents", exact=True).click()
    table = page.get_by_role("table", name="Documents", exact=True)
    expect(table.get_by_role("columnheader", name="Account")).to_be_visible()
    options = page.get_by_label("Account", exact=True).locator("option")
    expect(options).to_have_count(3)  # all, receipts and sales

    page.get_by_role("button", name="Sums").click()
    sums = page.get_by_role("table", name="Sums")
    expect(sums.get_by_role("columnheader", name="Direction")).to_be_visible()
    expect(sums.get_by_role("cell", name=re.compile(r"\d\.\d\d EUR")).first).to_be_visible()
    for heading in ("Tax rate", "Net", "Tax", "Gross"):
        expect(sums.get_by_role("columnheader", name=heading, exact=True)).to_be_visible()
    at_19 = sums.get_by_role("row").filter(has=page.get_by_role("cell", name="19 %", exact=True)).first
    expect(at_19.get_by_role("cell", name=re.compile(r"\d\.\d\d EUR"))).to_have_count(3)
    assert barriers(page) == []

    page.get_by_label("Search documents").fill("nothing like this")
    expect(page.get_by_text("No document fits.")).to_be_visible()
    page.get_by_label("Search documents").fill("")
    row = table.get_by_role("row").nth(1)
    account = row.get_by_role("link").first.inner_text()
    row.get_by_role("link").nth(1).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/accounts/[^/]+/documents/\d+$"))
    expect(page.get_by_role("heading", level=2, name=account, include_hidden=True).first).to_be_attached()


_SCROLLING = """sums => {
    const all = [...sums.querySelectorAll("*")];
    for (let around = sums; around; around = around.parentElement) all.push(around);
    const scrolls = one => ["auto", "scroll"].includes(getComputedStyle(one).overflowX);
    return all.some(one => one.scrollWidth > one.clientWidth && scrolls(one));
}"""


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_unfolded_sums_are_accessible_and_fit(
    books: LocalAirflow,
    open_context: Callable[..., BrowserContext],
    barriers: Callable[[Page], list[str]],
    dark: bool,
    narrow: bool,
) -> None:
    page = open_context(dark=dark, narrow=narrow).new_page()
    settled(page, "/documents")
    page.get_by_role("button", name="Sums").click()
    sums = page.get_by_role("list" if narrow else "table", name="Sums")
    expect(sums).to_be_visible()
    for heading in ("Net", "Tax", "Gross", "Documents"):
        expect(sums.get_by_text(heading, exact=True).first).to_be_visible()
    expect(sums.get_by_text("19 %").first).to_be_visible()
    assert not (narrow and sums.evaluate(_SCROLLING)), "it scrolls sideways"
    take(page, f"all-documents-{'dark' if dark else 'light'}-{'narrow' if narrow else 'wide'}")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
