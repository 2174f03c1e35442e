"""The VAT rates of a country on a day.

Standard rates of the member states come from duty27-eu-vat. Its data begin in 2016 (older documents are judged by the
rates of that year) and end at its ``DATA_AS_OF`` (later ones by the last rates known). No kept library has the other
rates by date: they are in the tables here, from the member states' entries in the European Commission's database *Taxes
in Europe*, checked against eu-vat-rates-data in the tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from duty27_eu_vat import DATA_FIRST_DATE, UnknownCountryError, get_standard_rate

# "rate" or "rate@first..last"; without first since before 2016, without last until today.
_REDUCED = {
    "AT": "10 13 5@2020-07-01..2021-12-31 4.9@2026-07-01..",
    "BE": "6 12",
    "BG": "9",
    "CY": "5 9 3@2023-07-21..",
    "CZ": "10@..2023-12-31 15@..2023-12-31 12@2024-01-01..",
    # with the rates of farmers and foresters (section 24 of the Umsatzsteuergesetz), which can be deducted as well
    "DE": "7@..2020-06-30 5@2020-07-01..2020-12-31 7@2021-01-01.. 5.5 10.7@..2021-12-31 9.5@2022-01-01..2022-12-31 "
    "9@2023-01-01..2024-12-31 8.4@2024-12-06..2024-12-31 7.8@2025-01-01..",
    "DK": "",
    "EE": "9 5@2022-08-01..2024-12-31 13@2025-01-01..",
    "ES": "10 4 5@2022-07-01..2024-09-30 2@2024-10-01..2024-12-31 7.5@2024-10-01..2024-12-31",
    "FI": "10 14@..2025-12-31 13.5@2026-01-01..",
    "FR": "10 5.5 2.1",
    "GR": "13 6",
    "HR": "13 5",
    "HU": "18 5",
    "IE": "13.5 9 4.8",
    "IT": "10 5 4",
    "LT": "5 9@..2025-12-31 12@2026-01-01..",
    "LU": "14@..2022-12-31 8@..2022-12-31 13@2023-01-01..2023-12-31 7@2023-01-01..2023-12-31 14@2024-01-01.. "
    "8@2024-01-01.. 3",
    "LV": "12 5@2018-01-01..",
    "MT": "7 5 12@2024-01-01..",
    "NL": "6@..2018-12-31 9@2019-01-01..",
    "PL": "8 5 7",  # 7: farmers
    "PT": "13 6",
    "RO": "9@..2026-07-31 5@..2025-07-31 11@2025-08-01..",
    "SE": "12 6",
    "SI": "9.5 5@2020-01-01..",
    "SK": "10@..2024-12-31 5@2023-01-01.. 19@2025-01-01..",
    # outside the Union, with their standard rates
    "CH": "8@..2017-12-31 2.5@..2023-12-31 3.8@..2017-12-31 7.7@2018-01-01..2023-12-31 3.7@2018-01-01..2023-12-31 "
    "8.1@2024-01-01.. 2.6@2024-01-01.. 3.8@2024-01-01..",
    "GB": "20 5 12.5@2021-10-01..2022-03-31",
    "NO": "25 15 11.11 10@..2017-12-31 12@2018-01-01.. 6@2020-04-01..2021-09-30",
}


@dataclass(frozen=True, slots=True)
class _Region:
    """A part of a country with rates of its own.

    :param postcodes: where it is
    :param rates: as above
    :param anywhere: whether a supplier whose postcode is not known may be there
    """

    postcodes: str
    rates: str
    anywhere: bool = True


_REGIONS = {
    # Jungholz and Mittelberg; elsewhere in Austria 19 % is the tax of another country
    "AT": (_Region(r"6691|699[123]", "19", anywhere=False),),
    "FR": (_Region(r"20\d{3}", "0.9 13"), _Region(r"97[124]\d\d", "8.5 1.75 1.05")),  # Corsica; overseas
    "GR": (  # islands of the Aegean
        _Region(r"8[1235]\d{3}", "16@..2016-05-31 9@..2016-05-31 5@..2016-05-31"),
        _Region(r"8[1235]\d{3}", "17@2016-06-01.. 9@2016-06-01.. 4@2016-06-01.."),
    ),
    "PT": (
        _Region(r"9[0-4]\d\d(-?\d{3})?", "22 12 5@..2024-09-30 4@2024-10-01.."),  # Madeira
        _Region(r"9[5-9]\d\d(-?\d{3})?", "18@..2021-06-30 16@2021-07-01.. 9 4"),  # Azores
    ),
}


@lru_cache(maxsize=1024)  # a run has few countries, days and postcodes
def rates_on(country: str, day: date, postcode: str = "") -> frozenset[Decimal]:
    """Return the VAT rates of a country on a day, in per cent, without 0; empty for a country whose rates are unknown.

    :param country: ISO two-letter code
    :param day: the document's date
    :param postcode: of the supplier; empty if unknown
    """
    day = max(date(day.year, day.month, day.day), DATA_FIRST_DATE)  # an aware time would be turned into UTC's day
    if country not in _REDUCED:
        return frozenset()
    rates = _valid(_REDUCED[country], day)
    for region in _REGIONS.get(country, ()):
        if re.fullmatch(region.postcodes, postcode) or (region.anywhere and not postcode):
            rates |= _valid(region.rates, day)
    standard = standard_rate_on(country, day)
    return rates if standard is None else rates | {standard}


def standard_rate_on(country: str, day: date) -> Decimal | None:
    """Return the standard VAT rate of a member state on a day, in per cent; ``None`` for any other country.

    :param country: ISO two-letter code
    """
    try:
        return get_standard_rate(country, max(day, DATA_FIRST_DATE))
    except UnknownCountryError:
        return None


def _valid(table: str, day: date) -> frozenset[Decimal]:
    return frozenset(rate for rate, first, last in _parsed(table) if first <= day <= last)


@lru_cache(maxsize=64)
def _parsed(table: str) -> tuple[tuple[Decimal, date, date], ...]:
    found = []
    for entry in table.split():
        rate, _, span = entry.partition("@")
        first, _, last = span.partition("..")
        found.append(
            (
                Decimal(rate),
                date.fromisoformat(first) if first else date.min,
                date.fromisoformat(last) if last else date.max,
            )
        )
    return tuple(found)
