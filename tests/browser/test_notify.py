"""Who is notified of failures and decisions is set in the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import take
from tests.browser.test_pages import ACCOUNT, books, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system
__all__ = ["books"]


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_who_is_notified_is_set_in_the_form(
    books: LocalAirflow,
    open_context: Callable[..., BrowserContext],
    barriers: Callable[[Page], list[str]],
    dark: bool,
    narrow: bool,
) -> None:
    file = books.accounts / f"{ACCOUNT}.yaml"
    before = file.read_text()
    page = open_context(dark=dark, narrow=narrow).new_page()
    settled(page, f"/accounts/{ACCOUNT}/edit?step=settings")
    page.get_by_role("button", name="Notifications").click()
    page.get_by_label("Receivers", exact=True).fill("anna@acme.example")
    page.get_by_label("Receivers", exact=True).press("Enter")
    expect(page.get_by_text("Please fill this in.").first).to_be_visible()
    page.get_by_label("Connection", exact=True).fill("mail_acme")
    expect(page.get_by_text("Please fill this in.")).to_have_count(0)
    page.get_by_text("Synchronisations that fail").click()
    page.get_by_label("Language of the messages").select_option("français")
    page.get_by_label("Language of the messages").scroll_into_view_if_needed()
    assert barriers(page) == []
    take(page, f"notify-{'dark' if dark else 'light'}-{'narrow' if narrow else 'wide'}")
    page.get_by_role("button", name="Save", exact=True).click()
    try:
        expect(page.get_by_role("link", name="To the account")).to_be_visible()
        written = file.read_text()
        for line in ("connection: mail_acme", "anna@acme.example", "language: fr", "attention"):
            assert line in written
        assert "failed" not in written
    finally:
        file.write_text(before)
