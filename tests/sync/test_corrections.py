"""What a person states about one document counts in place of its record, which stays as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.services.getmyinvoices.models import LineItem
from debitoor_provider.sync.check.check import check
from debitoor_provider.sync.check.rows import CheckOutcome
from debitoor_provider.sync.corrections import Corrections, problems_of, to_corrections
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.export.choices import Decisions, to_decisions
from debitoor_provider.sync.export.expense import draft
from debitoor_provider.sync.invoice.models import Reading
from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.obstacle import Obstacle
from tests.sync.export.test_evidence import AT_7, AT_19, invoice
from tests.sync.export.test_expense import BOOKS, DOCUMENT, PAPER
from tests.sync.export.test_mover import rates_of
from tests.sync.export.test_selection import export
from tests.sync.stage import pdf

if TYPE_CHECKING:
    from pathlib import Path

    from debitoor_provider.sync.export.booking import Booking
    from tests.sync.stage import Stage

D = Decimal
FOREIGN = replace(PAPER, country_code="US", vat_id="")
FRENCH = replace(PAPER, country_code="FR", vat_id="")


def booked(stated: Corrections, company: Any = PAPER, settings: dict[str, Any] | None = None, **fields: Any) -> Booking:
    document = replace(DOCUMENT, **fields)
    decisions = Decisions(corrections=stated)
    return draft(document, company, BOOKS, export(**(settings or {})), decisions=decisions)


def obstacle(stated: Corrections, company: Any = PAPER, **fields: Any) -> str:
    with pytest.raises(Obstacle) as met:
        booked(stated, company, **fields)
    return met.value.code


def lines(booking: Booking) -> dict[str, str]:
    return {f"{line.tax_rate:f}": f"{line.gross_amount:f}" for line in booking.expense.lines}


UNKNOWN_DATE = {"document_date": None}
THREE_RATES = {
    "tax_rates": (D(0), D(7), D(19)),
    "net_amount": D("100.00"),
    "gross_amount": D("113.00"),
    "line_items": (),
}
DOLLARS = {"currency": "USD", "net_amount": D("100.00"), "gross_amount": D("119.00"), "tax_rates": (D(19),)}


def test_a_date_that_the_record_lacks() -> None:
    assert obstacle(Corrections(), **UNKNOWN_DATE) == "no_date"
    assert booked(Corrections(date=date(2026, 3, 1)), **UNKNOWN_DATE).expense.date == date(2026, 3, 1)


def test_a_currency_that_the_record_lacks() -> None:
    assert obstacle(Corrections(), currency="") == "no_currency"
    assert booked(Corrections(currency="EUR"), currency="").document.currency == "EUR"


def test_amounts_by_rate_that_the_record_s_figures_do_not_tell() -> None:
    assert obstacle(Corrections(), **THREE_RATES) == "too_many_rates"
    tax = ((D(0), D("21.60")), (D(7), D("32.10")), (D(19), D("59.30")))
    assert lines(booked(Corrections(tax=tax), **THREE_RATES)) == {"0": "21.60", "7": "32.10", "19": "59.30"}


def test_amounts_that_do_not_sum_to_the_gross_amount_are_not_booked() -> None:
    tax = ((D(7), D("32.10")), (D(19), D("59.30")))
    assert obstacle(Corrections(tax=tax), **THREE_RATES) == "tax_not_total"


@pytest.mark.parametrize("gross", [None, D("0.00")])
@pytest.mark.parametrize(
    "reading", [None, Reading((invoice(AT_19, gross=D("120.00")),)), Reading((invoice(AT_19, AT_7, gross=D("1.00")),))]
)
def test_amounts_by_rate_are_the_gross_amount_that_a_record_lacks(gross: D | None, reading: Reading | None) -> None:
    record = replace(DOCUMENT, net_amount=D("200.00"), gross_amount=gross, tax_rates=())
    tax = ((D(7), D("107.00")), (D(19), D("119.00")))
    for stated in (Corrections(), Corrections(tax=((D(19), None),))):
        with pytest.raises(Obstacle) as met:
            draft(record, PAPER, BOOKS, export(), reading=reading, decisions=Decisions(corrections=stated))
        assert met.value.code == "net_alone"
    booking = draft(
        record, PAPER, BOOKS, export(), reading=reading, decisions=Decisions(corrections=Corrections(tax=tax))
    )
    assert lines(booking) == {"7": "107.00", "19": "119.00"}
    sent = booking.sent
    assert (sent.gross, sent.gross_amount, sent.net_amount) == (D("226.00"), D("226.00"), D("200.00"))


NET_ALONE = {"net_amount": D("1000.00"), "gross_amount": None, "tax_rates": (), "line_items": ()}


@pytest.mark.parametrize("gross", [("1700.00", "527.50"), ("600.00", "527.53"), ("600.00", "527.47")])
def test_amounts_that_come_to_another_net_amount_than_the_record_s_only_amount_are_not_booked(
    gross: tuple[str, str],
) -> None:
    tax = ((D(20), D(gross[0])), (D("5.5"), D(gross[1])))
    with pytest.raises(Obstacle) as met:
        booked(Corrections(tax=tax), **NET_ALONE)
    assert met.value.code == "tax_not_net"
    if gross[0] == "1700.00":
        assert str(met.value.message).startswith("The amounts entered by tax rate come to 1916.67 net, but the net ")
        assert "1000.00" in str(met.value.message)


@pytest.mark.parametrize("gross", [("600.00", "527.50"), ("600.00", "527.52"), ("599.99", "527.49")])
def test_a_cent_of_rounding_at_each_rate_is_no_other_net_amount(gross: tuple[str, str]) -> None:
    tax = ((D(20), D(gross[0])), (D("5.5"), D(gross[1])))
    assert lines(booked(Corrections(tax=tax), **NET_ALONE)) == {"20": gross[0], "5.5": gross[1]}


def test_a_person_may_overrule_the_net_amount_of_a_record_with_a_gross_amount() -> None:
    wrong_net = {"net_amount": D("50.00"), "gross_amount": D("119.00"), "tax_rates": (D(19),), "line_items": ()}
    assert obstacle(Corrections(), **wrong_net) == "figures_disagree"
    assert lines(booked(Corrections(tax=((D(19), D("119.00")),)), **wrong_net)) == {"19": "119.00"}


def test_a_person_says_which_rate_is_right_where_record_and_line_items_disagree() -> None:
    items = (LineItem("", None, None, D(19), None, D("119.00")),)
    other = {"net_amount": D("0.00"), "gross_amount": D("119.00"), "tax_rates": (D(7),), "line_items": items}
    assert obstacle(Corrections(), **other) == "items_disagree"
    assert DIRECTIONS["export"].corrections["items_disagree"] == ("tax",)
    assert lines(booked(Corrections(tax=((D(7), None),)), **other)) == {"7": "119.00"}


POSITIVE = {
    "document_type": "CREDIT_NOTE",
    "net_amount": D("110.00"),
    "gross_amount": D("129.70"),
    "tax_rates": (D(7), D(19)),
    "line_items": (),
}


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("rule", "factor"), [("negate", -1), ("keep", 1)])
def test_amounts_of_a_credit_note_may_be_stated_with_either_sign(rule: str, factor: int, sign: int) -> None:
    tax = ((D(19), sign * D("119.00")), (D(7), sign * D("10.70")))
    stated = Decisions(corrections=Corrections(tax=tax))
    account = export(positive_credit_note=rule)
    booking = draft(replace(DOCUMENT, **POSITIVE), PAPER, BOOKS, account, decisions=stated)
    assert {rate: D(gross) for rate, gross in lines(booking).items()} == {
        "19": factor * D("119.00"),
        "7": factor * D("10.70"),
    }
    assert problems_of(stated.corrections, D("129.70"), None, None, today=date(2026, 11, 29)) == []


def test_amounts_of_both_signs_are_those_of_their_sum() -> None:
    mixed = Decisions(corrections=Corrections(tax=((D(19), D("140.40")), (D(7), D("-10.70")))))
    booking = draft(replace(DOCUMENT, **POSITIVE), PAPER, BOOKS, export(positive_credit_note="negate"), decisions=mixed)
    assert lines(booking) == {"19": "-140.40", "7": "10.70"}


def test_an_invoice_is_not_turned_by_the_sign_of_what_is_stated() -> None:
    tax = ((D(0), D("-21.60")), (D(7), D("-32.10")), (D(19), D("-59.30")))
    assert obstacle(Corrections(tax=tax), **THREE_RATES) == "tax_not_total"


@pytest.mark.parametrize("net", ["100.00", "-100.00"])
def test_the_net_amount_of_a_credit_note_may_have_either_sign(net: str) -> None:
    credit_note = {"document_type": "CREDIT_NOTE", **NET_ALONE, "net_amount": D(net)}
    assert lines(booked(Corrections(tax=((D(19), D("-119.00")),)), **credit_note)) == {"19": "-119.00"}
    assert obstacle(Corrections(tax=((D(19), D("-238.00")),)), **credit_note) == "tax_not_net"


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("gross_unreadable", {"gross_amount": None, "unread_gross": "1.190"}),
        ("no_amount", {"gross_amount": None}),
        ("zero_amount", {"gross_amount": D("0.00"), "tax_rates": ()}),
    ],
)
def test_amounts_by_rate_are_the_gross_amount_that_is_missing_or_cannot_be_read(
    code: str, fields: dict[str, Any]
) -> None:
    lacking = {"net_amount": None, "tax_rates": (D(19),), **fields}
    assert obstacle(Corrections(), **lacking) == code
    assert DIRECTIONS["export"].corrections[code] == ("tax",)
    assert lines(booked(Corrections(tax=((D(19), D("1190.00")),)), **lacking)) == {"19": "1190.00"}


def test_a_positive_amount_that_is_stated_for_a_credit_note_is_a_question_of_its_own() -> None:
    lacking = {"document_type": "CREDIT_NOTE", "gross_amount": None}
    assert obstacle(Corrections(tax=((D(19), D("119.00")),)), **lacking) == "positive_credit_note"
    assert lines(booked(Corrections(tax=((D(19), D("-119.00")),)), **lacking)) == {"19": "-119.00"}


def test_one_rate_for_the_whole_document_even_one_that_is_no_vat_rate_of_the_day() -> None:
    odd = {"tax_rates": (D("16.34"),), "net_amount": None, "gross_amount": D("100.00"), "line_items": ()}
    assert obstacle(Corrections(), **odd) == "rate_unknown"
    assert lines(booked(Corrections(tax=((D(0), None),)), **odd)) == {"0": "100.00"}


@pytest.mark.parametrize("rule", ["hold", "zero_amount", "convert"])
def test_an_exchange_rate_converts_whatever_the_account_does_with_foreign_currency(rule: str) -> None:
    one = booked(Corrections(exchange_rate=D("0.9")), settings={"foreign_currency": rule}, **DOLLARS)
    assert lines(one) == {"19": "107.10"}
    assert "119.00 USD (1 USD = 0.9 EUR, rate entered)" in one.expense.lines[0].description


@pytest.mark.parametrize(
    ("kind", "company", "country", "reverse_charge"),
    [("domestic", FRENCH, "DE", False), ("outside", FOREIGN, "US", False), ("eu", FRENCH, "FR", True)],
)
def test_the_kind_of_purchase_decides_country_and_reverse_charge(
    kind: Any, company: Any, country: str, reverse_charge: bool
) -> None:
    untaxed = {"tax_rates": (D(0),), "net_amount": D("50.00"), "gross_amount": D("50.00"), "line_items": ()}
    rule = {"tax_rate": 19, "product_or_service": "service", "consumption_or_resale": "consumption"}
    one = booked(Corrections(supply=kind), company, {"reverse_charge": rule}, **untaxed)
    assert one.expense.supplier_country == country
    assert bool(one.expense.lines[0].reverse_charge) is reverse_charge


def test_tax_of_a_country_outside_is_not_booked() -> None:
    assert obstacle(Corrections(), FOREIGN) == "foreign_tax"
    assert lines(booked(Corrections(supply="outside"), FOREIGN)) == {"0": "119.00"}


def test_a_document_that_states_tax_is_not_booked_with_the_reverse_charge() -> None:
    assert obstacle(Corrections(supply="eu"), FRENCH) == "stated_eu_taxed"
    assert obstacle(Corrections(supply="eu", tax=((D(19), None),)), FRENCH) == "stated_eu_taxed"


def test_without_a_rule_of_the_account_a_stated_purchase_from_the_union_says_so() -> None:
    assert obstacle(Corrections(supply="eu", tax=((D(0), None),)), FRENCH) == "stated_eu_without_rule"


def test_an_exchange_rate_for_a_document_in_the_currency_of_the_books_is_not_ignored() -> None:
    assert obstacle(Corrections(exchange_rate=D("1.0956"))) == "stated_rate_unused"


def test_without_the_supplier_s_country_there_is_no_reverse_charge() -> None:
    nowhere = replace(PAPER, country_code="", vat_id="")
    assert obstacle(Corrections(supply="eu"), nowhere) == "stated_eu_without_country"


@pytest.mark.parametrize(
    "stated",
    [
        Corrections(),
        Corrections(date=date(2026, 3, 1), currency="SEK", exchange_rate=D("0.0934"), supply="outside"),
        Corrections(tax=((D(19), None),)),
        Corrections(tax=((D("5.5"), D("10.55")), (D(20), D("-1.20")))),
    ],
)
def test_the_ledger_keeps_what_was_stated(stated: Corrections) -> None:
    assert to_decisions(stated.words()).corrections == stated


def test_corrections_and_choices_are_kept_apart() -> None:
    decisions = to_decisions(" invoice_contradicts=invoice date=2026-03-01")
    assert decisions.choices == {"invoice_contradicts": "invoice"}
    assert decisions.corrections == Corrections(date=date(2026, 3, 1))
    assert not {"date", "currency", "tax", "exchange_rate", "supply"} & DIRECTIONS["export"].choices.keys()


@pytest.mark.parametrize(
    "words",
    [
        {"date": "1.3.2026"},
        {"tax": "nineteen"},
        {"tax": "19:NaN"},
        {"tax": "19:1_19.00"},
        {"tax": "1_9"},
        {"tax": "19:1e2"},
        {"exchange_rate": "x"},
        {"exchange_rate": "1_1"},
        {"exchange_rate": "\uff11"},
    ],
)
def test_a_word_without_its_form_is_an_error(words: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        to_corrections(words)


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        (Corrections(date=date(1969, 12, 31)), "correction_date_old"),
        (Corrections(date=date(2025, 12, 31)), "correction_date_outside"),
        (Corrections(currency="EURO"), "correction_currency"),
        (Corrections(currency="XXX"), "correction_currency"),
        (Corrections(date=date(2099, 1, 1)), "correction_date_far"),
        (Corrections(exchange_rate=D(0)), "correction_exchange_rate"),
        (Corrections(supply="eu", tax=((D(19), None),)), "stated_eu_taxed"),
        (Corrections(exchange_rate=D("0.0000000001")), "correction_exchange_rate"),
        (Corrections(exchange_rate=D(-1)), "correction_exchange_rate"),
        (Corrections(tax=((D(101), None),)), "correction_rates"),
        (Corrections(tax=((D("7.125"), None),)), "correction_rates"),
        (Corrections(tax=((D(7), D(50)), (D(7), D(69)))), "correction_rates"),
        (Corrections(tax=((D(7), D(50)), (D(19), None))), "correction_amount_missing"),
        (Corrections(tax=((D(7), D("50.001")), (D(19), D("68.999")))), "correction_amount"),
        (Corrections(tax=((D(7), D(50)), (D(19), D(68)))), "tax_not_total"),
    ],
)
def test_impossible_facts_are_refused_when_they_are_entered(stated: Corrections, problem: str) -> None:
    (found,) = problems_of(stated, D("119.00"), date(2026, 1, 1), None, today=date(2026, 11, 29))
    assert found.code == problem


def test_a_rate_with_nothing_at_it_is_no_line() -> None:
    tax = ((D(7), D(0)), (D(19), D("113.00")))
    assert lines(booked(Corrections(tax=tax), **THREE_RATES)) == {"19": "113.00"}


def test_an_e_invoice_does_not_prove_the_figures_of_a_person() -> None:
    reading = Reading((invoice(AT_19),))
    for tax, word in ((((D(19), None),), "proven"), (((D(7), None),), "unproven")):
        decisions = Decisions(corrections=Corrections(tax=tax))
        one = draft(DOCUMENT, PAPER, BOOKS, export(), reading=reading, decisions=decisions)
        assert one.invoice == word


# On its way


def correct(acme: Stage, uid: str, **facts: Any) -> None:
    stated = Corrections(**facts)
    acme.ledger.documents.correct([acme.entry(uid)], stated.words(), "user:ada", "as printed", detail=stated.as_json())


@pytest.mark.parametrize("period", [{}, {"period": {"from": "2026-01-01"}}], ids=["any date", "a period"])
def test_an_undated_document_goes_with_its_own_date_in_name_and_books(acme: Stage, period: dict[str, Any]) -> None:
    account = acme.exports(rename="{document_date}_{document_number}", **period)
    uid = acme.document(pdf(), document_date="", document_number="R-7")
    acme.export(account)
    assert acme.states()[uid].endswith("no_date")

    correct(acme, uid, date=date(2026, 3, 1))
    assert [row.outcome for row in acme.preview(account)] == ["send"]
    acme.export(account)
    entry = acme.entry(uid)
    assert (entry.state, entry.document_date) == (State.MOVED, date(2026, 3, 1))
    assert entry.target_name == "2026-03-01_R-7.pdf"
    assert "document_date" not in acme.company.document(int(uid))  # the record is untouched


def test_it_outlasts_a_change_of_the_record_and_a_full_listing(acme: Stage) -> None:
    account = acme.exports(period={"from": "2026-01-01"})
    uid = acme.document(pdf(), document_date="")
    acme.export(account)
    correct(acme, uid, date=date(2026, 3, 1))
    acme.company.edit_document(int(uid), tags=["seen"])
    acme.clock.pass_by(days=8)
    acme.export(account)
    assert acme.entry(uid).document_date == date(2026, 3, 1)


def test_a_check_expects_what_was_stated(acme: Stage) -> None:
    account = acme.exports(period={"from": "2026-01-01"})
    undated = acme.document(pdf(), document_date="")
    acme.export(account)
    correct(acme, undated, date=date(2026, 3, 1), tax=((D(7), None),))
    acme.export(account)
    assert acme.states() == {undated: "moved"}
    with check(acme.job(account)) as found:
        assert [(row.outcome, row.source_id) for row in found.rows] == [(CheckOutcome.SAME, undated)]


def test_what_is_withdrawn_does_not_count_any_more(acme: Stage) -> None:
    uid = acme.document(pdf(), document_date="")
    acme.export()
    correct(acme, uid, date=date(2026, 3, 1))
    correct(acme, uid)
    acme.export()
    assert acme.states() == {uid: "rejected no_date"}
    kinds = [(event.kind, dict(event.detail)) for event in acme.ledger.documents.history(acme.entry(uid))]
    assert ("corrected", {"reason": "as printed", "own_date": "2026-03-01"}) in kinds
    assert ("corrected", {"reason": "as printed", "own_withdrawn": True}) in kinds


@pytest.mark.usefixtures("in_2090")
def test_a_document_that_waits_for_a_rate_goes_at_the_rate_entered(acme: Stage, tmp_path: Path) -> None:
    acme.options["ecb_rates"] = rates_of(tmp_path, "2090-01-02,1.10")
    account = acme.exports(foreign_currency="convert")
    uid = acme.document(pdf(), currency="USD", document_date="2090-01-03")
    acme.export(account)
    assert acme.states() == {uid: "waiting no_rate_yet"}
    correct(acme, uid, exchange_rate=D("0.5"))
    acme.export(account)
    assert acme.booked() == {uid: acme.entry(uid).gross_amount * D("0.5")}


def test_a_document_with_a_net_amount_alone_goes_with_the_amounts_that_a_person_states(acme: Stage) -> None:
    account = acme.exports(rename="{document_number}_{gross_amount}")
    uid = acme.document(document_number="A", gross_amount=None)
    acme.export(account)
    assert acme.states() == {uid: "held net_alone"}
    assert DIRECTIONS["export"].correctable(acme.entry(uid))[0] == "tax"
    stated = Corrections(tax=((D(19), D("119.00")),))
    acme.ledger.documents.correct([acme.entry(uid)], stated.words(), "user:anna", "paper", detail=stated.as_json())
    acme.export(account)
    entry, [expense] = acme.entry(uid), acme.company.expenses()
    assert (expense["totalGrossAmount"], expense["file"]["fileName"]) == (119, "A_119.00.pdf")
    assert (entry.gross_amount, entry.target_name) == (D("119.00"), "A_119.00.pdf")
