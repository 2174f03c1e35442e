from __future__ import annotations

import os
import zipfile
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.sync.export.exchange_rates import ExchangeRates, NoRate, NoRateYet, RateTable

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "Date,USD,DKK,RUB,"
TABLE = RateTable(
    "\n".join(
        [
            HEADER,
            "2026-01-30,1.1500,7.4600,N/A,",  # a Friday
            "2026-01-29,1.1400,7.4500,N/A,",
            "2026-01-09,1.1300,N/A,N/A,",
            "2022-03-01,1.1162,7.4396,117.201,",
        ]
    )
)


def usd(table: RateTable, day: date) -> tuple[date, Decimal]:
    found = table.rates(["USD"], day)
    return found.day, found.units["USD"]


@pytest.mark.parametrize("day", [date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 1)])
def test_a_weekend_has_the_rate_of_friday(day: date) -> None:
    assert usd(TABLE, day) == (date(2026, 1, 30), Decimal("1.1500"))


@pytest.mark.parametrize("age", [0, 1, 7])
def test_a_day_without_rate_has_that_of_the_last_day_before_never_of_one_after(age: int) -> None:
    assert usd(TABLE, date(2026, 1, 9 + age)) == (date(2026, 1, 9), Decimal("1.1300"))


def test_a_rate_is_never_older_than_seven_days() -> None:
    with pytest.raises(NoRate):
        TABLE.rates(["USD"], date(2026, 1, 17))


def test_two_currencies_have_their_rates_from_the_same_day() -> None:
    assert TABLE.rates(["USD", "DKK"], date(2026, 1, 30)).day == date(2026, 1, 30)
    with pytest.raises(NoRate) as met:
        TABLE.rates(["USD", "DKK"], date(2026, 1, 12))
    assert met.value.currency == "DKK"


def test_a_day_that_the_data_do_not_reach_has_no_rate_yet() -> None:
    with pytest.raises(NoRateYet) as met:
        TABLE.rates(["USD"], date(2026, 2, 2))
    assert met.value.reach == date(2026, 1, 30)


@pytest.mark.parametrize("day", [date(2026, 1, 30), date(2026, 6, 1)])
@pytest.mark.parametrize("currency", ["RUB", "AED", "€"])
def test_a_currency_that_is_not_quoted_does_not_wait_for_a_rate(currency: str, day: date) -> None:
    with pytest.raises(NoRate) as met:
        TABLE.rates([currency], day)
    assert met.value.currency == currency


@pytest.mark.parametrize("day", [date(1998, 12, 31), date(1970, 1, 1)])
def test_before_the_first_day_there_is_no_rate(day: date) -> None:
    with pytest.raises(NoRate):
        ExchangeRates().rates(["USD"], day)


@pytest.mark.parametrize(
    ("day", "rate_of", "units"),
    [
        (date(2023, 12, 31), date(2023, 12, 29), "1.1050"),  # not of 2 January
        (date(2023, 12, 24), date(2023, 12, 22), "1.1023"),
        (date(2024, 4, 1), date(2024, 3, 28), "1.0811"),  # Easter Monday has that of Thursday
    ],
)
def test_the_carried_rates_are_those_of_the_ecb(day: date, rate_of: date, units: str) -> None:
    found = ExchangeRates().rates(["USD"], day)
    assert (found.day, found.units["USD"]) == (rate_of, Decimal(units))


# A file that people keep


def kept(folder: Path, *rows: str) -> ExchangeRates:
    file = folder / "eurofxref-hist.csv"
    file.write_text("\n".join([HEADER, *rows]))
    return ExchangeRates(str(file))


def test_a_kept_file_reaches_further_than_the_carried_one_and_is_read_again_when_it_changes(tmp_path: Path) -> None:
    rates = kept(tmp_path, "2090-01-02,1.2000,7.4,N/A,", "2026-11-23,1.1800,7.4,N/A,")
    assert rates.rates(["USD"], date(2090, 1, 2)).units == {"USD": Decimal("1.2000")}
    rates = kept(tmp_path, "2090-01-02,1.3000,7.4,N/A,", "2026-11-23,1.1800,7.4,N/A,")
    os.utime(rates.file, (1, 1))
    assert rates.rates(["USD"], date(2090, 1, 2)).units == {"USD": Decimal("1.3000")}


def test_the_carried_rates_count_where_the_kept_file_does_not_reach(tmp_path: Path) -> None:
    rates = kept(tmp_path, "2024-01-03,9.0000,7.4,N/A,", "2024-01-02,9.0000,7.4,N/A,")
    assert rates.rates(["USD"], date(2024, 1, 3)).units == {"USD": Decimal("9.0000")}
    assert rates.rates(["USD"], date(2023, 12, 29)).units == {"USD": Decimal("1.1050")}
    assert rates.rates(["USD"], date(2024, 1, 5)).units == {"USD": Decimal("1.0921")}


def test_a_zip_is_read_as_the_ecb_publishes_it(tmp_path: Path) -> None:
    file = tmp_path / "eurofxref-hist.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("eurofxref-hist.csv", f"{HEADER}\n2090-01-02,1.2,7.4,N/A,\n")
    assert ExchangeRates(str(file)).rates(["USD"], date(2090, 1, 2)).units == {"USD": Decimal("1.2")}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no rates",
        b"Date, USD, JPY, \n29 January 2026, 1.1, 180.2, \n",  # the ECB's file of one day
        f"{HEADER}\n".encode(),
        b"PK\x05\x06" + bytes(18),  # an archive without files
        b"\xff\xfe\x00",
    ],
)
def test_a_file_that_is_something_else_is_an_error_with_its_remedy(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "rates.csv"
    file.write_bytes(content)
    with pytest.raises(Misconfigured) as met:
        ExchangeRates(str(file)).rates(["USD"], date(2026, 1, 30))
    assert f"The file of exchange rates {file} is not the ECB's history of rates." in str(met.value)
    assert "ecb_rates in the section [debitoor]" in str(met.value)


def test_a_file_that_is_missing_is_an_error_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"none\.csv cannot be read \(No such file or directory\)\."):
        ExchangeRates(str(tmp_path / "none.csv")).rates(["USD"], date(2026, 1, 30))


@pytest.mark.parametrize("day", [date.min, date(1, 1, 6), date(1, 1, 8)])
def test_an_empty_date_has_no_rate(day: date) -> None:
    with pytest.raises(NoRate):
        ExchangeRates().rates(["USD"], day)
