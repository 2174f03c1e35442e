from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Ledger, PlannedDocument, Run, State, searches
from debitoor_provider.ui import document_lists

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient


@pytest.fixture
def desk(ledger: Ledger, account_file: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Return held and rejected documents of two accounts, the newest last, among others."""
    account_file("acme", name="Acme & Co")
    account_file("other")
    moments = (datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number) for number in range(99))
    monkeypatch.setattr(ledger.runs._clock, "now", lambda: next(moments))

    def enter(account: str, source_id: str, state: State, code: str = "", **fields: Any) -> None:
        reason, name = why(code) if code else None, f"scan-{source_id}.pdf"
        found = PlannedDocument(source_id, f"{account}:{source_id}", "{}", state, reason, name)
        ledger.plans.enter(account, "export", "r", [found])

    enter("acme", "1", State.HELD, "foreign_currency")
    enter("acme", "2", State.PLANNED)
    enter("other", "3", State.REJECTED, "empty_file")
    enter("other", "4", State.WAITING, "not_approved")
    enter("other", "5", State.HELD, "foreign_currency")
    return ledger


def why(code: str) -> Message:
    """Return the reason of a document, as a run would enter it."""
    return Message(code, currency="USD", books="EUR")


def listed(client: TestClient, **query: Any) -> list[str]:
    answer = client.get("api/attention", params=query)
    assert answer.status_code == 200, answer.text
    return [document["source_id"] for document in answer.json()["documents"]]


def test_what_is_held_or_rejected_is_listed_newest_first_with_its_account(page, desk):
    found = page().get("api/attention").json()
    assert [document["source_id"] for document in found["documents"]] == ["5", "3", "1"]
    assert (found["total"], found["codes"]) == (3, {"foreign_currency": 2, "empty_file": 1})
    last = found["documents"][-1]
    assert (last["account"], last["account_name"], last["reason"], last["remedy"], last["actions"]) == (
        "acme",
        "Acme & Co",
        why("foreign_currency").text(),
        why("foreign_currency").remedy(),
        ["send", "mark_moved", "ignore"],
    )


def test_who_may_not_edit_an_account_is_offered_nothing(page, desk):
    found = page("viewer").get("api/attention").json()["documents"]
    assert [document["actions"] for document in found] == [[], [], []]


def test_it_is_narrowed(page, desk):
    client = page()
    assert listed(client, account="other") == ["5", "3"]
    assert listed(client, code="empty_file") == ["3"]
    assert listed(client, search="5") == ["5"]
    assert listed(client, limit=1, offset=1) == ["3"]


def test_all_reasons_are_counted_whichever_is_chosen(page, desk):
    found = page().get("api/attention", params={"code": "empty_file"}).json()
    assert (found["total"], found["codes"]) == (1, {"foreign_currency": 2, "empty_file": 1})
    found = page().get("api/attention", params={"code": "never_heard_of"}).json()
    assert (found["total"], found["documents"]) == (0, [])


def test_a_text_is_looked_for_in_the_newest_documents_if_that_is_asked(page, desk, monkeypatch):
    monkeypatch.setattr(document_lists, "NEWEST", 1)
    few = page().get("api/attention", params={"search": "scan", "newest": True}).json()
    assert [one["source_id"] for one in few["documents"]] == [
        "5",
        "3",
    ]  # of two, since those that need nothing do not count
    assert (few["total"], few["codes"]) == (2, {"foreign_currency": 1, "empty_file": 1})
    assert few["changed_after"]
    every = page().get("api/attention", params={"search": "o"}).json()
    assert every["changed_after"] is None
    assert page().get("api/attention", params={"newest": True}).json()["total"] == 3


@pytest.mark.parametrize("few", [2_000, 1], ids=["few have it", "very many have it"])
def test_a_text_narrows_reasons_and_pages_alike(page, desk, few, monkeypatch):
    monkeypatch.setattr(searches, "_FEW", few)
    client = page()
    found = client.get("api/attention", params={"search": "scan", "code": "foreign_currency"}).json()
    assert (found["total"], found["codes"]) == (2, {"foreign_currency": 2, "empty_file": 1})
    assert listed(client, search="scan", code="foreign_currency") == ["5", "1"]
    assert listed(client, search="scan", limit=1, offset=1) == ["3"]
    assert listed(client, search="scan", account="other") == ["5", "3"]


def test_a_resolved_document_is_not_listed(page, desk):
    desk.documents.ignore(desk.documents.entries("other"), "user:ada")
    assert listed(page()) == ["1"]


def test_an_account_without_a_file_needs_no_attention(page, desk, accounts):
    (accounts / "other.yaml").unlink()
    assert listed(page()) == ["1"]


@pytest.fixture
def fileless(desk, accounts):
    """Let a hand-written DAG move the documents of an account that has no file."""
    (accounts / "other.yaml").unlink()
    desk.runs.start(Run("anybodys/r#other", "other", "export", "manual"))
    return desk


def test_the_account_of_a_dag_without_a_file_needs_attention_as_any_other(page, fileless):
    client = page()
    assert listed(client) == ["5", "3", "1"]
    assert listed(client, account="other") == ["5", "3"]
    found = client.get("api/attention").json()["documents"][0]
    assert (found["account_name"], found["actions"]) == ("other", ["send", "mark_moved", "ignore"])
    assert client.get("api/attention/count").json()["documents"] == 3
    assert client.get("api/documents", params={"state": "held"}).json()["total"] == 2
    assert "other" in client.get("api/documents.csv").text
    assert page("viewer").get("api/attention/count").json()["documents"] == 3


def test_it_is_shown_while_its_last_run_is_one_of_such_a_dag(page, fileless):
    fileless.runs.start(Run("debitoor__other/r", "other", "export", "manual"))
    assert listed(page()) == ["1"]
