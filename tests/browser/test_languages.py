"""No English on a French, German or Danish page, least of all where something is wrong; and it fits a narrow screen."""

from __future__ import annotations

from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from debitoor_provider.messages import Message, words
from debitoor_provider.messages.catalogue import entries
from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger import Ledger, PlannedDocument, Run, State
from tests.browser.conftest import take
from tests.browser.looks import cut, faint, narrow
from tests.browser.test_pages import ACCOUNT, PLACES, books, settled
from tests.messages.english import SENTENCES, english_in
from tests.messages.places import parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page

    from demo.airflow import LocalAirflow

pytestmark = [pytest.mark.system, pytest.mark.takes(60)]
__all__ = ["books"]

LOCALES = {"fr": "fr-FR", "de": "de-DE", "da": "da-DK"}
EVERYTHING = "every-reason"


def english_on(page: Page, language: str, *, has_data: bool = True) -> set[str]:
    """Return the English words that are to be read on the page, or heard from it.

    :param has_data: whether names of files and documents are among what the page says, which may be English
    """
    text = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=synchronisation], [role=dialog]')].map((root) =>
            [...root.querySelectorAll('*')].filter((one) => !one.closest('pre, code')).map((one) =>
                [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join(' ')).join(' ')
            + ' ' + [...root.querySelectorAll('[aria-label], [title], [placeholder]')].map((one) =>
                ['aria-label', 'title', 'placeholder'].map((name) => one.getAttribute(name) ?? '').join(' ')).join(' ')
        ).join(' ')"""
    )
    found = english_in(text, language)
    return found & SENTENCES if has_data else found


def other_looks(page: Page, name: str = "") -> list[str]:
    """Return what is wrong with an open page on a narrow screen and, if it gets a picture, in the dark.

    :param name: of the picture; for parts that no page before had
    """
    with narrow(page, is_dark=bool(name)):
        if not name:
            return cut(page)
        take(page, f"{name}-dark-narrow")
        return [*cut(page), *faint(page)]


def everything_that_can_be_said() -> Iterator[Message]:
    """Return every sentence that the ledger can hold, with amounts, names and countries put in."""
    for code in entries("en"):
        yield Message(code, **dict.fromkeys(parameters_of(code), "7") | {"count": 2})


def ledger_of(books: LocalAirflow) -> Ledger:
    """Open the ledger of an Airflow."""
    return Ledger.open(f"sqlite:///{books.home / 'debitoor_ledger.db'}")


@pytest.fixture(scope="module")
def reasons(books: LocalAirflow) -> str:
    """Return an account whose documents have every reason that there is."""
    text = (books.accounts / f"{ACCOUNT}.yaml").read_text()
    (books.accounts / f"{EVERYTHING}.yaml").write_text(text)
    books.until(lambda: f"debitoor__{EVERYTHING}" in books.dag_ids(), "to find the account", 60)
    ledger = ledger_of(books)
    numbers, run_id = count(1), f"debitoor__{EVERYTHING}/manual__0"
    planned = [
        PlannedDocument(f"{next(numbers)}", f"{EVERYTHING}:{message.code}", "{}", state=State.HELD, message=message)
        for message in everything_that_can_be_said()
    ]
    ledger.plans.enter(EVERYTHING, "export", run_id, planned)
    return EVERYTHING


@pytest.mark.parametrize("language", LOCALES)
def test_every_place_is_in_the_readers_language(
    books: LocalAirflow, open_context: Callable[..., BrowserContext], language: str
) -> None:
    page = open_context(locale=LOCALES[language]).new_page()
    found: dict[str, set[str]] = {}
    looks: dict[str, list[str]] = {}
    for name, place in PLACES.items():
        settled(page, place)
        take(page, f"{language}-{name}")
        found[name] = english_on(page, language)
        looks[name] = other_looks(page, f"{language}-{name}")
    settled(page, f"/accounts/{ACCOUNT}/documents")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("dialog").get_by_text(words(language)["history.title"])).to_be_visible()
    take(page, f"{language}-document")
    found["document"] = english_on(page, language)
    looks["document"] = other_looks(page, f"{language}-document")
    assert not {name: english for name, english in found.items() if english}
    assert not {name: faults for name, faults in looks.items() if faults}


@pytest.mark.parametrize("language", LOCALES)
def test_every_reason_is_in_the_readers_language(
    reasons: str, open_context: Callable[..., BrowserContext], language: str
) -> None:
    page = open_context(locale=LOCALES[language]).new_page()
    found: set[str] = set()
    looks: list[str] = []
    pages = len(entries("en")) // 50 + 1
    for number in range(1, pages + 1):
        settled(page, f"/accounts/{reasons}/documents?page={number}")
        found |= english_on(page, language, has_data=False)
        looks += other_looks(page, f"{language}-reasons" if number == 1 else "")
    take(page, f"{language}-reasons")
    assert (found, looks) == (set(), [])


@pytest.mark.parametrize("language", LOCALES)
def test_every_error_of_a_run_is_in_the_readers_language(
    reasons: str, books: LocalAirflow, open_context: Callable[..., BrowserContext], language: str
) -> None:
    """Each is tried in one language, in turn."""
    page = open_context(locale=LOCALES[language]).new_page()
    messages = [*everything_that_can_be_said()][list(LOCALES).index(language) :: len(LOCALES)]
    found: set[str] = set()
    looks: list[str] = []
    with closing(ledger_of(books)) as ledger:
        for number, some in enumerate(chunks(messages, 50)):  # as many as the list shows
            for message in some:
                id_ = f"debitoor__{reasons}/manual__{message.code}"
                ledger.runs.start(Run(id_, reasons, "export", "manual"))
                ledger.runs.finish(id_, counts={"held": 1}, verdict="failed", message=message)
            settled(page, f"/accounts/{reasons}/runs")
            expect(page.get_by_role("row")).to_have_count(51)
            found |= english_on(page, language, has_data=False)
            take(page, f"{language}-run-errors")
            looks += other_looks(page, f"{language}-run-errors" if number == 0 else "")
    assert (found, looks) == (set(), [])


@pytest.mark.parametrize("language", LOCALES)
def test_what_a_person_enters_wrong_is_said_in_their_language(
    books: LocalAirflow, open_context: Callable[..., BrowserContext], language: str
) -> None:
    page = open_context(locale=LOCALES[language]).new_page()
    say = words(language)
    settled(page, f"/accounts/{ACCOUNT}/edit?step=account")
    page.get_by_label(say["field.name"]).first.fill("")
    page.get_by_label(say["field.debitoor_id"]).first.fill("nobody")
    page.get_by_role("button", name=say["wizard.next"]).click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    take(page, f"{language}-form")
    found = english_on(page, language)
    looks = other_looks(page, f"{language}-form")
    (books.accounts / "broken.yaml").write_text("type: export\nname: [Broken\ndebitor_id: 7\n")
    settled(page, "/accounts/broken/settings")
    take(page, f"{language}-broken")
    found |= english_on(page, language)
    looks += other_looks(page, f"{language}-broken")
    (books.accounts / "broken.yaml").unlink()
    page.goto("/debitoor/oauth/callback?error=access_denied&state=unknown")
    heading = page.get_by_role("heading").inner_text()
    assert heading == entries(language)["consent_failed_title"]["text"]
    assert not english_in(page.inner_text("main"), language)
    assert (found, looks) == (set(), [])
