from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from debitoor_provider.sync.likeness import Facts, alike, number_key

INVOICE = Facts("RE-2026/001", date(2026, 1, 31), Decimal("119.00"), "EUR", "Müller GmbH")


def test_the_same_supplier_and_number_are_alike_whatever_the_amount() -> None:
    assert alike(INVOICE, replace(INVOICE, number="re 2026 001", gross=Decimal(120), date=date(2026, 2, 1)))


def test_the_same_supplier_date_and_amount_are_alike_whatever_the_number() -> None:
    assert alike(INVOICE, replace(INVOICE, number="RE-2026/007", party="MUELLER"))


@pytest.mark.parametrize(
    "other",
    [
        replace(INVOICE, number="7", date=date(2026, 2, 1)),
        replace(INVOICE, number="7", gross=Decimal("119.01")),
        replace(INVOICE, number="7", currency="DKK"),
        replace(INVOICE, party="Multi GmbH"),
        replace(INVOICE, gross=Decimal("-119.00")),
        replace(INVOICE, gross=Decimal(10), date=date(2027, 1, 31)),
    ],
    ids=["another date", "another amount", "another currency", "another supplier", "credit note", "next year"],
)
def test_one_thing_in_common_is_not_enough(other: Facts) -> None:
    assert not alike(INVOICE, other)
    assert not alike(other, INVOICE)


@pytest.mark.parametrize("party", ["", "Müller Transporte GmbH"])
def test_a_supplier_that_is_not_known_or_begins_alike_needs_number_and_amount(party: str) -> None:
    assert alike(INVOICE, replace(INVOICE, party=party))
    assert not alike(INVOICE, replace(INVOICE, party=party, gross=Decimal(7)))
    assert not alike(INVOICE, replace(INVOICE, party=party, number="7"))


def test_no_amount_is_no_common_amount() -> None:
    nothing = replace(INVOICE, number="", gross=None)
    assert not alike(nothing, nothing)
    free = replace(INVOICE, number="", gross=Decimal(0))
    assert not alike(free, free)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("paid RE-2026/001 by card", True),
        ("re 2026 001", True),
        ("RE-2026/0010", False),
        ("2026/001", False),
        ("", False),
    ],
)
def test_a_number_is_found_in_the_text_of_a_record_as_words_of_its_own(text: str, found: bool) -> None:
    by_hand = Facts("", date(2026, 2, 2), Decimal("118.00"), "EUR", "Müller GmbH", text)
    assert alike(INVOICE, by_hand) is found
    assert alike(by_hand, INVOICE) is found


def test_a_short_number_in_a_text_says_nothing() -> None:
    assert not alike(replace(INVOICE, number="12"), replace(INVOICE, number="", gross=Decimal(5), text="12 pens"))


def test_where_one_program_numbers_all_documents_another_number_is_another_document() -> None:
    assert not alike(INVOICE, replace(INVOICE, number="RE-2026/002"), numbers_decide=True)
    assert alike(INVOICE, INVOICE, numbers_decide=True)
    assert alike(INVOICE, replace(INVOICE, number=""), numbers_decide=True)


@pytest.mark.parametrize(("number", "key"), [("RE-2026/001", "re2026001"), ("  ", ""), ("No. 7", "no7"), ("-/-", "")])
def test_a_number_is_compared_without_blanks_and_marks(number: str, key: str) -> None:
    assert number_key(number) == key
