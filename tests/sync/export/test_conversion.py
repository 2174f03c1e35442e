from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.messages import Message, readable
from debitoor_provider.services.debitoor.models import Environment
from debitoor_provider.services.getmyinvoices.models import LineItem
from debitoor_provider.sync.export.choices import Decisions
from debitoor_provider.sync.export.conversion import (
    INVOICE,
    ConversionRate,
    booked_worth,
    conversion,
    converted,
    entered_rate,
    stated_rate,
    still_waits,
)
from debitoor_provider.sync.export.exchange_rates import ExchangeRates
from debitoor_provider.sync.export.expense import draft
from debitoor_provider.sync.export.tax_lines import TaxLine, TaxSplit
from debitoor_provider.sync.invoice.models import Invoice, InvoiceKind, Reading, Syntax, TaxGroup
from debitoor_provider.sync.money import cents
from debitoor_provider.sync.obstacle import Obstacle, ObstacleKind
from tests.sync.export.test_expense import BOOKS, DOCUMENT, PAPER
from tests.sync.export.test_selection import export

if TYPE_CHECKING:
    from pathlib import Path

    from debitoor_provider.sync.export.booking import Booking
    from debitoor_provider.sync.export.choices import Choice

pytestmark = pytest.mark.usefixtures("in_2090")
DAY = date(2024, 1, 2)  # 1 EUR = 1.0956 USD = 7.4551 DKK
AT_ECB = "1.0956 USD = 1 EUR, ECB 2024-01-02"


def booked(books: Environment = BOOKS, reading: Reading | None = None, **fields: Any) -> Booking:
    document = replace(DOCUMENT, **({"currency": "USD", "document_date": DAY} | fields))
    settings = {"foreign_currency": "convert"}
    return draft(document, PAPER, books, export(**settings), ExchangeRates(), reading=reading)


def obstacle(**fields: Any) -> Obstacle:
    with pytest.raises(Obstacle) as met:
        booked(**fields)
    return met.value


def test_a_foreign_document_is_booked_at_the_rate_of_its_day() -> None:
    parts = booked()
    [line] = parts.expense.lines
    assert (line.tax_rate, line.gross_amount) == (19, Decimal("108.62"))
    assert line.description == f"119.00 USD ({AT_ECB}) / R-7 / Paper Ltd [GMI 28715]"
    assert str(Message.from_json(parts.as_json()["exchange_rate"])) == AT_ECB


@pytest.mark.parametrize("currency", ["EUR", " eur "])
def test_the_currency_of_the_books_is_never_converted(currency: str) -> None:
    parts = booked(currency=currency)
    assert parts.figures.gross == Decimal("119.00")
    assert parts.rate is None
    assert parts.expense.lines[0].description == "R-7 / Paper Ltd [GMI 28715]"


@pytest.mark.parametrize(
    ("currency", "books", "gross", "rate"),
    [
        ("USD", "DKK", "809.75", "1.0956 USD = 7.4551 DKK, ECB 2024-01-02"),
        ("EUR", "DKK", "887.16", "1 EUR = 7.4551 DKK, ECB 2024-01-02"),
        ("USD", "JPY", "16909", "1.0956 USD = 155.68 JPY, ECB 2024-01-02"),
        ("HRK", "EUR", "15.79", "7.53450 HRK = 1 EUR, legal rate, Regulation (EU) 2022/1208"),
        ("HRK", "DKK", "117.75", "7.53450 HRK = 7.4551 DKK, legal rate, Regulation (EU) 2022/1208, and ECB 2024-01-02"),
        ("ATS", "DEM", "16.91", "13.7603 ATS = 1.95583 DEM, legal rate, Regulation (EC) No 2866/98"),
    ],
)
def test_two_currencies_are_converted_through_the_euro(currency: str, books: str, gross: str, rate: str) -> None:
    parts = booked(Environment("59f0", "books@acme.example", "DE", books), currency=currency)
    assert (parts.figures.gross, str(parts.rate)) == (Decimal(gross), rate)


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        (date(2022, 12, 30), "7.5365 HRK = 1 EUR, ECB 2022-12-30"),
        (date(2022, 12, 31), "7.5365 HRK = 1 EUR, ECB 2022-12-30"),
        (date(2023, 1, 1), "7.53450 HRK = 1 EUR, legal rate, Regulation (EU) 2022/1208"),
    ],
)
def test_a_currency_has_its_legal_rate_from_the_day_it_joined_the_euro(day: date, rate: str) -> None:
    assert str(booked(currency="HRK", document_date=day).rate) == rate


def test_the_lines_of_several_rates_sum_to_the_converted_gross_amount() -> None:
    items = tuple(LineItem("", None, None, Decimal(rate), None, Decimal("10.01")) for rate in (0, 7, 19))
    rates = (Decimal(0), Decimal(7), Decimal(19))
    parts = booked(net_amount=None, gross_amount=Decimal("30.03"), tax_rates=rates, line_items=items)
    assert parts.figures.gross == Decimal("27.41")
    assert [line.gross_amount for line in parts.expense.lines] == [Decimal("9.13"), Decimal("9.14"), Decimal("9.14")]
    assert parts.as_json()["rounding"] == "-0.01"


@given(
    st.lists(st.decimals("-9999.99", "9999.99", places=2).filter(bool), min_size=1, max_size=4),
    st.decimals("0.0001", "20000", places=4),
)
def test_the_lines_sum_to_the_gross_amount_at_any_rate(amounts: list[Decimal], units: Decimal) -> None:
    lines = tuple(TaxLine(Decimal(rate), amount) for rate, amount in enumerate(amounts))
    rate = ConversionRate(units, "USD", Decimal(1), "EUR", "ECB")
    gross = sum(amounts, Decimal(0))
    parts = converted(TaxSplit(lines), gross, rate)
    assert sum(line.gross for line in parts.lines) == rate.convert(gross)
    assert abs(parts.rounding) <= Decimal("0.005") * (len(lines) + 1)
    assert all(line.gross == cents(line.gross) for line in parts.lines)


def test_a_credit_note_keeps_its_sign_and_rounds_as_its_invoice() -> None:
    rate = ConversionRate(Decimal(2), "USD", Decimal(1), "EUR", "ECB")
    assert rate.convert(Decimal("0.01")) == Decimal("0.01")
    assert rate.convert(Decimal("-0.01")) == Decimal("-0.01")


def test_the_bounds_of_a_split_are_converted_too() -> None:
    parts = booked(net_amount=Decimal("200.00"), gross_amount=Decimal("226.00"), tax_rates=(Decimal(7), Decimal(19)))
    assert parts.spans() == {"nearest": {"7": ["97.58", "97.75"], "19": ["108.53", "108.70"]}}


def test_an_amount_beyond_what_debitoor_takes_is_rejected() -> None:
    books = Environment("59f0", "books@acme.example", "DE", "IDR")
    assert obstacle(books=books, net_amount=None, gross_amount=Decimal(10**12)).code == "odd_amount"


# No rate


def test_a_document_waits_until_the_rates_reach_its_day() -> None:
    met = obstacle(document_date=date(2090, 1, 2))
    assert (met.kind, met.code) == (ObstacleKind.WAITING, "no_rate_yet")
    assert met.message.text().startswith("The document of 2090-01-02 in USD waits for its exchange rate to EUR")
    assert "docs/currencies.md" in met.message.remedy()
    assert still_waits(met.message, ExchangeRates()) == met.message


def test_a_waiting_document_is_moved_once_the_rates_exist(tmp_path: Path) -> None:
    met = obstacle(document_date=date(2090, 1, 2))
    file = tmp_path / "eurofxref-hist.csv"
    file.write_text("Date,USD,\n2090-01-02,1.2,\n2089-12-30,1.1,\n")
    assert still_waits(met.message, ExchangeRates(str(file))) is None


def test_the_reason_names_the_day_that_the_rates_reach_by_now(tmp_path: Path) -> None:
    met = obstacle(document_date=date(2090, 1, 2))
    file = tmp_path / "eurofxref-hist.csv"
    file.write_text("Date,USD,\n2089-12-30,1.1,\n")
    waits = still_waits(met.message, ExchangeRates(str(file)))
    assert waits is not None
    assert waits.text().endswith("the rates here reach 2089-12-30.")


def test_a_document_waiting_for_an_ended_currency_is_checked_again(tmp_path: Path) -> None:
    met = obstacle(document_date=date(2090, 1, 2))
    file = tmp_path / "eurofxref-hist.csv"
    file.write_text("Date,USD,\n2090-01-02,N/A,\n2089-12-01,1.1,\n")
    assert still_waits(met.message, ExchangeRates(str(file))) is None


@pytest.mark.parametrize(
    ("currency", "day"), [("AED", DAY), ("AED", date(2090, 1, 2)), ("RUB", DAY), ("ISK", date(2012, 5, 2))]
)
def test_a_currency_that_is_not_quoted_is_held(currency: str, day: date) -> None:
    met = obstacle(currency=currency, document_date=day)
    assert (met.kind, met.code) == (ObstacleKind.HELD, "no_rate")
    assert met.message.text().startswith(f"The European Central Bank published no rate of {currency} on {day}")


# A rate that the invoice states

STATED = ConversionRate(Decimal(1), "USD", Decimal("0.95"), "EUR", INVOICE)
DOLLARS = Invoice(
    Syntax.UBL,
    InvoiceKind.INVOICE,
    "R-7",
    DAY,
    "USD",
    Decimal("100.00"),
    Decimal("19.00"),
    Decimal("119.00"),
    (TaxGroup("S", Decimal(19), Decimal("100.00"), Decimal("19.00")),),
    accounting_currency="EUR",
    accounting_tax=Decimal("18.05"),
)


def test_the_tax_that_the_invoice_states_in_the_currency_of_the_books_comes_first() -> None:
    parts = booked(reading=Reading((DOLLARS,)))
    assert parts.figures.gross == Decimal("113.05")
    assert str(parts.rate) == "19.00 USD = 18.05 EUR, rate of the invoice"


def test_a_stated_rate_to_be_divided_by_is_divided_by() -> None:
    """1,000.00 francs of a reverse charge at 0.96 francs a euro, which is near the published 0.9308 euros a franc."""
    franc = {"currency": "CHF", "accounting_tax": None, "exchange_rate": Decimal(1), "exchange_units": Decimal("0.96")}
    sums = {"net": Decimal("1000.00"), "tax": Decimal(0), "gross": Decimal("1000.00")}
    untaxed = (TaxGroup("Z", Decimal(0), Decimal("1000.00"), Decimal(0)),)
    record = {"currency": "CHF", "net_amount": None, "gross_amount": None, "tax_rates": ()}
    parts = booked(reading=Reading((replace(DOLLARS, groups=untaxed, **franc, **sums),)), **record)
    assert (str(parts.rate), parts.figures.gross) == ("0.96 CHF = 1 EUR, rate of the invoice", Decimal("1041.67"))


def test_an_invoice_that_states_no_rate_is_converted_at_that_of_its_day() -> None:
    parts = booked(reading=Reading((replace(DOLLARS, accounting_currency="", accounting_tax=None),)))
    assert str(parts.rate) == AT_ECB


@pytest.mark.parametrize("other", [replace(STATED, currency="GBP"), replace(STATED, books="DKK")])
def test_a_stated_rate_of_other_currencies_is_not_taken(other: ConversionRate) -> None:
    assert str(conversion(replace(DOCUMENT, currency="USD"), DAY, "EUR", other)) == AT_ECB


ZERO_RATED = (TaxGroup("Z", Decimal(0), Decimal(118), Decimal(0)),)
ABSURD = replace(DOLLARS, accounting_tax=Decimal("99.00"))


def test_a_stated_rate_far_from_the_published_one_is_held_with_both() -> None:
    met = obstacle(reading=Reading((ABSURD,)))
    assert (met.kind, met.code, met.invoice) == (ObstacleKind.HELD, "odd_exchange_rate", "proven")
    assert "19.00 USD = 99.00 EUR, rate of the invoice" in met.message.text()
    assert AT_ECB in met.message.text()


@pytest.mark.parametrize(("choice", "gross"), [("invoice", "620.05"), ("record", "108.62")])
def test_a_person_chooses_between_the_two_rates(choice: Choice, gross: str) -> None:
    document = replace(DOCUMENT, currency="USD", document_date=DAY)
    account = export(foreign_currency="convert")
    decisions = Decisions({"odd_exchange_rate": choice})
    reading = Reading((ABSURD,))
    parts = draft(document, PAPER, BOOKS, account, ExchangeRates(), reading=reading, decisions=decisions)
    assert parts.figures.gross == Decimal(gross)


@pytest.mark.parametrize("day", [DAY, date(2090, 1, 2)], ids=["published", "not published yet"])
def test_rates_of_banks_and_customs_are_near_enough(day: date) -> None:
    last = conversion(replace(DOCUMENT, currency="USD"), date(2026, 10, 30), "EUR", None)
    assert last is not None
    worth = last.worth / last.units if day != DAY else 1 / Decimal("1.0956")
    near, far = (replace(STATED, worth=worth * factor) for factor in (Decimal("1.09"), Decimal("1.11")))
    assert conversion(replace(DOCUMENT, currency="USD"), day, "EUR", near) is near
    with pytest.raises(Obstacle):
        conversion(replace(DOCUMENT, currency="USD"), day, "EUR", far)


def test_the_rate_of_a_currency_without_a_published_one_is_taken_from_the_invoice() -> None:
    pesos = replace(STATED, currency="ARS")
    assert conversion(replace(DOCUMENT, currency="ARS"), DAY, "EUR", pesos) is pesos


@pytest.mark.parametrize("day", [DAY, date(2090, 1, 2)], ids=["published", "not published yet"])
@pytest.mark.parametrize("worth", ["1.16", "91.28", "0.0091"], ids=["the other way round", "of 100 units", "of a cent"])
def test_a_rate_that_a_person_entered_in_the_wrong_direction_or_for_many_units_is_held(worth: str, day: date) -> None:
    with pytest.raises(Obstacle) as met:
        entered_rate(Decimal(worth), "USD", "EUR", day)
    assert (met.value.kind, met.value.code) == (ObstacleKind.HELD, "entered_rate_odd")
    assert f"1 USD = {worth} EUR, rate entered" in met.value.message.text()


@pytest.mark.parametrize(
    ("worth", "currency", "books"),
    [
        ("0.80", "USD", "EUR"),
        ("0.98", "USD", "EUR"),
        ("1.05", "CHF", "EUR"),
        ("7.46", "EUR", "DKK"),
        ("5", "ARS", "EUR"),
    ],
)
def test_any_other_rate_that_a_person_entered_is_taken(worth: str, currency: str, books: str) -> None:
    assert entered_rate(Decimal(worth), currency, books, DAY).worth == Decimal(worth)


def test_an_invoice_with_a_stated_rate_does_not_wait() -> None:
    document = replace(DOCUMENT, currency="USD")
    assert conversion(document, date(2090, 1, 2), "EUR", STATED) is STATED


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"accounting_tax": Decimal("-18.05")}, "its tax is 19.00 USD and -18.05 EUR"),
        ({"accounting_tax": Decimal("0.00")}, "its tax is 19.00 USD and 0.00 EUR"),
        (
            {
                "groups": (TaxGroup("S", Decimal(7), Decimal("1.00"), Decimal("0.07")), *ZERO_RATED),
                "net": Decimal("119.00"), "tax": Decimal("0.07"), "gross": Decimal("119.07"),
                "accounting_tax": Decimal("0.06"),
            },
            "its tax is 0.07 USD and 0.06 EUR",
        ),
        ({"accounting_tax": None}, ""),
        ({"accounting_tax": None, "exchange_rate": Decimal("0.95")}, "it does not state its tax in EUR"),
        ({"accounting_tax": Decimal("18.05"), "accounting_currency": "DKK"}, ""),
    ],
)  # fmt: skip
def test_the_history_says_why_the_rate_of_the_invoice_is_not_taken(fields: dict[str, Any], says: str) -> None:
    record = {"net_amount": None, "gross_amount": None, "tax_rates": ()}
    detail = booked(reading=Reading((replace(DOLLARS, **fields),)), **record).as_json()
    assert str(Message.from_json(detail["exchange_rate"])) == AT_ECB
    assert ("own_rate" in detail) == bool(says)
    assert says in str(readable(detail.get("own_rate", "")))


def test_an_invoice_without_tax_states_no_rate_and_nothing_is_said() -> None:
    untaxed = replace(
        DOLLARS, groups=ZERO_RATED, net=Decimal(118), tax=Decimal(0), gross=Decimal(118), accounting_tax=Decimal(0)
    )
    record = {"net_amount": None, "gross_amount": None, "tax_rates": ()}
    assert "own_rate" not in booked(reading=Reading((untaxed,)), **record).as_json()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"exchange_rate": Decimal("0.95")}, None),  # nothing confirms it
        ({"exchange_rate": Decimal("0.95"), "accounting_tax": Decimal(0)}, None),
        ({"exchange_rate": Decimal("0.95"), "tax": Decimal(0)}, (1, "0.95")),
        ({"exchange_rate": Decimal("0.95"), "tax": Decimal(0), "accounting_tax": Decimal(0)}, (1, "0.95")),
        ({"exchange_rate": Decimal("0.95"), "tax": None}, (1, "0.95")),
        (
            {"exchange_rate": Decimal(1), "exchange_units": Decimal("0.96"), "accounting_tax": Decimal("19.79")},
            ("0.96", "1"),
        ),
        ({"exchange_rate": Decimal("0.95"), "accounting_tax": Decimal("18.05")}, (1, "0.95")),
        ({"accounting_tax": Decimal("18.05")}, (19, "18.05")),
        (
            {"exchange_rate": Decimal("1.0526"), "accounting_tax": Decimal("18.05")},
            (19, "18.05"),
        ),  # the other way round
        ({"tax": Decimal(-19), "gross": Decimal(-119), "accounting_tax": Decimal("-18.05")}, (19, "18.05")),
        ({"tax": Decimal("0.19"), "accounting_tax": Decimal("0.18")}, None),  # too small to derive the rate
        ({"accounting_tax": Decimal("-18.05")}, None),
        ({"accounting_tax": Decimal("18.05"), "accounting_currency": "GBP"}, None),
        ({"exchange_rate": Decimal(0)}, None),
        ({}, None),
    ],
)
def test_an_invoice_states_a_rate_directly_or_by_its_tax(
    fields: dict[str, Any], expected: tuple[int | str, str] | None
) -> None:
    invoice = replace(DOLLARS, **({"accounting_tax": None} | fields))
    rate = stated_rate(invoice, "EUR")
    assert (rate and (rate.units, rate.worth)) == (expected and (Decimal(expected[0]), Decimal(expected[1])))
    assert rate is None or rate.source == INVOICE


def test_the_worth_of_an_amount_with_an_empty_date_is_not_known() -> None:
    account = export(foreign_currency="convert")
    assert booked_worth(account, "EUR", ExchangeRates(), Decimal(119), "USD", date.min) is None
