"""What happens between a look at the page and a click, and while an answer is on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import ACCOUNT, books, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page, Route

    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system
__all__ = ["books"]

_SEEN_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"


def changed(page: Page, path: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Let the server's answers say something else."""

    def answer(route: Route) -> None:
        response = route.fetch()
        found = response.json()
        change(found)
        route.fulfill(response=response, json=found)

    page.route(path, answer)


@pytest.mark.parametrize("place", [f"/accounts/{ACCOUNT}/documents?state=held&state=rejected", "/attention"])
def test_what_a_run_takes_while_a_reason_is_typed_is_chosen_no_more(
    books: LocalAirflow, open_context: Callable[..., BrowserContext], place: str
) -> None:
    page = open_context().new_page()
    settled(page, place)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/actions") else None)
    ticks = page.get_by_role("table", name="Documents", exact=True).get_by_role("checkbox")
    before = ticks.count()
    for number in (1, 2):
        ticks.nth(number).press("Space")
    page.get_by_role("region", name="Chosen documents").get_by_role("button", name="Send", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("agreed")
    expect(dialog.get_by_role("button", name="Confirm for 2 documents")).to_be_enabled()

    def take_first(found: dict[str, Any]) -> None:
        found["documents"].pop(0)

    pattern = "**/debitoor/api/attention?*" if place == "/attention" else "**/documents?*"
    changed(page, pattern, take_first)
    page.evaluate(_SEEN_AGAIN)
    expect(dialog.get_by_role("button", name="Confirm for one document")).to_be_enabled()
    changed(page, pattern, lambda found: found["documents"].clear())
    page.evaluate(_SEEN_AGAIN)
    expect(dialog).to_have_count(0)
    page.unroute(pattern)
    page.evaluate(_SEEN_AGAIN)
    expect(ticks).to_have_count(before)
    expect(page.get_by_role("region", name="Chosen documents")).to_have_count(0)
    assert sent == []


def test_a_slow_list_arrives(books: LocalAirflow, open_context: Callable[..., BrowserContext]) -> None:
    page = open_context().new_page()
    page.clock.install()
    settled(page, "")
    held: list[Route] = []
    page.route("**/debitoor/api/accounts?*", lambda route: held.append(route))
    page.clock.run_for(6_000)
    page.clock.run_for(60_000)
    page.title()  # until its answer is there, what came before has been handled
    assert len(held) == 1
    answer = held[0].fetch()
    found = answer.json()
    found["accounts"][0]["name"] = "Come at last"
    held[0].fulfill(response=answer, json=found)
    expect(page.get_by_role("link", name="Come at last", exact=True)).to_be_visible()
    with page.expect_request("**/debitoor/api/accounts?*"):
        page.evaluate(_SEEN_AGAIN)
    page.unroute_all(behavior="ignoreErrors")


def test_a_refusal_is_only_a_conflict_if_somebody_else_saved(
    books: LocalAirflow, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context().new_page()
    settled(page, f"/accounts/{ACCOUNT}/edit?step=account")
    page.get_by_label("Account name").fill("Another name")
    refusal = {"detail": "acme.yaml is a link to a file elsewhere.", "remedy": "Change that one."}

    def refuse(route: Route) -> None:
        if route.request.method == "PUT":
            route.fulfill(status=409, json=refusal)
        else:
            route.continue_()

    page.route(f"**/debitoor/api/accounts/{ACCOUNT}", refuse)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(refusal["detail"])).to_be_visible()
    expect(page.get_by_text(refusal["remedy"])).to_be_visible()
    expect(page.get_by_role("alertdialog")).to_have_count(0)


def test_missing_documents_are_sent_by_one_run_however_often_it_is_pressed(
    books: LocalAirflow, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context().new_page()
    settled(page, f"/accounts/{ACCOUNT}/check")

    def miss_one(found: dict[str, Any]) -> None:
        found["documents"][0] |= {"is_missing": True, "entry_id": None}

    changed(page, "**/check", miss_one)
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_role("button", name="Send").click()
    held: list[Route] = []
    page.route("**/dagRuns*", lambda route: held.append(route))
    send = page.get_by_role("dialog").get_by_role("button").nth(1)
    expect(send).to_have_text("Send")
    for _ in range(2):
        send.evaluate("button => button.click()")
    expect(send).to_be_disabled()
    assert len(held) == 1
    held[0].fulfill(json={})
    expect(page.get_by_role("dialog")).to_have_count(0)
