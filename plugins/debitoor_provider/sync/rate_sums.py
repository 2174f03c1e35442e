"""What documents come to, by month and tax rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from debitoor_provider.sync.money import ZERO, net_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from debitoor_provider.sync.statement import StatedRate


class RateSum(NamedTuple):
    """The amounts of one tax rate.

    :param rate: in per cent; ``None`` for documents that are not booked, or whose amounts by rate are not known
    :param documents: how many documents have an amount of it
    :param net: what Debitoor derives from the gross amounts, rounded for each document; ``None`` without a rate
    """

    rate: StatedRate
    documents: int
    gross: Decimal
    net: Decimal | None

    @property
    def tax(self) -> Decimal | None:
        """The tax in the gross amount."""
        return None if self.net is None else self.gross - self.net


class Sum(NamedTuple):
    """The amounts of some documents.

    :param month: of the document date, as YYYY-MM; empty without one
    :param gross: what was sent, where it was; else what the source states
    :param documents: how many documents these are, with those that state no amount
    :param unknown: how many of them state no amount
    :param rates: the gross amount by tax rate, those without a rate last
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
        """The net amount, if it is known of all rates."""
        known = [one.net for one in self.rates if one.net is not None]
        return sum(known, ZERO) if known and len(known) == len(self.rates) else None

    @property
    def tax(self) -> Decimal | None:
        """The tax, likewise."""
        return None if self.net is None else self.gross - self.net


@dataclass(slots=True)
class Total:
    """Adds up documents of one month and currency."""

    gross: Decimal = ZERO
    documents: int = 0
    unknown: int = 0
    rates: dict[StatedRate, RateSum] = field(default_factory=dict)

    def add(self, gross: Decimal, documents: int = 1, unknown: int = 0) -> None:
        """Add documents as a whole."""
        self.gross += gross
        self.documents += documents
        self.unknown += unknown

    def add_rate(self, rate: StatedRate, gross: Decimal, documents: int = 1, net: Decimal | None = None) -> None:
        """Add what documents have of one tax rate.

        :param net: of all of them; by default that of one gross amount
        """
        if rate is not None:
            rate = rate.normalize()
            net = net_of(gross, rate) if net is None else net
        before = self.rates.get(rate, RateSum(rate, 0, ZERO, None if rate is None else ZERO))
        net = None if before.net is None or net is None else before.net + net
        self.rates[rate] = RateSum(rate, before.documents + documents, before.gross + gross, net)

    def of(self, month: str, direction: str, currency: str) -> Sum:
        """Return the sum of what was added."""
        rates = sorted(self.rates.values(), key=lambda one: (one.rate is None, one.rate or ZERO))
        return Sum(month, direction, currency, self.gross, self.documents, self.unknown, tuple(rates))


def ordered(totals: Mapping[tuple[str, str, str], Total]) -> list[Sum]:
    """Return the sums by month, direction and currency, latest month first."""
    return [totals[key].of(*key) for key in sorted(totals, reverse=True)]


def rates_text(by_rate: Mapping[StatedRate, Decimal]) -> str:
    """Write the gross amounts of a document by tax rate: ``19`` if all is of one, else ``7:10.70 19:119.00``.

    Documents of one rate have the same text, so that a database can add them up by it. Empty if a rate is not known.
    """
    known = sorted((rate, gross) for rate, gross in by_rate.items() if rate is not None)
    if len(known) != len(by_rate) or len(known) < 2:
        return f"{known[0][0].normalize():f}" if len(known) == len(by_rate) == 1 else ""
    return " ".join(f"{rate.normalize():f}:{gross:f}" for rate, gross in known)


def read_rates(text: str) -> list[tuple[Decimal, Decimal]]:
    """Read the amounts of :func:`rates_text` of several tax rates."""
    pairs = (part.split(":") for part in text.split())
    return [(Decimal(rate), Decimal(gross)) for rate, gross in pairs]
