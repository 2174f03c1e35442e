from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from debitoor_provider.sync.export.euro import LEGAL_RATES, legal_rate


@pytest.mark.parametrize(
    ("currency", "last_day", "units"),
    [
        ("HRK", date(2022, 12, 31), "7.53450"),
        ("BGN", date(2025, 12, 31), "1.95583"),
        ("DEM", date(1998, 12, 31), "1.95583"),
    ],
)
def test_a_currency_has_its_legal_rate_from_the_changeover_day(currency: str, last_day: date, units: str) -> None:
    assert legal_rate(currency, last_day) is None
    rate = legal_rate(currency, date.fromordinal(last_day.toordinal() + 1))
    assert rate is not None
    assert rate.units == Decimal(units)


@pytest.mark.parametrize("currency", ["USD", "EUR", "DKK", ""])
def test_other_currencies_have_none(currency: str) -> None:
    assert legal_rate(currency, date(2026, 1, 31)) is None


def test_each_rate_has_six_significant_figures_and_its_regulation() -> None:
    """Council Regulation (EC) No 1103/97, article 4: conversion rates have six significant figures."""
    for currency, rate in LEGAL_RATES.items():
        assert len(rate.units.as_tuple().digits) == 6, currency
        assert rate.source.startswith("Regulation (E")
