"""Several people at the same time, and what waits for any of them."""

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


def _runs(page: Page) -> int:
    count: int = page.evaluate(
        "id => fetch(`/api/v2/dags/debitoor__${id}/dagRuns?limit=1`).then(answer => answer.json())"
        ".then(({ total_entries }) => total_entries)",
        ACCOUNT,
    )
    return count


def test_two_who_press_sync_now_at_the_same_time_start_one_run(
    books: LocalAirflow, open_context: Callable[..., BrowserContext]
) -> None:
    pages = [open_context().new_page() for _ in range(2)]
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST":
            held.append(route)
        else:
            route.continue_()

    for page in pages:
        settled(page, f"/accounts/{ACCOUNT}/documents")
        page.route("**/dagRuns*", hold)
    before = _runs(pages[0])
    for page in pages:
        with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/dagRuns")):
            page.get_by_role("button", name="Sync now").click()
        page.title()  # until its answer is there, what came before has been handled
    assert len(held) == 2  # both have looked, and seen none under way
    for page, route, answer in zip(pages, held, ("a run was started.", "no other was started."), strict=True):
        route.continue_()
        expect(page.get_by_text(answer)).to_be_visible()
    assert _runs(pages[0]) == before + 1

    pages[0].unroute("**/dagRuns*")
    books.until(lambda: books.finished([f"debitoor__{ACCOUNT}"]), "to finish the run", 120)
    pages[0].reload()
    pages[0].get_by_role("button", name="Sync now").click()
    expect(pages[0].get_by_text("a run was started.")).to_be_visible()
    assert _runs(pages[0]) == before + 2


@pytest.mark.parametrize(("locale", "language"), [("en-GB", "en"), ("fr-FR", "fr")])
def test_an_account_that_needs_a_person_is_counted_and_listed(
    books: LocalAirflow,
    open_context: Callable[..., BrowserContext],
    barriers: Callable[[Page], list[str]],
    locale: str,
    language: str,
) -> None:
    say, page = words(language), open_context(locale=locale).new_page()
    file = books.accounts / "in-need.yaml"
    file.write_text("type: export\nname: [Broken\n")
    try:
        settled(page, "/attention")
        one = say["nav.attentionAccounts_one"].format(count=1)
        places = page.get_by_role("navigation", name=say["title"])
        expect(places.get_by_role("link", name=re.compile(rf"^{say['nav.attention']}.*{one}$"))).to_be_visible()
        item = page.get_by_role("list", name=say["attention.accounts"]).get_by_role("listitem")
        expect(item).to_contain_text("in-need.yaml")
        expect(item.get_by_text(say["state.broken"], exact=True)).to_be_visible()
        take(page, f"attention-accounts-{language}")
        assert barriers(page) == []
        item.get_by_role("link", name=say["account.help.problems"]).click()
        expect(page).to_have_url(re.compile(r"/accounts/in-need/settings$"))
    finally:
        file.unlink()
    settled(page, "/attention")
    expect(page.get_by_role("list", name=say["attention.accounts"])).to_have_count(0)
