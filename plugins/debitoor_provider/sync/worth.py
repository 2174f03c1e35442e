"""What documents come to in the currency of the books, as far as that is known before they are moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeAlias

Convert: TypeAlias = Callable[[Decimal, str, date | None], Decimal | None]


class Worth:
    """Tells what documents come to.

    :param currency: of the books; empty when it is not known: then each document counts by its own
    :param convert: returns what an amount in another currency comes to on a day; by default that is not known
    """

    def __init__(self, currency: str, convert: Convert | None = None) -> None:
        self.currency = currency.strip().upper()
        self._convert = convert

    def of(self, gross: Decimal | None, currency: str, day: date | None) -> Decimal | None:
        """Return what a document will come to, without its sign; ``None`` when that is not known.

        :param gross: its amount
        :param currency: of the amount
        :param day: its date
        """
        own = currency.strip().upper()
        if gross is None or not self.currency or own == self.currency:
            return gross if gross is None else abs(gross)
        converted = self._convert(gross, own, day) if self._convert else None
        return converted if converted is None else abs(converted)
