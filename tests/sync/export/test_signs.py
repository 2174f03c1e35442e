"""Kind and sign of record and e-invoice: which pairs of them mean the same, in every format."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.services.getmyinvoices.models import LineItem
from debitoor_provider.sync.export.choices import Decisions
from debitoor_provider.sync.export.evidence import weigh
from debitoor_provider.sync.export.expense import draft
from debitoor_provider.sync.invoice.models import Party
from debitoor_provider.sync.invoice.reading import read
from debitoor_provider.sync.obstacle import Obstacle
from tests.sync.export.test_expense import BOOKS, DOCUMENT, PAPER
from tests.sync.export.test_selection import export
from tests.sync.invoice.writers import Group, cii, facturae, fatturapa, oioubl, stated, ubl, zugferd1

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.export.booking import Booking
    from debitoor_provider.sync.invoice.models import Reading

D = Decimal
RAISES, LOWERS, CREDITS, UNCLEAR = "raises", "lowers", "credits", "unclear"
"""What an e-invoice does to what is owed: two ways to lower it, and one that may be either."""


@dataclass(frozen=True)
class Written:
    """A kind of e-invoice in a format.

    :param is_credit_note: whether the format has a kind of its own for it, with positive amounts
    """

    write: Callable[..., bytes]
    code: str = ""
    is_credit_note: bool = False

    def file(self, sign: int) -> bytes:
        group = Group(D(19), D("100.00") * sign, D("19.00") * sign)
        return self.write(stated(group, code=self.code, is_credit_note=self.is_credit_note))

    def does(self, sign: int) -> str:
        if self.is_credit_note:
            return CREDITS if sign > 0 else UNCLEAR
        return RAISES if sign > 0 else LOWERS


def corrective(invoice: Any) -> bytes:
    """Write a corrective Facturae, whose amounts have their own sign."""
    groups = (Group(one.rate, -one.base, -one.tax) for one in invoice.groups)
    return facturae(stated(*groups, is_credit_note=True))


FORMATS = {
    **{f"CII {code}": Written(cii, code) for code in ("380", "384", "386", "389")},
    **{f"CII {code}": Written(cii, code, is_credit_note=True) for code in ("381", "261")},
    **{f"ZUGFeRD 1 {code}": Written(zugferd1, code) for code in ("380", "384")},
    "ZUGFeRD 1 381": Written(zugferd1, "381", is_credit_note=True),
    **{f"UBL Invoice {code}": Written(ubl, code) for code in ("380", "384", "389")},
    "UBL CreditNote": Written(ubl, is_credit_note=True),
    "OIOUBL Invoice": Written(oioubl),
    "OIOUBL CreditNote": Written(oioubl, is_credit_note=True),
    **{f"FatturaPA {code}": Written(fatturapa, code) for code in ("TD01", "TD24")},
    **{f"FatturaPA {code}": Written(fatturapa, code, is_credit_note=True) for code in ("TD04", "TD08")},
    "Facturae OO": Written(facturae),
    "Facturae OR": Written(corrective),
}
CONTRADICTS, PROVEN, SUPPLIED = "contradicts", "proven", "supplied"
TABLE = {
    # Record, its sign (0: without amounts), and what comes of an e-invoice that does this.
    ("INCOMING_INVOICE", 1): {RAISES: PROVEN, LOWERS: CONTRADICTS, CREDITS: CONTRADICTS},
    ("INCOMING_INVOICE", -1): {RAISES: CONTRADICTS, LOWERS: PROVEN, CREDITS: PROVEN},
    ("INCOMING_INVOICE", 0): {RAISES: SUPPLIED, LOWERS: SUPPLIED, CREDITS: CONTRADICTS},
    ("CREDIT_NOTE", 1): {RAISES: CONTRADICTS, LOWERS: PROVEN, CREDITS: PROVEN},
    ("CREDIT_NOTE", -1): {RAISES: CONTRADICTS, LOWERS: PROVEN, CREDITS: PROVEN},
    ("CREDIT_NOTE", 0): {RAISES: CONTRADICTS, LOWERS: SUPPLIED, CREDITS: SUPPLIED},
    # Other types say nothing about the sign.
    ("RECEIPT", 1): {RAISES: PROVEN, LOWERS: CONTRADICTS, CREDITS: CONTRADICTS},
    ("RECEIPT", -1): {RAISES: CONTRADICTS, LOWERS: PROVEN, CREDITS: PROVEN},
    ("RECEIPT", 0): {RAISES: SUPPLIED, LOWERS: SUPPLIED, CREDITS: SUPPLIED},
}
EVERY_CELL = [
    pytest.param(written, sign, *record, outcomes.get(written.does(sign), CONTRADICTS), id=f"{name} {sign:+} {record}")
    for name, written in FORMATS.items()
    for sign in (1, -1)
    for record, outcomes in TABLE.items()
]


def reading_of(written: Written, sign: int) -> Reading:
    return read(io.BytesIO(written.file(sign)))


def recorded(kind: str, sign: int, **fields: Any) -> Document:
    sums = {"net_amount": D("100.00") * sign or None, "gross_amount": D("119.00") * sign or None}
    return replace(DOCUMENT, document_type=kind, **sums | fields)


def book(document: Document, reading: Reading, choice: str = "", **settings: Any) -> Booking:
    decisions = Decisions({"invoice_contradicts": choice} if choice else {})
    domestic = replace(reading, invoices=tuple(replace(one, seller=Party()) for one in reading.invoices))
    return draft(document, PAPER, BOOKS, export(**settings), reading=domestic, decisions=decisions)


@pytest.mark.parametrize(("written", "sign", "kind", "recorded_sign", "outcome"), EVERY_CELL)
def test_record_and_e_invoice(written: Written, sign: int, kind: str, recorded_sign: int, outcome: str) -> None:
    document, reading = recorded(kind, recorded_sign), reading_of(written, sign)
    meant = D("119.00") if written.does(sign) == RAISES else D("-119.00")
    assert weigh(document, reading).outcome == outcome
    for rule in ("hold", "negate", "keep"):
        books = partial(book, document, reading, positive_credit_note=rule)
        if outcome == CONTRADICTS:
            with pytest.raises(Obstacle) as held:
                books()
            assert held.value.code == "invoice_contradicts"
            assert books(choice="invoice").figures.by_rate == {D(19): meant}
        else:
            booking = books()
            assert (booking.invoice, booking.figures.by_rate) == (outcome, {D(19): meant})


@pytest.mark.parametrize("recorded_sign", [1, -1])
@pytest.mark.parametrize(
    "fields",
    [
        {"gross_amount": D("119.01")},
        {"net_amount": D("99.99")},
        {"gross_amount": None, "net_amount": D("119.00")},
        {"tax_rates": (D(7),)},
        {"currency": "DKK"},
    ],
)
@pytest.mark.parametrize(
    "name", ["CII 381", "CII 384", "UBL Invoice 380", "UBL CreditNote", "FatturaPA TD04", "Facturae OR"]
)
def test_a_credit_note_with_the_other_sign_contradicts(name: str, fields: dict[str, Any], recorded_sign: int) -> None:
    written = FORMATS[name]
    amounts = {key: value and value * recorded_sign for key, value in fields.items() if key.endswith("amount")}
    document = recorded("CREDIT_NOTE", recorded_sign, **fields | amounts)
    evidence = weigh(document, reading_of(written, 1 if written.is_credit_note else -1))
    assert evidence.outcome == CONTRADICTS
    assert {reason.code for reason in evidence.reasons}.isdisjoint({"differs_in_kind"})


def test_two_rates_of_a_credit_note_are_compared_with_their_sign() -> None:
    """The record's own split is positive, the correction's negative."""
    groups = Group(D(7), D("-100.00"), D("-7.00")), Group(D(19), D("-100.00"), D("-19.00"))
    reading = read(io.BytesIO(ubl(stated(*groups, code="384"))))
    sums = {"net_amount": D("200.00"), "gross_amount": D("226.00"), "tax_rates": (D(7), D(19))}
    items = tuple(LineItem("", None, None, D(rate), None, D(gross)) for rate, gross in ((7, "107.00"), (19, "119.00")))
    document = recorded("CREDIT_NOTE", 1, **sums, line_items=items)
    booking = book(document, reading)
    assert (booking.invoice, booking.figures.by_rate) == (PROVEN, {D(7): D("-107.00"), D(19): D("-119.00")})
    others = (replace(items[0], total_gross=D("108.00")), replace(items[1], total_gross=D("118.00")))
    [difference] = weigh(replace(document, line_items=others, net_amount=None), reading).reasons
    assert difference.code == "differs_by_rate"
