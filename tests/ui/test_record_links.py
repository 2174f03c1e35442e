"""Links from a document to its records in the services' web applications."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.sync.ledger import Ledger, PlannedDocument
from debitoor_provider.ui import connections, record_links

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

SALE = "59f0c1d2e3a4b5c6d7e8f901"


@pytest.fixture(autouse=True)
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set the extras of the account's connections."""
    record_links._KEPT.clear()

    def extras(**by_connection: dict[str, Any]) -> None:
        for name, extra in by_connection.items():
            kind = "getmyinvoices" if name == "gmi" else "debitoor"
            known = json.dumps({"conn_type": kind, "password": "secret", "extra": extra})
            monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", known)

    return extras


@pytest.fixture
def links(page: Callable[..., TestClient], ledger: Ledger) -> Callable[..., tuple[str | None, str | None]]:
    """Return where a document leads to that is at both services."""

    def of(direction: str = "export", source_id: str = "4711", target_id: str | None = "e1") -> tuple[Any, Any]:
        ledger.plans.enter("acme", direction, "debitoor__acme/1", [PlannedDocument(source_id, f"k:{source_id}", "{}")])
        entries = ledger.documents.entries("acme")
        if target_id:
            entries = ledger.documents.mark_moved(entries, "user:ada", target_id=target_id)
        found = page().get(f"api/accounts/acme/documents/{entries[0].id}").json()
        return found["source_url"], found["target_url"]

    return of


def test_both_ends_of_an_export(account_file, connect, links):
    account_file()
    connect(
        gmi={"web_url": "https://gmi.example/documents/{id}"},
        debitoor={
            "web_url": "https://books.example/expenses/{id}",
            "sales_web_url": "https://books.example/sales/{id}",
        },
    )
    assert links() == ("https://gmi.example/documents/4711", "https://books.example/expenses/e1")


def test_both_ends_of_an_import(account_file, connect, links):
    account_file(direction="import", defaults={"document_type": "SALES_INVOICE"})
    connect(
        gmi={"web_url": "https://gmi.example/documents/{id}"},
        debitoor={
            "web_url": "https://books.example/expenses/{id}",
            "sales_web_url": "https://books.example/sales/{id}",
        },
    )
    assert links("import", SALE, "42") == (f"https://books.example/sales/{SALE}", "https://gmi.example/documents/42")


def test_no_link_before_the_record_is_there(account_file, connect, links):
    account_file()
    connect(gmi={}, debitoor={"web_url": "https://books.example/expenses/{id}"})
    assert links(target_id=None) == (None, None)


def test_no_link_to_what_is_no_page_of_the_web(account_file, connect, links):
    account_file()
    connect(gmi={"web_url": "javascript:alert({id})"}, debitoor={"web_url": "https://books.example/no-place"})
    assert links() == (None, None)


def test_no_link_when_the_account_moves_documents_the_other_way(account_file, connect, links):
    account_file(direction="import", defaults={"document_type": "SALES_INVOICE"})
    connect(gmi={"web_url": "https://gmi.example/documents/{id}"}, debitoor={})
    assert links() == (None, None)


@pytest.mark.parametrize("text", [None, "nothing"], ids=["missing", "broken"])
def test_a_document_is_shown_without_its_account(accounts, links, text):
    if text:
        (accounts / "acme.yaml").write_text(text)
    assert links() == (None, None)


def test_a_document_is_shown_without_connections(account_file, links):
    account_file()
    assert links() == (None, None)


def test_a_backend_that_fails_hides_no_document_and_is_not_asked_again_at_once(account_file, links, monkeypatch):
    asked = []

    def broken(connection_id: str) -> None:
        asked.append(connection_id)
        raise OSError("no route to the backend")

    monkeypatch.setattr(connections, "find", broken)
    account_file()
    assert links() == (None, None)
    assert links(source_id="4712") == (None, None)
    assert sorted(asked) == ["debitoor", "gmi"]


def test_the_test_of_a_connection_says_what_is_wrong_with_the_address(acme, monkeypatch):
    from debitoor_provider.hooks.debitoor import DebitoorHook

    known = json.loads(os.environ["AIRFLOW_CONN_DEBITOOR"])
    known["extra"]["sales_web_url"] = "https://books.example/{number}"
    monkeypatch.setenv("AIRFLOW_CONN_DEBITOOR", json.dumps(known))
    works, sentence = DebitoorHook("debitoor").test_connection()
    assert not works
    assert "'sales_web_url'" in sentence
