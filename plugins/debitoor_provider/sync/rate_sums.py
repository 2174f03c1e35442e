"""Sums of documents by month and tax rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from debitoor_provider.sync.money import ZERO, exact_text, net_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from debitoor_provider.sync.statement import StatedRate


REVERSE_CHARGE = "reverse"
"""Stands in the ledger for the rate of 0 % at which a document is booked whose buyer owes the tax."""


class RateAmounts(NamedTuple):
    """The amounts of one tax rate in a document.

    :param net: as the record states it; ``None``: what Debitoor derives from the gross amount
    :param tax: as the record states it; ``None``: the rest of the gross amount
    :param reverse_charge: whether the rate is 0 % since the buyer owes the tax
    """

    gross: Decimal
    net: Decimal | None = None
    tax: Decimal | None = None
    reverse_charge: bool = False

    def completed(self, rate: Decimal) -> tuple[Decimal, Decimal, Decimal]:
        """Return gross amount, net amount and tax."""
        net = self.net
        if net is None:
            net = net_of(self.gross, rate) if self.tax is None else self.gross - self.tax
        return self.gross, net, self.gross - net if self.tax is None else self.tax


ByRate: TypeAlias = "Mapping[StatedRate, RateAmounts]"
"""The amounts of a document by tax rate."""


def gross_amounts(
    by_rate: Mapping[StatedRate, Decimal], *, reverse_charge: bool = False
) -> dict[StatedRate, RateAmounts]:
    """Return the amounts of a document whose record was booked by its gross amounts.

    :param reverse_charge: whether it was booked with the reverse charge
    """
    return {rate: RateAmounts(gross, reverse_charge=reverse_charge and rate == ZERO) for rate, gross in by_rate.items()}


class RateSum(NamedTuple):
    """The amounts of one tax rate in several documents.

    :param rate: in per cent; ``None`` for documents that are not booked, or whose amounts by rate are not known
    :param documents: how many documents have an amount at this rate
    :param net: the sum of each document's net amount, see :class:`RateAmounts`; ``None`` without a rate
    :param tax: the sum of each document's tax; ``None`` without a rate
    :param reverse_charge: whether the rate is 0 % since the buyer owes the tax
    """

    rate: StatedRate
    documents: int
    gross: Decimal
    net: Decimal | None
    tax: Decimal | None
    reverse_charge: bool = False


class Sum(NamedTuple):
    """The amounts of some documents.

    :param month: of the document date, as YYYY-MM; empty without one
    :param gross: what was sent, where it was; else what the source states
    :param documents: how many documents these are, with those that state no amount
    :param unknown: how many of them state no amount
    :param rates: the amounts by tax rate, those with the reverse charge after those of 0 %, those without a rate last
    """

    month: str
    direction: str
    currency: str
    gross: Decimal
    documents: int
    unknown: int
    rates: tuple[RateSum, ...] = ()

    @property
    def net(self) -> Decimal | None:
        """The net amount, if it is known for all rates."""
        return _whole([one.net for one in self.rates])

    @property
    def tax(self) -> Decimal | None:
        """The tax, if it is known for all rates."""
        return _whole([one.tax for one in self.rates])


@dataclass(slots=True)
class Total:
    """Adds up documents of one month and currency."""

    gross: Decimal = ZERO
    documents: int = 0
    unknown: int = 0
    rates: dict[tuple[StatedRate, bool], RateSum] = field(default_factory=dict)

    def add(self, gross: Decimal, documents: int = 1, unknown: int = 0) -> None:
        """Add documents as a whole."""
        self.gross += gross
        self.documents += documents
        self.unknown += unknown

    def add_rate(self, rate: StatedRate, amounts: RateAmounts, documents: int = 1) -> None:
        """Add the amounts that documents have of one tax rate.

        :param amounts: of all of them together
        """
        key = rate, amounts.reverse_charge
        known = self.rates.get(key)
        if rate is None:
            before = known or RateSum(None, 0, ZERO, None, None)
            self.rates[key] = RateSum(None, before.documents + documents, before.gross + amounts.gross, None, None)
            return
        gross, net, tax = amounts.completed(rate)
        if known:
            documents, gross = known.documents + documents, known.gross + gross
            net, tax = (known.net or ZERO) + net, (known.tax or ZERO) + tax
        self.rates[key] = RateSum(rate.normalize(), documents, gross, net, tax, amounts.reverse_charge)

    def of(self, month: str, direction: str, currency: str) -> Sum:
        """Return the sum of what was added."""
        rates = sorted(self.rates.values(), key=lambda one: (one.rate is None, one.rate or ZERO, one.reverse_charge))
        return Sum(month, direction, currency, self.gross, self.documents, self.unknown, tuple(rates))


def ordered(totals: Mapping[tuple[str, str, str], Total]) -> list[Sum]:
    """Return the sums by month, direction and currency, latest month first."""
    return [totals[key].of(*key) for key in sorted(totals, reverse=True)]


def rates_text(by_rate: ByRate) -> str:
    """Write the amounts of a document by tax rate: ``19`` if all is of one, else ``7:10.70 19:119.00``.

    Net amount and tax follow only where they are not what is derived from the gross amount: ``19:119.00:100.01``, with
    the tax only if it is not the rest. So documents of one rate usually have the same text, and a database can add them
    up by it. With the reverse charge the rate is :data:`REVERSE_CHARGE`. Empty if a rate is not known.
    """
    parts = [_rate_text(rate, amounts) for rate, amounts in sorted(by_rate.items(), key=_in_order) if rate is not None]
    if len(parts) != len(by_rate):
        return ""
    only = parts[0] if len(parts) == 1 else ""
    return only.partition(":")[0] if only.count(":") == 1 else " ".join(parts)


def read_rates(text: str) -> list[tuple[Decimal, RateAmounts]]:
    """Read the amounts of :func:`rates_text`, if it has them."""
    return [_read_rate(*part.split(":")) for part in text.split()]


def _read_rate(rate: str, gross: str, *stated: str) -> tuple[Decimal, RateAmounts]:
    net, tax = (*map(Decimal, stated), None, None)[:2]
    is_reverse = rate == REVERSE_CHARGE
    return ZERO if is_reverse else Decimal(rate), RateAmounts(Decimal(gross), net, tax, is_reverse)


def _in_order(part: tuple[StatedRate, object]) -> tuple[bool, Decimal]:
    """Return the place of a rate among others: by size, without one last."""
    return part[0] is None, part[0] or ZERO


def _rate_text(rate: Decimal, amounts: RateAmounts) -> str:
    gross, net, tax = amounts.completed(rate)
    written = [gross]
    if tax != gross - net:
        written += [net, tax]
    elif net != net_of(gross, rate):
        written += [net]
    name = REVERSE_CHARGE if amounts.reverse_charge else f"{rate.normalize():f}"
    return ":".join([name, *map(exact_text, written)])


def _whole(parts: Sequence[Decimal | None]) -> Decimal | None:
    """Return the sum of amounts; ``None`` if there are none, or one is not known."""
    known = [part for part in parts if part is not None]
    return sum(known, ZERO) if known and len(known) == len(parts) else None
