from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debitoor_provider.services.getmyinvoices.models import Document
from debitoor_provider.sync.accounts.sections import SpecificationField
from debitoor_provider.sync.export.description import LIMIT, describe
from debitoor_provider.sync.markers import find_marker, find_sales_marker, marker, sales_marker

DOCUMENT = Document(
    28715,
    "RECEIPT",
    document_number="R-17",
    document_date=date(2026, 1, 31),
    document_due_date=date(2026, 2, 14),
    company_name="Paper Ltd",
    order_number="O-4",
    tags=("books", "2026"),
    note="for the office",
    filename="scan.pdf",
    payment_status="Paid",
    payment_method="cash",
)


def test_the_chosen_fields_come_in_their_order_and_the_mark_last() -> None:
    assert describe(DOCUMENT, ["document_number", "company", "note"]) == "R-17 / Paper Ltd / for the office [GMI 28715]"
    assert describe(DOCUMENT, ["company", "document_number"]) == "Paper Ltd / R-17 [GMI 28715]"


def test_every_field_that_can_be_chosen_can_be_described() -> None:
    assert describe(DOCUMENT, list(SpecificationField)) == (
        "R-17 / Paper Ltd / 2026-01-31 / 2026-02-14 / RECEIPT / O-4 / for the office / books, 2026 / Paid / cash / "
        "scan.pdf / 28715 [GMI 28715]"
    )


def test_empty_fields_leave_no_trace() -> None:
    assert (
        describe(Document(7, "RECEIPT", company_name="Paper Ltd"), ["document_number", "company", "note"])
        == "Paper Ltd [GMI 7]"
    )
    assert describe(Document(7, "RECEIPT"), ["document_number", "document_date", "tags"]) == "[GMI 7]"
    assert describe(DOCUMENT, []) == "[GMI 28715]"


def test_words_can_be_put_before_the_fields() -> None:
    assert describe(DOCUMENT, ["company"], prefix="12.00 USD") == "12.00 USD / Paper Ltd [GMI 28715]"


def test_hostile_text_stays_on_its_line_and_is_cut_before_the_mark() -> None:
    document = Document(7, "RECEIPT", company_name="a\nb\u202e\x00", note="x" * 10_000)

    text = describe(document, ["company", "note"])

    assert text.startswith("a b / xxx")
    assert text.endswith("x… [GMI 7]")
    assert len(text) == LIMIT + len(" [GMI 7]")


@settings(deadline=None, derandomize=True)
@given(st.text(), st.integers(1, 10**12))
def test_the_mark_is_found_whatever_stands_before_it(note: str, uid: int) -> None:
    assert find_marker(describe(Document(uid, "RECEIPT", note=note), ["note"])) == uid


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[GMI 7] paid",
        "[GMI 7]\n",
        "[GMI 07]",
        "[GMI 0]",
        "[GMI -7]",
        "[GMI x]",
        "[gmi 7]",
        "[GMI 7",
        "x[GMI 7]",
        "[GMI \u0667]",
    ],
)
def test_only_an_exact_mark_at_the_end_counts(text: str) -> None:
    assert find_marker(text) is None


def test_a_mark_in_a_note_does_not_stand_for_the_document() -> None:
    document = Document(7, "RECEIPT", note="see [GMI 8]")

    assert find_marker(describe(document, ["note"])) == 7


def test_the_mark_of_an_import_is_found_anywhere_in_a_note() -> None:
    identity = "59f0c1d2e3a4b5c6d7e8f901"

    assert find_sales_marker(f"agreed {sales_marker(identity)}, paid in March") == identity
    assert find_sales_marker("[Debitoor 59f0c1d2]") is None
    assert find_sales_marker(marker(7)) is None
