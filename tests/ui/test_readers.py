"""Answers are written in the language of the page that asks."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.messages import Message, Reader, words, written_for
from debitoor_provider.sync.ledger import PlannedDocument, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sync.ledger import Ledger

MESSAGE = Message("odd_amount", gross="1234567.5", largest="999999.99")


@pytest.fixture
def held(ledger: Ledger, account_file: Callable[..., object]) -> int:
    """Return a document that waits for a decision."""
    account_file()
    document = PlannedDocument("1", "acme:1", "{}", state=State.HELD, message=MESSAGE)
    ledger.plans.enter("acme", "export", "debitoor__acme/manual__1", [document])
    return ledger.documents.known("acme", "export", ["1"])["1"].id


@pytest.mark.parametrize(
    ("language", "amount"),
    [
        ("en", "1,234,567.50"),
        ("fr", "1\u202f234\u202f567,50"),
        ("de", "1.234.567,50"),
        ("da", "1.234.567,50"),
    ],
)
def test_a_reason_is_written_in_the_language_of_the_page(page, held, language, amount):
    answer = page().get(f"api/accounts/acme/documents/{held}", headers={"Accept-Language": language}).json()
    with written_for(Reader(language, page=True)):
        assert (answer["reason"], answer["remedy"]) == (MESSAGE.text(), MESSAGE.remedy())
    assert amount in answer["reason"]
    assert words(language)["documents.do.mark_moved"] in answer["remedy"]


def test_a_script_gets_what_the_log_gets(page, held):
    answer = page().get(f"api/accounts/acme/documents/{held}").json()
    assert "1234567.5" in answer["reason"]


def test_a_refusal_is_written_in_the_language_of_the_page(page):
    answer = page().get("api/accounts/nobody", headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert answer.status_code == 404
    assert answer.json()["detail"] == "Ein Konto nobody gibt es nicht."


def test_a_download_names_its_language_in_its_address(page, held):
    query = {"form": "spreadsheet", "language": "fr"}
    text = page().get("api/accounts/acme/documents.csv", params=query).content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert row[words("fr")["documents.state"]] == words("fr")["state.held"]
    assert "\u202f" in row[words("fr")["documents.why"]]


def test_a_spreadsheet_has_the_times_of_the_readers_zone(page, held):
    moments = {}
    for zone in ("UTC", "Asia/Tokyo"):
        query = {"form": "spreadsheet", "language": "en", "timezone": zone}
        text = page().get("api/accounts/acme/documents.csv", params=query).content.decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(text))
        moments[zone] = datetime.fromisoformat(row[f"{words('en')['documents.changed']} ({zone})"])
    assert moments["Asia/Tokyo"] - moments["UTC"] == timedelta(hours=9)


def test_a_spreadsheet_of_no_time_zone_is_refused(page, held):
    query = {"form": "spreadsheet", "timezone": "Europe/Nowhere"}
    answer = page().get("api/accounts/acme/documents.csv", params=query)
    assert answer.status_code == 422
    assert "time zone" in answer.text


def test_what_programs_get_is_the_same_for_everybody(page, held):
    answers = {
        page().get("api/accounts/acme/documents.csv", headers={"Accept-Language": language}).text.splitlines()[0]
        for language in ("fr", "en")
    }
    assert len(answers) == 1
