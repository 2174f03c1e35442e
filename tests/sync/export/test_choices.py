"""A person's choice answers the question that was shown, and no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.sync.export.booking import Booking
from debitoor_provider.sync.export.choices import ChosenFigures, Decisions, to_decisions
from debitoor_provider.sync.export.exchange_rates import ExchangeRates
from debitoor_provider.sync.export.expense import draft
from debitoor_provider.sync.invoice.models import Invoice, Reading, TaxGroup
from debitoor_provider.sync.obstacle import Obstacle
from tests.sync.export.test_evidence import AT_19, by_rate, invoice
from tests.sync.export.test_expense import BOOKS, DOCUMENT, PAPER
from tests.sync.export.test_mover import rates_of
from tests.sync.export.test_selection import export
from tests.sync.invoice.writers import Group, cii, in_pdf, stated

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sync.stage import Stage

D = Decimal
DAY = date(2024, 1, 2)  # 1 EUR = 1.0956 USD
OWES_TAX = invoice(TaxGroup("AE", D(0), D("100.00"), D("0.00")))
ODD_RATE = invoice(AT_19, date=DAY, currency="USD", accounting_currency="EUR", accounting_tax=D("99.00"))
UNTAXED = {"net_amount": D("110.00"), "gross_amount": D("110.00"), "tax_rates": (D(0),)}
DOLLARS = {"currency": "USD", "document_date": DAY, "net_amount": D("101.00"), "gross_amount": D("120.19")}


def booked(one: Invoice, choices: ChosenFigures, **fields: Any) -> Booking:
    settings = {"foreign_currency": "convert"}
    document, reading = replace(DOCUMENT, **fields), Reading((one,))
    decisions = Decisions(choices)
    return draft(document, PAPER, BOOKS, export(**settings), ExchangeRates(), reading=reading, decisions=decisions)


def held(one: Invoice, choices: ChosenFigures, **fields: Any) -> str:
    with pytest.raises(Obstacle) as met:
        booked(one, choices, **fields)
    return met.value.code


@pytest.mark.parametrize(
    ("one", "fields", "next_question"),
    [(OWES_TAX, UNTAXED, "invoice_reverse_charge"), (ODD_RATE, DOLLARS, "odd_exchange_rate")],
)
def test_the_figures_of_the_invoice_leave_the_next_question_open(
    one: Invoice, fields: dict[str, Any], next_question: str
) -> None:
    assert held(one, {}, **fields) == "invoice_contradicts"
    assert held(one, {"invoice_contradicts": "invoice"}, **fields) == next_question


def test_the_record_is_booked_in_the_end_where_the_invoice_s_tax_cannot_be() -> None:
    one = booked(OWES_TAX, {"invoice_contradicts": "invoice", "invoice_reverse_charge": "record"}, **UNTAXED)
    assert by_rate(one) == {"0": "110.00"}


@pytest.mark.parametrize(
    ("figures", "rate", "gross"),
    [
        ("invoice", "invoice", "620.05"),  # 119.00 at 99.00 EUR for 19.00 USD
        ("invoice", "record", "108.62"),  # 119.00 at 1.0956
        ("record", "invoice", "626.25"),  # 120.19
        ("record", "record", "109.70"),
    ],
)
def test_figures_and_rate_are_two_questions(figures: Any, rate: Any, gross: str) -> None:
    choices: ChosenFigures = {"invoice_contradicts": figures, "odd_exchange_rate": rate}
    assert booked(ODD_RATE, choices, **DOLLARS).figures.gross == D(gross)


def test_an_answer_about_the_rate_leaves_what_the_invoice_supplies() -> None:
    lacking = DOLLARS | {"net_amount": None, "gross_amount": None}
    assert booked(ODD_RATE, {"odd_exchange_rate": "record"}, **lacking).figures.gross == D("108.62")


def test_an_answer_to_another_question_does_not_count() -> None:
    assert held(invoice(replace(AT_19, tax_type="ZF_INSURANCE_TAX")), {"invoice_contradicts": "record"}) == (
        "invoice_not_vat"
    )
    assert held(OWES_TAX, {"odd_exchange_rate": "record"}, **UNTAXED) == "invoice_contradicts"


@pytest.mark.parametrize(
    ("stored", "choices"),
    [
        ("", {}),
        (" invoice_contradicts=invoice", {"invoice_contradicts": "invoice"}),
        (
            " invoice_contradicts=invoice odd_exchange_rate=record",
            {"invoice_contradicts": "invoice", "odd_exchange_rate": "record"},
        ),
        (" invoice_contradicts=invoice invoice_contradicts=record", {"invoice_contradicts": "record"}),
        ("invoice", {}),  # of an earlier version, which did not keep the question
        ("record odd_exchange_rate=invoice", {"odd_exchange_rate": "invoice"}),
    ],
)
def test_choices_are_kept_with_their_questions(stored: str, choices: ChosenFigures) -> None:
    assert to_decisions(stored).choices == choices


# On its way


def odd(day: date, number: str = "R-1") -> bytes:
    """Return an invoice over 1190.00 USD that states its tax of 190.00 USD as 120.00 EUR."""
    at_19 = Group(D(19), D("1000.00"), D("190.00"))
    return in_pdf(cii(stated(at_19, day=day, currency="USD", number=number, accounting=("EUR", D("120.00")))))


def test_a_second_question_is_shown_and_decided_in_its_turn(acme: Stage, tmp_path: Path) -> None:
    acme.options["ecb_rates"] = rates_of(tmp_path, "2026-01-30,1.10")
    account = acme.exports(foreign_currency="convert")
    dollars = {"currency": "USD", "document_date": "2026-01-30", "net_amount": "1001.00", "tax_rates": ["19"]}
    uid = acme.document(odd(date(2026, 1, 30)), gross_amount="1191.19", **dollars)
    acme.export(account)
    assert acme.states() == {uid: "held invoice_contradicts"}

    acme.ledger.documents.choose([acme.entry(uid)], "invoice", "user:ada", "compared with the PDF")
    assert [(row.outcome, row.message and row.message.code) for row in acme.preview(account)] == [
        ("held", "odd_exchange_rate")
    ]
    acme.export(account)
    assert acme.states() == {uid: "held odd_exchange_rate"}

    acme.ledger.documents.choose([acme.entry(uid)], "record", "user:ada", "the bank's rate is nearer to it")
    assert [row.outcome for row in acme.preview(account)] == ["send"]
    acme.export(account)
    assert acme.booked() == {uid: D("1081.82")}


@pytest.mark.usefixtures("in_2090")
def test_a_choice_outlasts_the_wait_for_a_rate(acme: Stage, tmp_path: Path) -> None:
    acme.options["ecb_rates"] = rates_of(tmp_path, "2090-01-02,1.10")
    account = acme.exports(foreign_currency="convert")
    dollars = {"currency": "USD", "document_date": "2090-01-03", "net_amount": "1000.00", "tax_rates": ["19"]}
    uid = acme.document(odd(date(2090, 1, 3)), gross_amount="1190.00", **dollars)
    acme.export(account)
    assert acme.states() == {uid: "held odd_exchange_rate"}
    acme.ledger.documents.choose([acme.entry(uid)], "record", "user:ada")
    acme.export(account)
    assert acme.states() == {uid: "waiting no_rate_yet"}

    rates_of(tmp_path, "2090-01-03,1.10", "2090-01-02,1.10")
    assert [(row.outcome, row.lines[0]) for row in acme.preview(account)] == [("send", "19 %: 1081.82")]
    acme.export(account)
    assert acme.booked() == {uid: D("1081.82")}


@pytest.mark.parametrize("changed", ["record", "settings"])
def test_a_preview_forgets_a_choice_where_the_run_does(acme: Stage, changed: str) -> None:
    proving = in_pdf(cii(stated(Group(D(19), D("100.00"), D("19.00")))))
    uid = acme.document(proving, net_amount="200.00", gross_amount="238.00")
    acme.export()
    acme.ledger.documents.choose([acme.entry(uid)], "invoice", "user:ada")
    account = acme.exports()
    if changed == "record":
        acme.company.edit_document(int(uid), gross_amount="357.00", net_amount="300.00")
    else:
        account = acme.exports(category="office.supplies")
    assert [row.outcome for row in acme.preview(account)] == ["held"]
    acme.export(account)
    assert acme.states() == {uid: "held invoice_contradicts"}
