"""What documents come to in the currency of the books, as far as that is known before they are moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeAlias

DatedAmount: TypeAlias = tuple[Decimal | None, str, date | None]
"""Gross amount, its currency, and the document's date."""
Convert: TypeAlias = Callable[[Decimal, str, date | None, str], Decimal | None]
Decide: TypeAlias = Callable[[DatedAmount, str], DatedAmount]


class Worth:
    """Tells what documents come to.

    :param currency: of the books; empty when it is not known: then each document counts by its own
    :param convert: returns what an amount in another currency comes to on a day, as a person decided about the
        document; by default that is not known
    :param decide: returns a document's amount as a person decided about it; by default it is that of its record
    """

    def __init__(self, currency: str, convert: Convert | None = None, decide: Decide | None = None) -> None:
        self.currency = currency.strip().upper()
        self._convert = convert
        self._decide = decide

    def of(self, amount: DatedAmount, decisions: str = "") -> Decimal | None:
        """Return what a document will come to, without its sign; ``None`` when that is not known.

        :param decisions: what a person decided about it, as the ledger keeps it
        """
        gross, currency, day = self._decide(amount, decisions) if self._decide and decisions else amount
        own = currency.strip().upper()
        if gross is None or not self.currency or own == self.currency:
            return gross if gross is None else abs(gross)
        converted = self._convert(gross, own, day, decisions) if self._convert else None
        return converted if converted is None else abs(converted)
