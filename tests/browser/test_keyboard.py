"""A new account by the keyboard alone, and its dialogs; each of them is accessible.

The tests follow each other on one account.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import take
from tests.browser.test_limits import arrive
from tests.browser.test_pages import settled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Locator, Page

    from debitoor_provider.sandbox.client import CompanyAdmin
    from demo.airflow import LocalAirflow

pytestmark = [pytest.mark.system, pytest.mark.takes(60)]

NAME, ACCOUNT = "Keys, receipts", "keys-receipts"
RUNNING = {
    "dag_run_id": "manual__1",
    "state": "running",
    "kind": "manual",
    "started_at": None,
    "finished_at": None,
    "moved": 0,
    "error": "",
    "service": "",
}
MOST = 150
"""Presses of Tab, Airflow's own navigation included."""


@pytest.fixture(scope="module", autouse=True)
def account(airflow: LocalAirflow, company: CompanyAdmin) -> Iterator[None]:
    """Let documents arrive, since other tests may have sent what was there; take the account away again."""
    arrive(company, "KEYS", "Keys Ltd")
    yield
    (airflow.accounts / f"{ACCOUNT}.yaml").unlink(missing_ok=True)


def reach(page: Page, there: Locator) -> None:
    """Press Tab until something has the focus."""
    there.wait_for(state="attached")
    for _ in range(MOST):
        if there.evaluate_all("all => all.includes(document.activeElement)"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {there}")


def press(page: Page, button: str, key: str = "Enter") -> None:
    reach(page, page.get_by_role("button", name=button, exact=True))
    page.keyboard.press(key)


def fill(page: Page, label: str, text: str) -> None:
    reach(page, page.get_by_label(label).and_(page.locator("input, textarea")))
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def go_on(page: Page, step: str) -> None:
    press(page, "Next")
    expect(page.get_by_role("heading", name=re.compile(rf"\d: {step}$"))).to_be_focused()


def make_new(page: Page) -> None:
    """Choose to make a new connection, also where there are some."""
    if page.get_by_role("radio", name="Make a new connection").is_checked():
        return
    reach(page, page.get_by_role("radio", name="Use an existing connection"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Make a new connection")).to_be_checked()


def test_an_account_is_added_by_the_keyboard_alone(
    page: Page, company: CompanyAdmin, airflow: LocalAirflow, barriers: Callable[[Page], list[str]]
) -> None:
    found: dict[str, list[str]] = {}

    def judge(step: str) -> None:
        take(page, f"keyboard-{step}")
        found[step] = barriers(page)

    settled(page, "/new")
    reach(page, page.get_by_role("radio", name=re.compile("Export")))
    page.keyboard.press("Space")
    judge("direction")
    go_on(page, "Settings")
    reach(page, page.get_by_label("Frequency", exact=True))
    page.keyboard.press("ArrowDown")  # from every day to every week
    reach(page, page.get_by_role("checkbox", name="Monday"))
    page.keyboard.press("Space")
    reach(page, page.get_by_label("Archive after transfer").and_(page.locator("input")))
    page.keyboard.press("Space")
    press(page, "Special cases")
    fill(page, "Other rates to book", "16,34")
    page.keyboard.press("Enter")
    page.keyboard.type("19.5")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Remove 19.5")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("list", name="Other rates to book").get_by_role("listitem")).to_have_text(["16.34"])
    judge("settings")
    go_on(page, "GetMyInvoices")
    make_new(page)
    fill(page, "API key", company.gmi_api_key)
    judge("getmyinvoices")
    go_on(page, "Debitoor")
    make_new(page)
    judge("debitoor")
    press(page, "Authorise")
    page.wait_for_url(re.compile("/login/oauth2/authorize"))
    press(page, "Allow")
    page.wait_for_url(re.compile("/plugin/synchronisation/new"))
    expect(page.get_by_role("status").filter(has_text=company.debitoor_email)).to_be_visible()
    judge("authorised")
    go_on(page, "Account")
    fill(page, "Account name", NAME)
    press(page, "Add Tags")
    press(page, "Move Tags up", "Space")
    expect(page.get_by_text(re.compile(r"\d{4}.+\.pdf|\.pdf")).first).to_be_visible()
    judge("account")
    go_on(page, "Preview")
    expect(page.get_by_role("status").filter(has_text="To send")).to_be_visible()
    judge("preview")
    press(page, "Show the file")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("pre")).to_contain_text("accept_rates: [16.34]")
    judge("file")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Show the file")).to_be_focused()
    press(page, "Save")
    expect(page.get_by_role("button", name="Start now")).to_be_visible(timeout=90_000)
    judge("saved")
    text = (airflow.accounts / f"{ACCOUNT}.yaml").read_text()
    for line in ("frequency: weekly", "days: [monday]", "archive_after_transfer: true", "accept_rates: [16.34]"):
        assert line in text
    assert found == {step: [] for step in found}


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_form_and_its_dialogs_are_accessible(
    open_context: Callable[..., BrowserContext], barriers: Callable[[Page], list[str]], dark: bool, narrow: bool
) -> None:
    page = open_context(dark=dark, narrow=narrow).new_page()
    found: dict[str, list[str]] = {}
    look = f"{'dark' if dark else 'light'}-{'narrow' if narrow else 'wide'}"
    for step in ("direction", "settings", "getmyinvoices", "debitoor", "account", "preview"):
        settled(page, f"/accounts/{ACCOUNT}/edit?step={step}")
        take(page, f"form-{step}-{look}")
        found[step] = barriers(page)
    address = f"/debitoor/api/accounts/{ACCOUNT}"
    running = page.request.get(address).json() | {"state": "running", "last_run": RUNNING}
    page.route(f"**{address}", lambda route: route.fulfill(json=running))
    settled(page, f"/accounts/{ACCOUNT}/documents")
    for action in ("Backfill", "Dry run", "Stop", "Remove"):
        press(page, action)
        expect(page.get_by_role("dialog").or_(page.get_by_role("alertdialog"))).to_be_visible()
        take(page, f"dialog-{action.lower().replace(' ', '-')}-{look}")
        found[action] = barriers(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name=action, exact=True)).to_be_focused()
    assert found == {name: [] for name in found}
