"""The referee of the demo sees what is not where it belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.ledger import FoundDocument, Ledger
from demo.check import check_company

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from debitoor_provider.sandbox.client import CompanyAdmin


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(f"sqlite:///{tmp_path / 'check.db'}")


@pytest.fixture
def problems(acme: CompanyAdmin, ledger: Ledger) -> Callable[[], str]:
    return lambda: "\n".join(check_company(acme, ledger, "receipts", "sales"))


def moved(ledger: Ledger, uid: int, target: str) -> None:
    """Let the ledger say that a document is in the books."""
    ledger.documents.rebuild("receipts", "export", [FoundDocument(str(uid), f"key:{uid}", target, target_name="a.pdf")])


def book(company: CompanyAdmin, uid: int, amount: str = "119.00") -> str:
    """Book a document under its marker, without its file."""
    line = {"taxRate": 19, "grossAmount": amount, "description": f"[GMI {uid}]"}
    return str(company.add_expense(date="2026-03-01", lines=[line])["id"])


def test_an_empty_exchange_is_correct(problems: Callable[[], str]) -> None:
    assert problems() == ""


def test_a_forgotten_document(receipt: Callable[..., int], problems: Callable[[], str]) -> None:
    receipt()
    assert "was forgotten" in problems()


def test_a_document_that_is_not_for_the_books_may_be_left_out(
    receipt: Callable[..., int], problems: Callable[[], str]
) -> None:
    receipt(document_type="STATEMENT")
    assert problems() == ""


def test_a_forgotten_sales_document(acme: CompanyAdmin, problems: Callable[[], str]) -> None:
    number = acme.add_invoice()["number"]
    assert f"{number} is forgotten" in problems()
    assert "is in GetMyInvoices 0 times" in problems()


def test_an_expense_unknown_to_the_ledger(
    acme: CompanyAdmin, receipt: Callable[..., int], problems: Callable[[], str]
) -> None:
    book(acme, receipt())
    assert "the ledger does not know it" in problems()


def test_a_moved_document_that_is_missing(
    receipt: Callable[..., int], ledger: Ledger, problems: Callable[[], str]
) -> None:
    moved(ledger, receipt(), "0" * 24)
    assert "is in Debitoor 0 times" in problems()


def test_a_document_that_is_there_twice(
    acme: CompanyAdmin, receipt: Callable[..., int], ledger: Ledger, problems: Callable[[], str]
) -> None:
    uid = receipt()
    book(acme, uid)
    moved(ledger, uid, book(acme, uid))
    assert "is in Debitoor 2 times" in problems()


def test_an_expense_for_a_document_that_does_not_exist(acme: CompanyAdmin, problems: Callable[[], str]) -> None:
    book(acme, 999_999_999)
    assert "which does not exist" in problems()
