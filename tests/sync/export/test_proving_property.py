"""Whatever a record lacks or has wrong: what is booked without a person's choice is what a proven e-invoice says."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from debitoor_provider.services.getmyinvoices.models import LineItem
from debitoor_provider.sync.export.booking import Booking
from debitoor_provider.sync.export.expense import draft
from debitoor_provider.sync.invoice.models import Party
from debitoor_provider.sync.invoice.reading import read
from debitoor_provider.sync.obstacle import Obstacle
from tests.sync.export.test_expense import BOOKS, DOCUMENT, PAPER
from tests.sync.export.test_selection import export
from tests.sync.export.test_signs import FORMATS, RAISES, UNCLEAR
from tests.sync.invoice.writers import Group, stated

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.invoice.models import Reading
    from tests.sync.export.test_signs import Written

D = Decimal
CENT = D("0.01")
DAY = DOCUMENT.document_date
AMOUNTS = st.integers(1, 10_000_000).map(lambda cents: D(cents) / 100)
RATES = st.lists(st.sampled_from([D(0), D(7), D(19)]), min_size=1, max_size=3, unique=True)
ACCOUNTS: list[dict[str, Any]] = [
    {},
    {"positive_credit_note": "negate"},
    {"positive_credit_note": "keep"},
    {"two_rates": "hold"},
    {"foreign_currency": "convert"},
    {"period": {"from": "2026-01-01", "to": "2026-12-31"}},
]


def group(rate: Decimal, base: Decimal) -> Group:
    return Group(rate, base, (base * rate / 100).quantize(CENT, ROUND_HALF_UP), "S" if rate else "E")


@st.composite
def pairs(draw: Callable[..., Any]) -> tuple[Document, bytes, str, dict[Decimal, Decimal]]:
    """Draw a record, the file of its e-invoice, what that does to what is owed, and its amounts by rate."""
    written: Written = FORMATS[draw(st.sampled_from(sorted(FORMATS)))]
    sign = draw(st.sampled_from([1, 1, -1]))
    groups = [group(rate, draw(AMOUNTS)) for rate in draw(RATES)]
    signed = [replace(one, base=one.base * sign, tax=one.tax * sign) for one in groups]
    file = written.write(stated(*signed, code=written.code, is_credit_note=written.is_credit_note))
    does = written.does(sign)
    net, gross = (sum(part(one) for one in groups) for part in (lambda one: one.base, lambda one: one.base + one.tax))
    recorded = draw(st.sampled_from([1, -1]))

    def amount(right: Decimal) -> Any:
        return st.sampled_from([right, right, right, -right, None, D("0.00"), right + CENT, right * 2])

    rates = tuple(sorted(one.rate for one in groups))
    items = [
        LineItem(
            "", None, None, draw(st.sampled_from([one.rate, one.rate, None])), None, (one.base + one.tax) * recorded
        )
        for one in groups
    ]
    document = replace(
        DOCUMENT,
        document_type=draw(st.sampled_from(["INCOMING_INVOICE", "CREDIT_NOTE", "RECEIPT"])),
        document_number=draw(st.sampled_from(["R-7", ""])),
        document_date=draw(st.sampled_from([DAY, DAY, None, date(2026, 2, 1)])),
        currency=draw(st.sampled_from(["EUR", "eur ", "", "USD"])),
        net_amount=draw(amount(net * recorded)),
        gross_amount=draw(amount(gross * recorded)),
        tax_rates=draw(st.sampled_from([rates, rates, (), (D(0),), (D(19),), (D(7), D(19))])),
        line_items=draw(st.sampled_from([(), tuple(items)])),
    )
    meant = 1 if does == RAISES else -1
    return document, file, does, {one.rate: (one.base + one.tax) * meant for one in groups if one.base + one.tax}


SEEN: Counter[str] = Counter()


def book(document: Document, reading: Reading, account: dict[str, Any]) -> Booking | Obstacle:
    try:
        return draft(document, PAPER, BOOKS, export(**account), reading=reading)
    except Obstacle as obstacle:
        return obstacle


@settings(max_examples=600)
@given(pairs(), st.sampled_from(ACCOUNTS))
def check(drawn: tuple[Document, bytes, str, dict[Decimal, Decimal]], account: dict[str, Any]) -> None:
    document, file, does, amounts = drawn
    reading = read(io.BytesIO(file))
    domestic = replace(reading, invoices=tuple(replace(one, date=DAY, seller=Party()) for one in reading.invoices))
    one = book(document, domestic, account)
    assert one.invoice in {"contradicts", "proven", "supplied"}
    if isinstance(one, Booking):
        assert (one.invoice != "contradicts", does != UNCLEAR) == (True, True)
        assert (one.expense.date, dict(one.figures.by_rate)) == (DAY, dict(sorted(amounts.items())))
    SEEN[one.invoice] += isinstance(one, Booking)
    SEEN["obstacle"] += isinstance(one, Obstacle)


def test_what_is_booked_is_what_the_e_invoice_says() -> None:
    SEEN.clear()
    check()
    assert min(SEEN["obstacle"], SEEN["supplied"]) > 10, SEEN
