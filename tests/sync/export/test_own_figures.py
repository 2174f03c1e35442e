"""Documents whose own e-invoice says what is right: nothing is booked against it, and what is wrong is never proven."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from debitoor_provider.services.getmyinvoices.models import Company
from debitoor_provider.sync.export.expense import draft
from debitoor_provider.sync.invoice.reading import read
from debitoor_provider.sync.obstacle import Obstacle
from tests.sync.export.test_expense import BOOKS, DOCUMENT, PAPER
from tests.sync.export.test_selection import export
from tests.sync.invoice.writers import Group, cii, facturae, fatturapa, in_pdf, oioubl, stated, ubl, zugferd1

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.invoice.writers import Stated

D = Decimal
DAY = DOCUMENT.document_date
BARE: dict[str, Any] = {"net_amount": None, "gross_amount": None, "tax_rates": ()}
HUNGARIAN: dict[str, Any] = {"foreign_currency": "zero_amount", "accept_rates": ["27"]}
EN: list[Callable[[Stated], bytes]] = [cii, ubl]
ALL: list[Callable[[Stated], bytes]] = [cii, zugferd1, ubl, oioubl, facturae, fatturapa]
AT_19 = Group(D(19), D("100.00"), D("19.00"))
AT_7 = Group(D(7), D("100.00"), D("7.00"))


class Result(NamedTuple):
    """What comes of a document: ``proven``, ``held invoice_contradicts`` …, and what is booked at each rate."""

    proof: str
    booked: dict[str, str]


def of(*groups: Group, **more: Any) -> Stated:
    return stated(*groups, **{"day": DAY, **more})


def result(
    content: bytes, company: Company | None = PAPER, settings: dict[str, Any] | None = None, **record: Any
) -> Result:
    try:
        booking = draft(
            replace(DOCUMENT, **record),
            company,
            BOOKS,
            export(**(settings or {})),
            reading=read(io.BytesIO(content)),
        )
    except Obstacle as obstacle:
        return Result(f"{obstacle.kind} {obstacle.code}", {})
    return Result(booking.invoice, {f"{rate:f}": f"{gross:f}" for rate, gross in booking.figures.by_rate.items()})


def name(value: Any) -> str | None:
    return getattr(value, "__name__", None)


@pytest.mark.parametrize("write", ALL, ids=name)
@pytest.mark.parametrize(
    "kind", ["RECEIPT", "EXPENSE_REIMBURSEMENT", "PAYMENT_RECEIPT", "INCOMING_INVOICE", "CREDIT_NOTE"]
)
def test_a_credit_note_with_negative_amounts_raises_nothing_unasked(
    write: Callable[[Stated], bytes], kind: str
) -> None:
    lowered = of(Group(D(19), D("-100.00"), D("-19.00")), is_credit_note=True)
    if write is facturae:
        return  # whose amounts are negative by rule: these are positive ones
    assert result(write(lowered), document_type=kind, **BARE).proof == "held invoice_contradicts"


@pytest.mark.parametrize("write", ALL, ids=name)
@pytest.mark.parametrize("kind", ["RECEIPT", "CREDIT_NOTE"])
def test_a_credit_note_lowers(write: Callable[[Stated], bytes], kind: str) -> None:
    found = result(write(of(AT_19, AT_7, is_credit_note=True)), document_type=kind, **BARE)
    assert found == Result("supplied", {"7": "-107.00", "19": "-119.00"})


@pytest.mark.parametrize("write", EN, ids=name)
@pytest.mark.parametrize("category", ["L", "M", "AC", "AD", "C", "D", "F", "I", "J", "N", "A"])
def test_tax_that_is_no_input_vat_is_not_booked_as_vat(write: Callable[[Stated], bytes], category: str) -> None:
    """The Canary Islands' and Ceuta's taxes, margin schemes, tax that is not due, and unknown kinds."""
    odd = of(Group(D(7), D("100.00"), D("7.00"), category))
    assert result(write(odd), **BARE).proof not in {"proven", "supplied"}
    assert result(write(odd), gross_amount=D("107.00"), net_amount=D("100.00"), tax_rates=(D(7),)).proof in {
        "unproven",
        "held invoice_not_vat",
    }


@pytest.mark.parametrize("category", ["L", "M"])
def test_the_taxes_of_spanish_islands_are_held(category: str) -> None:
    odd = of(Group(D(7), D("100.00"), D("7.00"), category))
    same = {"gross_amount": D("107.00"), "net_amount": D("100.00"), "tax_rates": (D(7),)}
    for write in EN:
        assert result(write(odd), **same).proof == "held invoice_not_vat"


def from_abroad(write: Callable[[Stated], bytes], country: str, invoice: Stated) -> bytes:
    """Return an e-invoice whose seller is in another country."""
    content = write(invoice).decode().replace("DE136695976", f"{country}12345678").replace("DE123456789", "")
    for tag in ("ram:CountryID", "cbc:IdentificationCode"):
        content = content.replace(f"<{tag}>DE<", f"<{tag}>{country}<")
    return content.encode()


@pytest.mark.parametrize("company", [None, Company(1, "Kypros Ltd")], ids=["unknown", "without a country"])
@pytest.mark.parametrize("write", EN, ids=name)
def test_foreign_tax_is_not_domestic_although_the_record_knows_no_supplier(
    write: Callable[[Stated], bytes], company: Company | None
) -> None:
    content = from_abroad(write, "CY", of(AT_19))
    assert b"CY" in content
    assert result(content, company).proof == "held foreign_tax"
    assert result(content, company, **BARE).proof == "held foreign_tax"


@pytest.mark.parametrize(
    "others",
    [
        [of(Group(D(19), D("200.00"), D("38.00")))],
        [of(AT_7)],
        [of(AT_19, number="R-2")],
        [of(AT_7), of(AT_19)],
    ],
    ids=["amount", "rate", "number", "three"],
)
@pytest.mark.parametrize("associated", [False, True])
def test_of_two_invoices_of_one_day_none_counts(others: list[Stated], associated: bool) -> None:
    content = in_pdf(cii(of(AT_19)), *(ubl(other) for other in others), associated=associated)
    assert result(content).proof == "unproven"
    assert result(content, **BARE).proof.startswith("rejected")


def test_one_invoice_in_two_formats_is_one() -> None:
    assert result(in_pdf(cii(of(AT_19)), ubl(of(AT_19))), **BARE) == Result("supplied", {"19": "119.00"})


@pytest.mark.parametrize("write", [cii, ubl, zugferd1], ids=name)
@pytest.mark.parametrize(
    ("groups", "booked"),
    [
        ((AT_19, Group(D(0), D("50.00"), D("0.00"), "E")), {"0": "50.00", "19": "119.00"}),
        ((AT_19, Group(D(0), D("-10.00"), D("0.00"), "Z")), {"0": "-10.00", "19": "119.00"}),
        ((AT_7, Group(D(19), D("-20.00"), D("-3.80"))), {"7": "107.00", "19": "-23.80"}),
        (
            (AT_19, Group(D(0), D("5.00"), D("0.00"), "E"), Group(D(0), D("6.00"), D("0.00"), "Z")),
            {"0": "11.00", "19": "119.00"},
        ),
        ((AT_19, Group(D(0), D("0.00"), D("0.00"), "E")), {"19": "119.00"}),
    ],
    ids=["exempt", "deposit", "allowance", "two exempt", "empty"],
)
def test_groups_are_booked_as_they_are(
    write: Callable[[Stated], bytes], groups: tuple[Group, ...], booked: dict[str, str]
) -> None:
    assert result(write(of(*groups)), **BARE) == Result("supplied", booked)


@pytest.mark.parametrize("write", [cii, ubl, oioubl, zugferd1], ids=name)
def test_payable_is_not_gross(write: Callable[[Stated], bytes]) -> None:
    invoice = of(AT_19, prepaid=D("59.00"))
    assert result(write(invoice), **BARE) == Result("supplied", {"19": "119.00"})
    if write is not zugferd1:
        assert result(write(invoice), gross_amount=D("60.00"), net_amount=None).proof == "held invoice_contradicts"


@pytest.mark.parametrize("write", EN, ids=name)
@pytest.mark.parametrize("category", ["AE", "K"])
def test_tax_that_the_buyer_owes_is_decided_and_not_booked_as_exempt(
    write: Callable[[Stated], bytes], category: str
) -> None:
    invoice = of(Group(D(0), D("100.00"), D("0.00"), category))
    assert result(write(invoice), **BARE).proof == "held invoice_reverse_charge"
    mixed = of(AT_19, Group(D(0), D("100.00"), D("0.00"), category))
    assert result(write(mixed), **BARE).proof == "held invoice_reverse_charge"


@pytest.mark.parametrize("write", EN, ids=name)
@pytest.mark.parametrize("code", ["751", "325", "310", "231", "220", "780x"])
@pytest.mark.parametrize("settings", [{}, {"invoice": "fill"}])
def test_what_is_no_invoice_proves_nothing(
    write: Callable[[Stated], bytes], code: str, settings: dict[str, Any]
) -> None:
    """A booking aid may be the data of an invoice: the record counts. A pro-forma invoice, or an order, is none."""
    asked = code.isdigit() and code != "751" and not settings
    found = result(write(of(AT_19, code=code)), settings=settings, **BARE)
    assert found.proof.startswith("held invoice_not_payable" if asked else "rejected")
    whole = result(write(of(AT_19, code=code)), settings=settings)
    assert whole == (Result("held invoice_not_payable", {}) if asked else Result("unproven", {"19": "119.00"}))


@pytest.mark.parametrize("code", ["TD16", "TD17", "TD20", "TD23", "TD27", "TD28", "TD29", "TD99"])
def test_an_italian_record_for_the_tax_office_is_nothing_to_be_paid(code: str) -> None:
    found = result(fatturapa(of(AT_19, code=code)))
    assert found.proof == ("unproven" if code == "TD99" else "held invoice_not_payable")


@pytest.mark.parametrize("write", EN, ids=name)
@pytest.mark.parametrize(("sign", "kind"), [(-1, "INCOMING_INVOICE"), (-1, "CREDIT_NOTE"), (1, "INCOMING_INVOICE")])
def test_a_correction_has_the_sign_of_its_amounts(write: Callable[[Stated], bytes], sign: int, kind: str) -> None:
    invoice = of(Group(D(19), 100 * D(sign), 19 * D(sign)), code="384")
    found = result(write(invoice), document_type=kind, **BARE)
    assert found == Result("supplied", {"19": f"{119 * sign}.00"})
    other = result(write(invoice), document_type=kind, gross_amount=D(-119 * sign), net_amount=None)
    # The record of a credit note lowers what is owed with either sign.
    assert other.proof == ("proven" if kind == "CREDIT_NOTE" else "held invoice_contradicts")


@pytest.mark.parametrize(
    "content",
    [
        cii(of(AT_19)).replace(b">19.00<", b">1<!-- -->9.00<"),
        cii(of(AT_19)).replace(b">119.00<", b">+119.00<"),
        cii(of(AT_19)).replace(b"RateApplicablePercent>19<", b"RateApplicablePercent>19.000<"),
        ubl(of(AT_19)).replace(f">{DAY}<".encode(), f">{DAY}+01:00<".encode()),
        ubl(of(AT_19)).replace(b">100.00<", b">00100.0000<"),
    ],
    ids=["comment", "plus", "rate", "zone", "zeros"],
)
def test_texts_as_they_come(content: bytes) -> None:
    assert result(content, **BARE) == Result("supplied", {"19": "119.00"})


@pytest.mark.parametrize(
    "content",
    [
        cii(of(AT_19)).replace(b"RateApplicablePercent>19<", b"RateApplicablePercent>0.19<"),
        cii(of(AT_19)).replace(b">119.00<", b">119,00<"),
        cii(of(AT_19)).replace(b">119.00<", b">1<x/>19.00<"),
        ubl(of(AT_19)).replace(b">119.00<", b">1.19e2<"),
        ubl(of(AT_19)).replace(b"<cbc:ID>VAT<", b"<cbc:ID>EXC<"),
        oioubl(of(AT_19)).replace(b"<cbc:ID>63<", b"<cbc:ID>16<"),
        facturae(of(AT_19)).replace(b"TaxTypeCode>01<", b"TaxTypeCode>03<"),
        facturae(of(AT_19)).replace(b"TaxTypeCode>01<", b"TaxTypeCode>04<"),
        fatturapa(of(Group(D(0), D("100.00"), D("19.00"), "E"))),
        fatturapa(of(AT_19), of(AT_19, number="R-2")),
        fatturapa(of(AT_19, code="TD17")),
        ubl(of(AT_19, currency="HUF", gross=D("120.00"), tax=D("20.00"))),
    ],
    ids=[
        "factor",
        "comma",
        "inside",
        "exponent",
        "excise",
        "oioubl excise",
        "igic",
        "irpf",
        "natura",
        "bodies",
        "TD17",
        "huf",
    ],
)
def test_ambiguous_figures_are_never_proven(content: bytes) -> None:
    assert result(content, **BARE).proof.split()[0] in {"rejected", "held"}


def test_whole_forints_are_proven_within_one() -> None:
    invoice = of(Group(D(27), D("1001.00"), D("270.00")), currency="HUF")
    found = result(ubl(invoice), settings=HUNGARIAN, **BARE, currency="HUF")
    assert found.proof == "supplied"
    off = of(Group(D(27), D("1001.00"), D("272.00")), currency="HUF")
    assert result(ubl(off), settings=HUNGARIAN, **BARE, currency="HUF").proof != "supplied"


def test_a_second_total_in_another_currency_is_not_the_tax() -> None:
    invoice = of(AT_19, accounting=("NOK", D("223.00")))
    for write in EN:
        assert result(write(invoice), **BARE) == Result("supplied", {"19": "119.00"})
    twice = ubl(invoice).replace(b'currencyID="NOK"', b'currencyID="EUR"')
    assert result(twice, **BARE).proof.startswith("rejected")


def test_withheld_tax_is_owed_to_the_seller_all_the_same() -> None:
    assert result(facturae(of(AT_19), withheld=D("15.00")), **BARE) == Result("supplied", {"19": "119.00"})
