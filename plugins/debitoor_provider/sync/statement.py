"""What a document's record at the target says, or has to say: its date, and its gross amount for each tax rate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.sync.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

StatedRate = Decimal | None
"""A tax rate in per cent; ``None`` where it, or the amount of each of several rates, is not known."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The figures of one document.

    :param by_rate: gross amount of each tax rate; credit notes are negative, rates without an amount are left out
    :param gross: the whole gross amount
    :param reverse_charge: the part of it for which the buyer owes the tax; ``None`` where that is not stated
    """

    date: dt.date | None
    by_rate: Mapping[StatedRate, Decimal]
    gross: Decimal
    currency: str
    reverse_charge: Decimal | None = None

    @classmethod
    def of_total(cls, day: dt.date | None, rates: Sequence[Decimal], gross: Decimal | None, currency: str) -> Statement:
        """Return the figures of a record that has one amount for all its tax rates."""
        rate = rates[0] if len(rates) == 1 else None
        return cls(day, {rate: gross} if gross else {}, gross or ZERO, currency)

    def differences(self, there: Statement) -> list[Message]:
        """Return in what the figures at the target differ from these; empty when they agree."""
        found = []
        if self.date != there.date:
            found.append(Message("check_date", here=self.date or "-", there=there.date or "-"))
        if self.currency and there.currency and self.currency.upper() != there.currency.upper():
            found.append(Message("check_currency", here=self.currency, there=there.currency))
        if self.gross != there.gross:
            found.append(Message("check_gross", here=f"{self.gross:.2f}", there=f"{there.gross:.2f}"))
        if self.by_rate != there.by_rate and (self.gross == there.gross or there.gross != sum(there.by_rate.values())):
            found.append(Message("check_rates", here=str(self), there=str(there)))
        if self.gross == there.gross:
            found += reverse_charge_differs(self.reverse_charge, there.reverse_charge)
        return found

    def __str__(self) -> str:
        """Write the amounts by rate, e.g. ``19 %: 119.00; 7 %: 10.70``."""
        parts = sorted(self.by_rate.items(), key=lambda part: (part[0] is None, part[0] or ZERO))
        return "; ".join(f"{percent(rate)}: {gross:.2f}" for rate, gross in parts) or f"{self.gross:.2f}"


def reverse_charge_differs(here: Decimal | None, there: Decimal | None) -> list[Message]:
    """Return that the buyer owes the tax of another part at the target; nothing where one of them is not known."""
    if here is None or there is None or here == there:
        return []
    return [Message("check_reverse_charge", here=f"{here:.2f}", there=f"{there:.2f}")]


def reverse_charge_in(detail: Mapping[str, Any]) -> Decimal | None:
    """Return the part of an attempt's gross amount for which the buyer owes the tax.

    :param detail: of the history; one of an earlier version has the reason of the reverse charge without the amount
    """
    if "reverse_gross" not in detail and "reverse_charge" in detail:
        return None
    return Decimal(detail.get("reverse_gross", 0))


def percent(rate: StatedRate) -> str:
    """Write a tax rate, e.g. ``19 %``; ``?`` where it is not known."""
    return "?" if rate is None else f"{rate.normalize():f} %"


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """A record at the target.

    :param source_ids: the documents whose marker it carries, usually one; none for a record that others made
    :param number: by which people know it; may be empty
    :param document_number: that the document itself has, where the record has a place for it
    :param text: other text, which may hold the document's number
    :param has_file: whether a file is attached to it
    """

    id: str
    source_ids: frozenset[str]
    number: str
    party: str
    statement: Statement = field(repr=False)
    document_number: str = ""
    text: str = field(default="", repr=False)
    has_file: bool = False


def sums_by_rate(lines: Iterable[tuple[StatedRate, Decimal]]) -> dict[StatedRate, Decimal]:
    """Add up the amounts of each tax rate; rates without an amount are left out."""
    sums: dict[StatedRate, Decimal] = {}
    for rate, gross in lines:
        sums[rate] = sums.get(rate, ZERO) + gross
    return {rate: gross for rate, gross in sums.items() if gross}


def announced(detail: Mapping[str, Any], currency: str) -> Statement:
    """Return the figures that a document's history has of an attempt to send it.

    :param detail: with ``date`` and ``by_rate``, perhaps ``reverse_gross``
    :param currency: of the record that was to be made
    """
    by_rate = sums_by_rate((Decimal(rate), Decimal(gross)) for rate, gross in detail["by_rate"].items())
    gross = sum(by_rate.values(), ZERO)
    return Statement(dt.date.fromisoformat(detail["date"]), by_rate, gross, currency, reverse_charge_in(detail))
