from __future__ import annotations

from decimal import Decimal

import pytest

from debitoor_provider.sync.money import canonical, cents, exact_text, minor_units, net_of


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("1.004999", "1.00"), ("7", "7.00")],
)
def test_amounts_are_rounded_half_up(amount: str, rounded: str) -> None:
    assert str(cents(Decimal(amount))) == rounded


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("2.675", "EUR", "2.68"),
        ("2.675", "HUF", "2.68"),
        ("2.5", "JPY", "3"),
        ("-2.5", "ISK", "-3"),
        ("2.6754", "KWD", "2.68"),  # three digits, of which Debitoor takes two
    ],
)
def test_amounts_have_the_digits_of_their_currency(amount: str, currency: str, rounded: str) -> None:
    assert str(minor_units(Decimal(amount), currency)) == rounded


@pytest.mark.parametrize(
    ("gross", "rate", "net"),
    [("5000", "19", "4201.68"), ("107", "7", "100.00"), ("-119", "19", "-100.00"), ("50", "0", "50.00")],
)
def test_the_net_amount_is_what_debitoor_makes_of_a_gross_line(gross: str, rate: str, net: str) -> None:
    assert str(net_of(Decimal(gross), Decimal(rate))) == net


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("238.0000", "238.00"),
        ("7", "7.00"),
        ("-0.5", "-0.50"),
        ("1.23450", "1.2345"),
        ("0", "0.00"),
        ("1E+3", "1000.00"),
    ],
)
def test_a_text_of_an_amount_has_all_its_digits_and_cents(amount: str, text: str) -> None:
    assert exact_text(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("119", "EUR", "119.00"),
        ("119.000", "EUR", "119.00"),
        ("119.005", "EUR", "119.005"),
        ("119.00", "JPY", "119"),
        ("119.5", "JPY", "119.5"),
        ("1E+2", "JPY", "100"),
        ("2.68", "KWD", "2.680"),
        ("119", "", "119.00"),
    ],
)
def test_the_canonical_form_of_an_amount_has_the_decimals_of_its_currency(
    amount: str, currency: str, text: str
) -> None:
    assert (str(canonical(Decimal(amount), currency)), exact_text(Decimal(amount), currency)) == (text, text)
