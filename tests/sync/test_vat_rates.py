from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import eu_vat_rates_data
import pytest
from duty27_eu_vat import ATTRIBUTION, DATA_AS_OF, get_rate_changes, list_countries

from debitoor_provider.sync.vat_rates import rates_on

NOTICE = Path(__file__).parents[2] / "NOTICE"


def shown(country: str, day: str, postcode: str = "") -> str:
    return " ".join(f"{rate:f}" for rate in sorted(rates_on(country, date.fromisoformat(day), postcode)))


@pytest.mark.parametrize(
    ("country", "day", "rates"),
    [
        ("DE", "2026-01-31", "5.5 7 7.8 19"),
        ("DE", "2020-06-30", "5.5 7 10.7 19"),
        ("DE", "2020-07-01", "5 5.5 10.7 16"),
        ("DE", "2020-12-31", "5 5.5 10.7 16"),
        ("DE", "2021-01-01", "5.5 7 10.7 19"),
        ("DE", "2014-05-22", "5.5 7 10.7 19"),  # before the data begin
        ("AT", "2026-06-30", "10 13 20"),
        ("AT", "2026-07-01", "4.9 10 13 20"),
        ("FI", "2025-12-31", "10 14 25.5"),
        ("FI", "2026-01-01", "10 13.5 25.5"),
        ("GR", "2016-05-31", "5 6 9 13 16 23"),
        ("GR", "2016-06-01", "4 6 9 13 17 24"),
        ("IE", "2020-09-01", "4.8 9 13.5 21"),
        ("NL", "2018-12-31", "6 21"),
        ("NL", "2019-01-01", "9 21"),
        ("SK", "2025-01-01", "5 19 23"),
        ("RO", "2026-08-01", "11 21"),
        ("DK", "2026-01-01", "25"),
        ("GB", "2026-01-01", "5 20"),
        ("CH", "2023-12-31", "2.5 3.7 7.7"),
        ("CH", "2024-01-01", "2.6 3.8 8.1"),
        ("NO", "2026-01-01", "11.11 12 15 25"),
        ("US", "2026-01-01", ""),
        ("IC", "2026-01-01", ""),
        ("", "2026-01-01", ""),
    ],
)
def test_a_country_has_the_rates_of_the_day(country: str, day: str, rates: str) -> None:
    assert shown(country, day) == rates


@pytest.mark.parametrize(
    ("country", "postcode", "day", "rates"),
    [
        ("AT", "6691", "2026-01-31", "10 13 19 20"),  # Jungholz
        ("AT", "6993", "2026-01-31", "10 13 19 20"),  # Mittelberg
        ("AT", "1010", "2026-01-31", "10 13 20"),
        ("PT", "9000-055", "2026-01-31", "4 6 12 13 22 23"),  # Madeira
        ("PT", "9500", "2026-01-31", "4 6 9 13 16 23"),  # Azores
        ("PT", "9500", "2021-06-30", "4 6 9 13 18 23"),
        ("PT", "1000-001", "2026-01-31", "6 13 23"),
        ("PT", "", "2026-01-31", "4 6 9 12 13 16 22 23"),  # anywhere in Portugal
        ("FR", "20000", "2026-01-31", "0.9 2.1 5.5 10 13 20"),  # Corsica
        ("FR", "97400", "2026-01-31", "1.05 1.75 2.1 5.5 8.5 10 20"),
        ("FR", "75001", "2026-01-31", "2.1 5.5 10 20"),
        ("GR", "83100", "2026-01-31", "4 6 9 13 17 24"),  # Samos
        ("GR", "10557", "2026-01-31", "6 13 24"),
    ],
)
def test_a_region_has_rates_of_its_own(country: str, postcode: str, day: str, rates: str) -> None:
    assert shown(country, day, postcode) == rates


def test_an_aware_time_counts_by_its_own_day() -> None:
    midnight = datetime(2021, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))  # still 2020 in UTC
    assert Decimal(19) in rates_on("DE", midnight)
    assert Decimal(16) not in rates_on("DE", midnight)


@pytest.mark.parametrize("change", get_rate_changes(), ids=lambda change: f"{change.country} {change.date}")
def test_a_standard_rate_changes_on_its_day(change) -> None:
    country = {"EL": "GR"}.get(change.country, change.country)
    assert change.from_rate in rates_on(country, change.date - timedelta(days=1))
    assert change.to_rate in rates_on(country, change.date)


@pytest.mark.parametrize("country", [*(row.code for row in list_countries()), "CH", "GB", "NO"])
def test_the_rates_of_today_are_those_of_another_source(country: str) -> None:
    code = {"EL": "GR"}.get(country, country)  # there EL is nothing
    published = eu_vat_rates_data.get_rate(code)
    today = max(DATA_AS_OF, date(2026, 9, 29))
    theirs = {published["standard"], *published["reduced"], published["super_reduced"], published["parking"]} - {None}
    known = rates_on(code, today) | rates_on(code, today, "6691")  # Jungholz's is in their list of Austria
    assert {Decimal(str(rate)) for rate in theirs} <= known
    assert Decimal(str(published["standard"])) in rates_on(code, today)


def test_the_source_of_the_rates_is_named_as_its_licence_asks() -> None:
    assert ATTRIBUTION in NOTICE.read_text("utf-8")
