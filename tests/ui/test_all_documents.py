"""The documents of all accounts as one list, and what of them needs attention."""

from __future__ import annotations

import csv
import io
import threading
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from debitoor_provider.runs.spreadsheets import PROGRAMS
from debitoor_provider.sync.ledger import Ledger, PlannedDocument, State
from debitoor_provider.ui import document_lists
from debitoor_provider.ui.csv_export import rows_of
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.visible_accounts import Accounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient


@pytest.fixture
def shelf(ledger: Ledger, account_file: Callable[..., object]) -> Ledger:
    """Return documents of two accounts, the newest last, and one of an account that has no file any more."""
    account_file("acme", name="Acme & Co")
    account_file("other", name="=Other")

    def enter(account: str, source_id: str, **fields: Any) -> None:
        found = PlannedDocument(source_id, f"{account}:{source_id}", "{}", **fields)
        ledger.plans.enter(account, "export", "r", [found])

    enter("acme", "1", company="Paper", document_date=date(2026, 1, 31), gross_amount=Decimal("1.10"), currency="EUR")
    enter("other", "2", company="Paper", document_date=date(2026, 2, 1), gross_amount=Decimal(20), currency="EUR")
    enter("other", "3", company="Ink", state=State.HELD)
    enter("former", "4", company="Paper")
    return ledger


def listed(client: TestClient, **query: Any) -> list[str]:
    answer = client.get("api/documents", params=query)
    assert answer.status_code == 200, answer.text
    return [document["source_id"] for document in answer.json()["documents"]]


def test_the_documents_of_all_accounts_are_listed_newest_change_first(page, shelf):
    found = page().get("api/documents").json()
    assert [(one["source_id"], one["account"], one["account_name"]) for one in found["documents"]] == [
        ("3", "other", "=Other"),
        ("2", "other", "=Other"),
        ("1", "acme", "Acme & Co"),
    ]
    assert (found["total"], found["states"], found["marks"], found["invoices"]) == (
        3,
        {"planned": 2, "held": 1},
        {},
        {},
    )


@pytest.mark.parametrize(
    "query", [{}, {"state": "held"}, {"from": "2026-02-01", "invoice": "none"}, {"search": "paper"}]
)
def test_a_list_and_its_counts_are_one_view_of_the_ledger(page, shelf, query):
    client = page()
    listed(client)
    engine = opened_ledger()._database.engine
    begun: list[str] = []

    def begin(_: sa.Connection) -> None:
        begun.append(threading.current_thread().name)

    sa.event.listen(engine, "begin", begin)
    try:
        listed(client, **query)
    finally:
        sa.event.remove(engine, "begin", begin)
    aside = [name for name in begun if name.startswith("debitoor-background")]
    assert len(aside) <= 1, "the counts by mark, which run next to it"
    assert len(begun) - len(aside) <= 3, "the accounts, those without a file, and the list"


def test_they_are_narrowed_and_sorted_like_those_of_one_account(page, shelf):
    client = page()
    assert listed(client, account="other") == ["3", "2"]
    assert client.get("api/documents", params={"account": "former"}).status_code == 404, "its file is gone"
    assert listed(client, state="held") == ["3"]
    assert listed(client, search="PAPER") == ["2", "1"]
    assert listed(client, search="paper", state="held") == []
    assert listed(client, **{"from": "2026-02-01"}) == ["2"]
    assert listed(client, order="date") == ["1", "2", "3"]
    assert listed(client, order="-company", limit=1, offset=1) == ["1"]
    assert listed(client, mark="nearest_split") == listed(client, invoice="proven") == []


@pytest.mark.parametrize("path", ["documents", "documents.csv", "documents/sums"])
@pytest.mark.parametrize("query", [{"state": "lost"}, {"from": "2026-02-02", "to": "2026-02-01"}, {"acount": "acme"}])
def test_a_question_that_makes_no_sense_is_refused(page, path, query):
    assert page().get(f"api/{path}", params=query).status_code == 422


def test_the_table_names_the_account_of_each(page, shelf):
    answer = page().get("api/documents.csv", params={"search": "paper"})
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''documents.csv"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["account"], row["account name"], row["document"]) for row in rows] == [
        ("acme", "Acme & Co", "1"),
        ("other", "'=Other", "2"),
    ]
    spreadsheet = page().get("api/documents.csv", params={"form": "spreadsheet", "language": "de"})
    assert spreadsheet.content.decode("utf-8-sig").startswith("Kennung des Kontos;Konto;")


def test_an_account_that_comes_while_a_table_is_written_is_named_by_its_id(shelf):
    ids = [entry.id for entry in shelf.documents.entries("acme")]
    head, *lines = rows_of(shelf, ids, PROGRAMS, {})
    assert "account name" in head
    assert ids
    rows = "".join(lines).splitlines()
    assert len(rows) == len(ids)
    assert all(row.startswith("acme,acme,") for row in rows)


@pytest.mark.parametrize("is_all", [True, False])
def test_who_may_not_see_every_account_is_shown_none_that_comes_later(is_all):
    filters = Accounts({}, {"acme", "bolt"}, {"other"}, is_all=is_all).filters()
    assert filters == ({"except_accounts": {"other"}} if is_all else {"accounts": {"acme", "bolt"}})


def test_sums_are_by_month_and_currency(page, shelf):
    common = {
        "direction": "export",
        "direction_title": "GetMyInvoices → Debitoor",
        "documents": 1,
        "unknown": 0,
        "net": None,
        "tax": None,
    }
    answer = page().get("api/documents/sums", params={"search": "paper"})
    unbooked = {"rate": None, "reverse_charge": False, "documents": 1, "net": None, "tax": None}
    assert answer.json()["sums"] == [
        common | {"month": "2026-02", "currency": "EUR", "gross": "20.00", "rates": [unbooked | {"gross": "20.00"}]},
        common | {"month": "2026-01", "currency": "EUR", "gross": "1.10", "rates": [unbooked | {"gross": "1.10"}]},
    ]
    (one,) = page().get("api/accounts/acme/documents/sums").json()["sums"]
    assert (one["month"], one["gross"]) == ("2026-01", "1.10")


def test_what_needs_attention_is_counted(page, shelf):
    assert page().get("api/attention/count").json()["documents"] == 1
    shelf.documents.ignore(shelf.documents.entries("other"), "user:ada")
    assert page().get("api/attention/count").json()["documents"] == 0


def test_a_text_is_looked_for_in_the_newest_documents_if_that_is_asked(page, shelf, monkeypatch):
    monkeypatch.setattr(document_lists, "NEWEST", 1)
    few = page().get("api/documents", params={"search": "paper", "newest": True}).json()
    assert [one["source_id"] for one in few["documents"]] == ["2"]
    assert few["changed_after"]
    every = page().get("api/documents", params={"search": "paper"}).json()
    assert [one["source_id"] for one in every["documents"]] == ["2", "1"]
    assert every["changed_after"] is None
    assert page().get("api/documents", params={"newest": True}).json()["total"] == 3


@pytest.mark.parametrize("order", ["company", "-company", "number", "-amount", "amount", "-name", "-date"])
def test_the_list_can_be_sorted_by_every_column(page, shelf, order):
    assert set(listed(page(), order=order)) == {"1", "2", "3"}
