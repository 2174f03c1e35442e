from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.debitoor.models import SalesDocument
from debitoor_provider.services.getmyinvoices.models import Document, LineItem
from debitoor_provider.sync.export.records import DOCUMENTS
from debitoor_provider.sync.import_.records import SALES_DOCUMENTS

DOCUMENT = Document(
    28715,
    "INCOMING_INVOICE",
    document_date=date(2026, 1, 31),
    net_amount=Decimal("100.10"),
    gross_amount=Decimal("1E+2"),
    tax_rates=(Decimal("5.5"), Decimal("19.00")),
    tags=("a", "b"),
    line_items=(LineItem("Paper", None, Decimal("0.1"), Decimal("19"), None, Decimal("119.00")),),
)
INVOICE = SalesDocument(
    "59f0c1d2e3a4b5c6d7e8f901",
    SalesType.CREDIT_NOTE,
    number="1",
    date=date(2026, 1, 31),
    total_gross_amount=Decimal("-119.00"),
    unpaid_amount=Decimal("0.00"),
    last_modified_date=datetime(2026, 2, 1, 8, tzinfo=UTC),
)


def test_records_are_read_back_unchanged() -> None:
    assert DOCUMENTS.load(DOCUMENTS.dump(DOCUMENT)) == DOCUMENT
    assert SALES_DOCUMENTS.load(SALES_DOCUMENTS.dump(INVOICE)) == INVOICE


def test_amounts_keep_their_digits() -> None:
    assert str(DOCUMENTS.load(DOCUMENTS.dump(DOCUMENT)).net_amount) == "100.10"
    assert str(DOCUMENTS.load(DOCUMENTS.dump(DOCUMENT)).tax_rates[1]) == "19.00"


def test_missing_values_are_not_stored() -> None:
    assert DOCUMENTS.dump(Document(7, "RECEIPT")) == '{"document_uid":7,"document_type":"RECEIPT"}'


@pytest.mark.parametrize("record", [DOCUMENT, INVOICE])
def test_half_a_character_does_not_stop_anything(record: Document | SalesDocument) -> None:
    if isinstance(record, Document):
        back = DOCUMENTS.load(DOCUMENTS.dump(replace(record, note="a\ud83db")))
        assert back == replace(record, note="a\ufffd\ufffd\ufffdb")
    else:
        back = SALES_DOCUMENTS.load(SALES_DOCUMENTS.dump(replace(record, number="\udfff")))
        assert back.total_gross_amount == Decimal("-119.00")


@given(st.text(), st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18))
def test_any_words_and_amounts_are_read_back(note: str, amount: Decimal) -> None:
    record = replace(DOCUMENT, note=note, gross_amount=amount)
    back = DOCUMENTS.load(DOCUMENTS.dump(record))
    assert (back.note, back.gross_amount) == (note, amount)
