from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.services.debitoor.body import expense_body
from debitoor_provider.services.debitoor.models import Environment
from debitoor_provider.services.getmyinvoices.models import Company, Document, LineItem
from debitoor_provider.services.http.json_body import json_body
from debitoor_provider.sync.corrections import Corrections
from debitoor_provider.sync.export.booking import Booking
from debitoor_provider.sync.export.choices import Decisions
from debitoor_provider.sync.export.expense import draft
from debitoor_provider.sync.obstacle import Obstacle, ObstacleKind
from debitoor_provider.sync.period import AHEAD
from tests.sync.export.test_selection import export

TODAY = date(2026, 6, 30)
BOOKS = Environment("59f0", "books@acme.example", "DE", "EUR")
PAPER = Company(4711, "Paper Ltd", country_code="DE", vat_id="DE123456789")
MOULIN = Company(4712, "Au bon moulin", country_code="FR")
DOCUMENT = Document(
    28715,
    "INCOMING_INVOICE",
    document_number="R-7",
    document_date=date(2026, 1, 31),
    company_uid=4711,
    company_name="Paper Ltd",
    net_amount=Decimal("100.00"),
    gross_amount=Decimal("119.00"),
    tax_rates=(Decimal(19),),
    currency="EUR",
    filename="scan.pdf",
)
UNTAXED = {"net_amount": Decimal("100.00"), "gross_amount": Decimal("100.00"), "tax_rates": (Decimal(0),)}
ITEMS = ((Decimal(7), None, Decimal("107.00")), (Decimal(19), None, Decimal("119.00")))
SERVICE = {"tax_rate": "19", "product_or_service": "service", "consumption_or_resale": "consumption"}


def booked(company: Company | None = PAPER, settings: dict[str, Any] | None = None, **fields: Any) -> Booking:
    return draft(replace(DOCUMENT, **fields), company, BOOKS, export(**(settings or {})))


def obstacle(company: Company | None = PAPER, settings: dict[str, Any] | None = None, **fields: Any) -> str:
    with pytest.raises(Obstacle) as met:
        booked(company, settings, **fields)
    assert met.value.message.text().endswith(".")
    assert met.value.message.remedy().endswith(".")
    return f"{met.value.kind} {met.value.code}"


def test_the_expense_has_the_data_of_the_document() -> None:
    expense = booked(settings={"category": "office.software"}).expense
    [line] = expense.lines
    assert (expense.date, expense.supplier_name, expense.supplier_country) == (date(2026, 1, 31), "Paper Ltd", "DE")
    assert expense.supplier_ci_number == "DE123456789"
    assert (line.tax_rate, line.gross_amount, line.category_id) == (19, Decimal("119.00"), "office.software")
    assert line.description == "R-7 / Paper Ltd [GMI 28715]"
    assert line.reverse_charge is None


def test_each_line_of_several_rates_has_the_words_and_the_category() -> None:
    fields = {
        "net_amount": Decimal("200.00"),
        "gross_amount": Decimal("226.00"),
        "tax_rates": (Decimal(7), Decimal(19)),
    }
    lines = booked(
        settings={"category": "office.software", "specification": ["document_number"]}, **fields
    ).expense.lines
    assert [(line.description, line.category_id) for line in lines] == [("R-7 [GMI 28715]", "office.software")] * 2


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"document_date": None}, "rejected no_date"),
        ({"document_date": None, "unread_date": "31.02.2026"}, "rejected date_unreadable"),
        ({"document_date": date(1969, 12, 31)}, "rejected odd_date"),
        ({"currency": ""}, "rejected no_currency"),
        ({"currency": " "}, "rejected no_currency"),
        ({"gross_amount": None}, "held net_alone"),
        ({"gross_amount": Decimal(0)}, "held net_alone"),
        ({"gross_amount": None, "net_amount": None}, "rejected no_amount"),
        ({"tax_rates": ()}, "rejected no_tax_rate"),
        ({"currency": "USD"}, "held foreign_currency"),
    ],
)
def test_missing_and_foreign_data_is_reported(fields: dict[str, Any], expected: str) -> None:
    assert obstacle(**fields) == expected


@pytest.mark.parametrize("currency", ["EUR", "eur", " Eur "])
def test_the_case_of_a_currency_does_not_matter(currency: str) -> None:
    assert booked(currency=currency).figures.gross == Decimal("119.00")


# Two rates of which only the sums are known

SUMS = {"net_amount": Decimal("200.00"), "gross_amount": Decimal("226.00"), "tax_rates": (Decimal(7), Decimal(19))}


def test_the_nearest_split_is_booked_and_marked_with_its_bounds() -> None:
    parts = booked(**SUMS)
    assert parts.figures.by_rate == {7: Decimal("107.00"), 19: Decimal("119.00")}
    nearest = {"7": ["106.91", "107.09"], "19": ["118.91", "119.09"]}
    assert parts.as_json() == {
        "date": "2026-01-31",
        "by_rate": {"7": "107.00", "19": "119.00"},
        "nearest": nearest,
    }
    assert parts.spans() == {"nearest": nearest}
    assert parts.mark is not None
    assert "106.91 to 107.09 at 7 %, 118.91 to 119.09 at 19 %" in parts.mark.text()


def test_a_split_with_several_solutions_is_held_if_the_account_says_so() -> None:
    with pytest.raises(Obstacle) as met:
        booked(settings={"two_rates": "hold"}, **SUMS)
    assert (met.value.kind, met.value.code) == (ObstacleKind.HELD, "two_rates")
    assert "106.91 to 107.09 at 7 %, 118.91 to 119.09 at 19 %" in met.value.message.text()


@pytest.mark.parametrize(
    "fields",
    [
        {"line_items": tuple(LineItem("", None, None, *parts) for parts in ITEMS)},  # the line items are sufficient
        {"net_amount": Decimal("0.50"), "gross_amount": Decimal("0.60")},  # the only solution
    ],
)
def test_an_exact_split_has_no_mark_and_is_never_held(fields: dict[str, Any]) -> None:
    parts = booked(settings={"two_rates": "hold"}, **(SUMS | fields))
    assert (parts.mark, parts.spans()) == (None, {})


# Foreign currency


@pytest.mark.parametrize(
    ("fields", "rate", "description"),
    [
        ({"currency": "USD"}, 19, "119.00 USD / R-7 / Paper Ltd [GMI 28715]"),
        ({"currency": "JPY", "gross_amount": Decimal(12000)}, 19, "12000.00 JPY / R-7 / Paper Ltd [GMI 28715]"),
        ({"currency": "USD", "tax_rates": ()}, 0, "119.00 USD / R-7 / Paper Ltd [GMI 28715]"),
        ({"currency": "USD", "tax_rates": (Decimal(7), Decimal(19))}, 0, "119.00 USD / R-7 / Paper Ltd [GMI 28715]"),
    ],
)
def test_a_foreign_document_may_be_booked_with_0_and_its_real_amount_in_words(
    fields: dict[str, Any], rate: int, description: str
) -> None:
    [line] = booked(settings={"foreign_currency": "zero_amount"}, **fields).expense.lines
    assert (line.gross_amount, line.tax_rate, line.description) == (0, rate, description)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"gross_amount": None}, "held net_alone"),
        ({"gross_amount": None, "net_amount": None}, "rejected no_amount"),
        ({"gross_amount": Decimal(0), "net_amount": None, "tax_rates": ()}, "rejected zero_amount"),
        ({"gross_amount": Decimal("1.005")}, "rejected odd_amount"),
        ({"tax_rates": (Decimal("19.005"),)}, "rejected odd_rate"),
    ],
)
def test_a_foreign_document_without_proper_figures_is_not_booked_either(fields: dict[str, Any], expected: str) -> None:
    assert obstacle(settings={"foreign_currency": "zero_amount"}, currency="USD", **fields) == expected


def test_a_document_over_nothing_is_booked() -> None:
    parts = booked(net_amount=Decimal(0), gross_amount=Decimal(0))
    [line] = parts.expense.lines
    assert (line.tax_rate, line.gross_amount) == (19, 0)
    assert parts.figures.gross == 0


def test_a_foreign_document_from_the_union_has_its_reverse_charge_all_the_same() -> None:
    settings = {"foreign_currency": "zero_amount", "reverse_charge": SERVICE}
    [line] = booked(MOULIN, settings, currency="USD", **UNTAXED).expense.lines
    assert line.reverse_charge is not None


# Reverse charge


def test_a_supplier_elsewhere_in_the_union_is_held_until_the_settings_define_the_supply() -> None:
    assert obstacle(MOULIN, **UNTAXED) == "held reverse_charge"
    [line] = booked(MOULIN, {"reverse_charge": SERVICE}, **UNTAXED).expense.lines
    assert line.reverse_charge is not None
    assert (line.reverse_charge.tax_rate, line.reverse_charge.product_or_service) == (19, "service")


def test_a_booking_says_by_which_rule_it_has_its_reverse_charge() -> None:
    by_country, at_home = booked(MOULIN, {"reverse_charge": SERVICE}, **UNTAXED), booked()
    [mark] = by_country.marks
    assert str(mark) == (
        "It will be booked with the reverse charge (service, consumption): 19 %, since the supplier is in another EU"
        " country (FR) and charged no tax."
    )
    assert at_home.marks == ()


@pytest.mark.parametrize("settings", [{}, {"reverse_charge": SERVICE}])
@pytest.mark.parametrize(
    ("fields", "tax"),
    [
        ({"tax_rates": (Decimal(20),), "net_amount": None}, "20 %"),
        ({"tax_rates": (), "net_amount": Decimal("99.00"), "gross_amount": Decimal("118.80")}, "19.80 EUR"),
        (
            {
                "tax_rates": (),
                "net_amount": None,
                "line_items": (LineItem("", None, None, Decimal(20), None, Decimal("119.00")),),
            },
            "20 %",
        ),
    ],
)
def test_foreign_tax_is_named_whether_or_not_there_is_a_rule_for_the_reverse_charge(
    settings: dict[str, Any], fields: dict[str, Any], tax: str
) -> None:
    assert obstacle(MOULIN, settings, **fields) == "held foreign_tax"
    with pytest.raises(Obstacle, match=f"FR charged tax \\({tax}\\)"):
        booked(MOULIN, settings, **fields)


@pytest.mark.parametrize(
    ("company", "fields", "country"),
    [
        (PAPER, {}, "DE"),  # at home
        (PAPER, UNTAXED, "DE"),
        (Company(1, "A", country_code="CH"), UNTAXED, "CH"),
        (Company(1, "A", country_code="US"), UNTAXED, "US"),
        (Company(1, "A", country_code="GB"), UNTAXED, "GB"),  # not in 2026
        (Company(1, "A", country_code="NC"), UNTAXED, "NC"),
        (Company(1, "A"), {"vat_id": "DE123456789"}, "DE"),
        (None, {}, ""),  # the rate is one of the books' country
    ],
)
def test_other_documents_need_no_reverse_charge(company: Company | None, fields: dict[str, Any], country: str) -> None:
    expense = booked(company, {"reverse_charge": SERVICE}, **fields).expense
    assert expense.lines[0].reverse_charge is None
    assert expense.supplier_country == country


@pytest.mark.parametrize(
    ("company", "fields", "country"),
    [
        (Company(1, "A", country_code="fr"), {}, "FR"),
        (Company(1, "A", country_code="EL"), {}, "GR"),
        (Company(1, "A", country_code="UK"), {"document_date": date(2020, 12, 31)}, "GB"),
        (Company(1, "A"), {"vat_id": "FR12345678901"}, "FR"),
        (Company(1, "A", vat_id="ATU12345678"), {}, "AT"),
        (None, {"vat_id": "EL123456789"}, "GR"),
        # counts as a member
        (Company(1, "A", country_code="MC", vat_id="FR12345678901"), {}, "FR"),
        (Company(1, "A", country_code="MC"), {}, "FR"),
        (Company(1, "A", country_code="IM", vat_id="GB999999973"), {"document_date": date(2020, 12, 31)}, "GB"),
        # a number of the books' own country says nothing about a supplier elsewhere
        (Company(1, "A", country_code="FR"), {"vat_id": "DE123456789"}, "FR"),
        (Company(1, "A", country_code="NL", vat_id="BE0428759497"), {}, "NL"),
        (Company(1, "A", country_code="IE", vat_id="EU372022452"), {}, "IE"),
    ],
)
def test_a_purchase_in_the_vat_area_is_held_or_has_its_reverse_charge(
    company: Company | None, fields: dict[str, Any], country: str
) -> None:
    assert obstacle(company, **UNTAXED, **fields) == "held reverse_charge"
    expense = booked(company, {"reverse_charge": SERVICE}, **UNTAXED, **fields).expense
    assert expense.lines[0].reverse_charge is not None
    assert expense.supplier_country == country


@pytest.mark.parametrize(
    ("company", "fields", "code"),
    [
        # outside the VAT area although the country is in it
        (Company(1, "A", country_code="RE"), UNTAXED, "outlying_territory"),
        (Company(1, "A", country_code="RE", vat_id="FR12345678901"), UNTAXED, "outlying_territory"),
        (Company(1, "A", country_code="FR", postcode="97400"), UNTAXED, "outlying_territory"),
        (Company(1, "A", country_code="ES", postcode="35001"), UNTAXED, "outlying_territory"),
        (Company(1, "A", country_code="AX", vat_id="FI12345678"), UNTAXED, "outlying_territory"),
        (Company(1, "A", country_code="IT", postcode="23041"), UNTAXED, "outlying_territory"),
        # goods or services?
        (Company(1, "A", country_code="GB", vat_id="XI980780684"), UNTAXED, "northern_ireland"),
        (Company(1, "A", country_code="GB", postcode="BT1 5GS"), UNTAXED, "northern_ireland"),
        (None, UNTAXED | {"vat_id": "XI980780684"}, "northern_ireland"),
        # contradictions
        (PAPER, {"vat_id": "ATU12345678"}, "country_unclear"),
        (PAPER, UNTAXED | {"vat_id": "ATU12345678"}, "country_unclear"),
        (Company(1, "A", country_code="US", vat_id="IE6433435F"), UNTAXED, "country_unclear"),
        (Company(1, "A", country_code="FR"), UNTAXED | {"vat_id": "CHE-107.787.577"}, "country_unclear"),
        # no evidence
        (Company(1, "A", country_code="Germany"), {}, "country_unknown"),
        (Company(1, "A", country_code="ZZ"), UNTAXED, "country_unknown"),
        (None, UNTAXED, "no_country"),
        (Company(1, "A"), UNTAXED, "no_country"),
        (Company(1, "A", vat_id="EU372022452"), UNTAXED, "no_country"),  # a one-stop shop is no country
        # tax of another country
        (Company(1, "A", country_code="CH"), {"tax_rates": (Decimal("8.1"),)}, "foreign_tax"),
        (Company(1, "A", country_code="US"), {}, "foreign_tax"),
        (Company(1, "A", country_code="MC"), {"tax_rates": (Decimal(20),)}, "foreign_tax"),
        (Company(1, "A"), {"vat_id": "CHE-107.787.577"}, "foreign_tax"),
    ],
)
@pytest.mark.parametrize("settings", [{}, {"reverse_charge": SERVICE}])
def test_a_supply_that_cannot_be_placed_is_held_whatever_the_settings_say(
    settings: dict[str, Any], company: Company | None, fields: dict[str, Any], code: str
) -> None:
    assert obstacle(company, settings, **fields) == f"held {code}"


@pytest.mark.parametrize("company", [None, Company(1, "A"), Company(1, "A", vat_id="EU372022452")])
def test_tax_of_a_supplier_without_a_country_counts_as_that_of_the_books_country(company: Company | None) -> None:
    expense = booked(company).expense
    assert (expense.supplier_country, expense.lines[0].tax_rate) == ("", 19)
    french = {"gross_amount": Decimal("120.00"), "tax_rates": (Decimal(20),)}
    assert obstacle(company, **french) == "held rate_unknown"


@pytest.mark.parametrize(
    ("home", "company", "country"),
    [
        ("FR", Company(1, "A", country_code="MC"), "FR"),  # Monaco is domestic to France
        ("ES", Company(1, "A", country_code="ES"), "ES"),
        ("GB", Company(1, "A", country_code="IM"), "GB"),
        ("IC", Company(1, "A", country_code="IC"), "IC"),
        ("IC", Company(1, "A", country_code="ES", postcode="35001"), "IC"),
        ("DE", Company(1, "A", country_code="DE", postcode="78266"), "DE"),
        ("CH", Company(1, "A", country_code="LI"), "CH"),  # one area for VAT
        ("LI", Company(1, "A", country_code="CH", vat_id="CHE-107.787.577"), "LI"),
    ],
)
def test_a_supply_within_the_country_of_the_books_is_domestic(home: str, company: Company, country: str) -> None:
    books = replace(BOOKS, country_code=home)
    rate = {"DE": "19", "ES": "21", "IC": "7", "CH": "8.1", "LI": "8.1"}.get(home, "20")
    taxed = replace(DOCUMENT, net_amount=None, tax_rates=(Decimal(rate),))
    expense = draft(taxed, company, books, export(reverse_charge=SERVICE)).expense
    assert (expense.supplier_country, expense.lines[0].reverse_charge) == (country, None)


def of_books(home: str, company: Company | None, **fields: Any) -> str:
    books = replace(BOOKS, country_code=home)
    with pytest.raises(Obstacle) as stop:
        draft(replace(DOCUMENT, **fields), company, books, export(reverse_charge=SERVICE))
    return f"{stop.value.kind} {stop.value.code}"


@pytest.mark.parametrize(
    ("home", "country", "postcode"),
    [
        ("ES", "IC", ""),
        ("ES", "ES", "35001"),
        ("ES", "ES", "E-51001"),
        ("FI", "AX", ""),
        ("FI", "FI", "AX-22100"),
        ("FR", "GF", ""),
        ("FR", "FR", "97300"),
        ("DE", "DE", "78266"),
        ("DE", "DE", "D-78 266"),
        ("DE", "DE", "27498"),
        ("IT", "IT", "23041"),
        ("DK", "DK", "3900"),
    ],
)
def test_a_territory_of_the_books_state_outside_the_vat_area_is_not_domestic(
    home: str, country: str, postcode: str
) -> None:
    supplier = Company(1, "A", country_code=country, postcode=postcode)
    assert of_books(home, supplier, **UNTAXED) == "held outlying_territory"


@pytest.mark.parametrize(
    ("home", "country", "postcode", "rate"),
    [("ES", "IC", "", 7), ("ES", "ES", "51001", 10), ("ES", "IC", "", 21), ("FR", "GF", "", 20), ("GF", "FR", "", 20)],
)
def test_tax_of_or_in_a_territory_with_its_own_tax_is_not_domestic(
    home: str, country: str, postcode: str, rate: int
) -> None:
    supplier = Company(1, "A", country_code=country, postcode=postcode)
    taxed = {"net_amount": None, "tax_rates": (Decimal(rate),)}
    assert of_books(home, supplier, **taxed) == "held foreign_tax"


@pytest.mark.parametrize(
    ("fields", "code"),
    [(UNTAXED, "held mainland"), ({"net_amount": None, "tax_rates": (Decimal(21),)}, "held foreign_tax")],
)
def test_books_in_a_territory_do_not_take_the_mainland_for_domestic(fields: dict[str, Any], code: str) -> None:
    assert of_books("IC", Company(1, "A", country_code="ES", postcode="28001"), **fields) == code


@pytest.mark.parametrize(
    ("home", "country", "postcode", "place"),
    [("GB", "GB", "JE2 3AB", "JE"), ("IT", "IT", "47890", "SM"), ("DE", "IT", "00120", "VA"), ("DE", "LI", "", "LI")],
)
def test_a_country_that_is_recorded_as_its_neighbour_is_neither_domestic_nor_in_the_union(
    home: str, country: str, postcode: str, place: str
) -> None:
    supplier, books = Company(1, "A", country_code=country, postcode=postcode), replace(BOOKS, country_code=home)
    expense = draft(replace(DOCUMENT, **UNTAXED), supplier, books, export(reverse_charge=SERVICE)).expense
    assert (expense.supplier_country, expense.lines[0].reverse_charge) == (place, None)


@pytest.mark.parametrize("home", ["", "Germany", "ZZ"])
def test_books_of_an_unknown_country_take_no_supply_for_one_from_outside_the_union(home: str) -> None:
    assert of_books(home, Company(1, "A", country_code="FR"), **UNTAXED) == "held books_country"


@pytest.mark.parametrize("home", ["DEU", " de "])
def test_the_country_of_the_books_is_read_as_other_codes_are(home: str) -> None:
    assert of_books(home, Company(1, "A", country_code="DE", postcode="78266"), **UNTAXED) == "held outlying_territory"


@pytest.mark.parametrize("country", ["FR", "CH", "US"])
def test_books_outside_the_vat_area_know_no_reverse_charge(country: str) -> None:
    books = replace(BOOKS, country_code="GB")
    supplier = Company(1, "A", country_code=country)
    expense = draft(replace(DOCUMENT, **UNTAXED), supplier, books, export(reverse_charge=SERVICE)).expense
    assert (expense.supplier_country, expense.lines[0].reverse_charge) == (country, None)


# Rates

UNREADABLE = {"net_amount": None, "tax_rates": (), "unread_rates": ("half", "?")}


def test_a_rate_that_cannot_be_read_is_not_left_out() -> None:
    assert obstacle(PAPER, **UNREADABLE) == "rejected rates_unreadable"
    assert obstacle(MOULIN, **UNREADABLE) == "rejected rates_unreadable"  # whether it is taxed is not known
    settings = {"foreign_currency": "zero_amount"}
    assert obstacle(PAPER, settings, currency="USD", **UNREADABLE) == "rejected rates_unreadable"


def test_rates_that_a_person_states_need_not_be_readable() -> None:
    stated = Decisions(corrections=Corrections(tax=((Decimal(19), None),)))
    document = replace(DOCUMENT, **UNREADABLE)
    [line] = draft(document, PAPER, BOOKS, export(), decisions=stated).expense.lines
    assert line.tax_rate == 19


@pytest.mark.parametrize(
    ("currency", "code"), [("Euro", "rejected currency_unknown"), ("$", "rejected currency_unknown")]
)
def test_what_is_no_currency_is_not_called_one(currency: str, code: str) -> None:
    assert obstacle(PAPER, currency=currency) == code


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock show ``TODAY``."""
    monkeypatch.setattr("debitoor_provider.sync.period._today", lambda: TODAY)


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("day", [date(2206, 1, 31), date(9999, 12, 31), TODAY + AHEAD + timedelta(days=1)])
def test_a_date_far_ahead_is_held(day: date) -> None:
    assert obstacle(PAPER, document_date=day) == "held date_far"


@pytest.mark.usefixtures("today")
def test_a_date_ahead_is_measured_by_the_later_of_clock_and_arrival() -> None:
    day = TODAY + AHEAD + timedelta(days=30)
    assert booked(PAPER, document_date=day, created_at=day, net_amount=None).expense.date == day
    assert booked(PAPER, document_date=TODAY + AHEAD, net_amount=None).expense.date == TODAY + AHEAD


def rated(rate: str, day: date = date(2026, 1, 31), home: str = "DE", **settings: Any) -> str:
    taxed = replace(DOCUMENT, net_amount=None, tax_rates=(Decimal(rate),), document_date=day)
    try:
        draft(taxed, Company(1, "A", country_code=home), replace(BOOKS, country_code=home), export(**settings))
    except Obstacle as met:
        return f"{met.kind} {met.code}"
    return "booked"


@pytest.mark.parametrize(
    ("rate", "day", "home", "fate"),
    [
        ("19", date(2026, 1, 31), "DE", "booked"),
        ("7.00", date(2026, 1, 31), "DE", "booked"),
        ("0", date(2026, 1, 31), "DE", "booked"),  # exempt
        ("16.34", date(2026, 1, 31), "DE", "held rate_unknown"),  # an insurance tax
        ("20", date(2026, 1, 31), "DE", "held rate_unknown"),  # the tax of another country
        ("16", date(2020, 7, 1), "DE", "booked"),
        ("16", date(2020, 6, 30), "DE", "held rate_unknown"),
        ("16", date(2021, 1, 1), "DE", "held rate_unknown"),
        ("19", date(2020, 12, 31), "DE", "held rate_unknown"),
        ("19", date(2014, 5, 22), "DE", "booked"),
        ("19", date(2026, 1, 31), "AT", "held rate_unknown"),  # not outside Jungholz and Mittelberg
        ("22", date(2026, 1, 31), "PT", "booked"),  # Madeira
        ("25.5", date(2026, 1, 31), "FI", "booked"),
        ("7", date(2026, 1, 31), "IC", "booked"),  # whose rates are not known
    ],
)
def test_a_rate_is_a_vat_rate_of_the_country_on_the_documents_date(rate: str, day: date, home: str, fate: str) -> None:
    assert rated(rate, day, home) == fate


def test_an_account_accepts_other_rates_by_name() -> None:
    assert rated("16.34", accept_rates=["16.34"]) == "booked"
    assert rated("16.35", accept_rates=["16.34"]) == "held rate_unknown"


def test_every_listed_rate_has_to_be_a_vat_rate() -> None:
    two = {"net_amount": Decimal("200.00"), "gross_amount": Decimal("235.34")}
    assert obstacle(tax_rates=(Decimal("16.34"), Decimal(19)), **two) == "held rate_unknown"
    items = (LineItem("", None, None, Decimal("16.34"), None, Decimal("119.00")),)
    assert obstacle(tax_rates=(), net_amount=None, line_items=items) == "held rate_unknown"
    assert obstacle(settings={"foreign_currency": "zero_amount"}, currency="USD", tax_rates=(Decimal(20),)) == (
        "held rate_unknown"
    )


# Credit notes

CREDIT = {"document_type": "CREDIT_NOTE"}


def test_a_credit_note_keeps_its_sign() -> None:
    parts = booked(**CREDIT, net_amount=Decimal("-100.00"), gross_amount=Decimal("-119.00"))
    assert parts.figures.gross == Decimal("-119.00")


@pytest.mark.parametrize(("rule", "gross"), [("keep", Decimal("119.00")), ("negate", Decimal("-119.00"))])
def test_a_positive_credit_note_is_booked_as_the_settings_say(rule: str, gross: Decimal) -> None:
    items = (LineItem("", None, None, Decimal(19), None, Decimal("119.00")),)
    assert obstacle(**CREDIT) == "held positive_credit_note"
    assert booked(settings={"positive_credit_note": rule}, **CREDIT).figures.gross == gross
    assert booked(settings={"positive_credit_note": rule}, **CREDIT, line_items=items).figures.gross == gross


def test_a_negative_invoice_is_no_matter() -> None:
    assert booked(net_amount=Decimal("-100.00"), gross_amount=Decimal("-119.00")).figures.gross == -119


# Hostile words


@pytest.mark.parametrize(
    ("name", "booked_name"),
    [
        ("MVM Musterhafter\nVersicherungsverein", "MVM Musterhafter Versicherungsverein"),
        ("  Global Supplies Ltd.  ", "Global Supplies Ltd."),
        ("\u202egnp.exe\u200b\x00", "gnp.exe"),
        ("\ud83d", ""),
        ("A" * 500, "A" * 200),
    ],
)
def test_a_suppliers_name_is_on_one_line(name: str, booked_name: str) -> None:
    assert booked(replace(PAPER, name=name), company_name="").expense.supplier_name == booked_name


def test_a_company_without_a_name_does_not_hide_the_documents() -> None:
    assert booked(replace(PAPER, name="")).expense.supplier_name == "Paper Ltd"


texts = st.text(st.characters(), max_size=40)


@given(st.builds(Company, st.just(1), texts, country_code=texts, vat_id=texts), texts, texts, texts)
def test_any_words_can_be_sent(company: Company, name: str, note: str, vat_id: str) -> None:
    document = replace(DOCUMENT, company_name=name, note=note, vat_id=vat_id, document_number=note)
    try:
        expense = draft(document, company, BOOKS, export()).expense
    except Obstacle as met:
        if met.kind is ObstacleKind.REJECTED:
            raise
        return
    assert json_body(expense_body(expense))
    assert len(expense.supplier_name.splitlines()) <= 1
    assert expense.lines[0].description.endswith("[GMI 28715]")
