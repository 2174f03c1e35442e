"""A person keeps filters and chooses columns; both are there at the next visit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from debitoor_provider.messages import words
from tests.browser.conftest import take
from tests.browser.test_pages import ACCOUNT, books, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page, Route

    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system
__all__ = ["books"]


def test_a_filter_is_kept_used_and_forgotten(
    books: LocalAirflow, open_context: Callable[..., BrowserContext], barriers: Callable[[Page], list[str]]
) -> None:
    context = open_context()
    page = context.new_page()
    settled(page, f"/accounts/{ACCOUNT}/documents?state=archived&order=date")
    page.get_by_role("button", name="Save this filter").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("Archived, oldest first")
    assert barriers(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    kept = page.get_by_role("group", name="Saved filters").get_by_role(
        "button", name="Archived, oldest first", exact=True
    )
    expect(kept).to_have_attribute("aria-pressed", "true")
    take(page, "filters-saved")

    later = context.new_page()
    settled(later, "/documents")
    later.get_by_role("button", name="Archived, oldest first", exact=True).click()
    later.wait_for_url("**/documents?state=archived&order=date")
    later.get_by_role("button", name="Forget Archived, oldest first").click()
    expect(later.get_by_role("button", name="Archived, oldest first", exact=True)).to_have_count(0)
    settled(later, "/documents")
    expect(later.get_by_role("group", name="Saved filters")).to_have_count(0)


def test_columns_are_chosen_once(books: LocalAirflow, open_context: Callable[..., BrowserContext]) -> None:
    context = open_context()
    page = context.new_page()
    settled(page, f"/accounts/{ACCOUNT}/documents")
    heads = page.get_by_role("columnheader")
    expect(heads.filter(has_text="Company")).to_be_visible()
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="Company").press("Space")
    take(page, "columns")
    page.keyboard.press("Escape")
    expect(heads.filter(has_text="Company")).to_have_count(0)

    later = context.new_page()
    settled(later, "/documents")
    expect(later.get_by_role("columnheader", name="Date")).to_be_visible()
    expect(later.get_by_role("columnheader", name="Company")).to_have_count(0)


def test_what_the_browser_keeps_may_be_damaged(
    books: LocalAirflow, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context().new_page()
    settled(page, "/documents")
    for name, text in (("filters", "{"), ("hidden.documents", "7")):
        page.evaluate("([name, text]) => localStorage.setItem(`debitoor.${name}`, text)", [name, text])
    settled(page, "/documents")
    expect(page.get_by_role("columnheader", name="Company")).to_be_visible()


def test_a_backfill_can_be_started_only_once_it_is_counted(
    books: LocalAirflow, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context().new_page()
    settled(page, f"/accounts/{ACCOUNT}/documents")
    page.get_by_role("button", name="Backfill").click()
    dialog = page.get_by_role("dialog")
    start = dialog.get_by_role("button", name="Start")
    held: list[Route] = []
    page.route("**/backfill?*", lambda route: held.append(route))
    start.evaluate(
        """(button) => {
            window.offered = 0;
            const look = () => { window.offered += button.disabled ? 0 : 1; };
            new MutationObserver(look).observe(button, { attributes: true });
        }"""
    )
    for label in ("From", "To"):
        dialog.get_by_label(label, exact=True).fill("2026-03-31")
    expect(dialog.get_by_text("Counting")).to_be_visible()
    assert page.evaluate("window.offered") == 0  # not even for a moment
    for route in held:
        route.continue_()
    expect(start).to_be_enabled()


def test_what_was_never_sent_is_not_sent_again(
    books: LocalAirflow, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context().new_page()
    both = ["Send", "Send again"]
    for query, offered in (("state=held&state=rejected", both[:1]), ("state=archived", both[1:]), ("", both)):
        settled(page, f"/accounts/{ACCOUNT}/documents?{query}")
        page.get_by_role("table", name="Documents", exact=True).get_by_role("checkbox").nth(1).press("Space")
        page.get_by_role("button", name="that fit").click()
        actions = page.get_by_role("region", name="Chosen documents")
        for word in both:
            expect(actions.get_by_role("button", name=word, exact=True)).to_have_count(int(word in offered))


def test_the_period_of_a_run_is_said_in_words(books: LocalAirflow, open_context: Callable[..., BrowserContext]) -> None:
    page = open_context(locale="fr-FR").new_page()
    windows = [("2026-01-01", "2026-01-31"), ("2026-02-01", None), (None, "2026-03-31")]

    def answer(route: Route) -> None:
        response = route.fetch()
        (run, *_) = response.json()["runs"]
        runs = [
            run | {"dag_run_id": f"manual__{number}", "window": run["window"] | {"from": first, "to": last}}
            for number, (first, last) in enumerate(windows)
        ]
        route.fulfill(json=response.json() | {"runs": runs})

    page.route("**/debitoor/api/runs?*", answer)
    settled(page, "/runs")
    for text in ("Du 1er janv. 2026 au 31 janv. 2026", "À partir du 1er févr. 2026", "Jusqu\u2019au 31 mars 2026"):
        expect(page.get_by_text(text, exact=True)).to_be_visible()
    take(page, "runs-periods-fr")


def test_a_check_is_offered_to_spreadsheets_and_to_programs(
    books: LocalAirflow, open_context: Callable[..., BrowserContext]
) -> None:
    page, say = open_context(locale="fr-FR").new_page(), words("fr")
    settled(page, f"/accounts/{ACCOUNT}/check")
    page.evaluate("""localStorage.setItem("timezone", '"Asia/Tokyo"')""")
    page.get_by_role("button", name=say["check.start"], exact=True).click()
    for part in ("documents", "sums"):
        table = page.get_by_role("link", name=say[f"check.csv.{part}.spreadsheet"])
        expect(table).to_have_attribute("href", re.compile("form=spreadsheet&language=fr&timezone=Asia%2FTokyo"))
        data = page.get_by_role("link", name=say[f"check.csv.{part}.data"])
        expect(data).to_have_attribute("href", re.compile(r"form=data$"))
    take(page, "check-downloads-fr")
