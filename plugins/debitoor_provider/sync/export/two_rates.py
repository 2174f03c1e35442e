"""Two tax rates, of which only the sums are known: every split in cents that an invoice can have had.

With net, tax and gross alone a split is known only to some cents: one cent of tax is eight of a part at 7 and 19 %. A
split is consistent when it can have been rounded in one of the ways that invoices are:

* the tax of each rate is rounded (EN 16931, BT-117), or the tax of both together, starting from net amounts in cents;
* the net amount of each rate is rounded, starting from gross amounts in cents, as tills do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from debitoor_provider.sync.money import CENT, cents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

_WHOLE = 10_000  # a rate of 100 % in hundredths of a per cent, the second unit of the calculation, next to the cent
_SLACK = 2  # cents by which the tax may be off where nothing is consistent: some invoices round each line


@dataclass(frozen=True, slots=True)
class Span:
    """The gross amounts at one rate that are consistent with a document's sums.

    :param rate: per cent
    :param lowest: in the document's currency, with its sign
    :param highest: equal to ``lowest`` if there is only one
    """

    rate: Decimal
    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True, slots=True)
class Solution:
    """The split of a gross amount by two rates.

    :param low: gross amount at the lower rate
    :param high: gross amount at the higher rate
    :param spans: what each can be instead; empty if there is only one solution
    """

    low: Decimal
    high: Decimal
    spans: tuple[Span, ...] = ()


def solve(gross: Decimal, net: Decimal, low: Decimal, high: Decimal) -> Solution | None:
    """Return the split that fits best, with the bounds of all; ``None`` when the figures do not fit together.

    :param gross: in cents, not 0
    :param net: in cents
    :param low: the lower rate, per cent, at most two decimals
    :param high: the higher rate
    """
    sign = 1 if gross > 0 else -1
    sums = _Sums(_hundredths(gross * sign), _hundredths(net * sign), _hundredths(low), _hundredths(high))
    for slack in range(_SLACK + 1):
        if found := {*sums.from_net(slack), *sums.from_gross(slack)}:
            break
    else:
        return None
    best, least, most = (sign * CENT * part for part in (min(found, key=sums.rank), min(found), max(found)))
    if least == most:
        return Solution(gross - best, best)
    at_low, at_high = sorted((gross - least, gross - most)), sorted((least, most))
    return Solution(gross - best, best, (Span(low, *at_low), Span(high, *at_high)))


@dataclass(frozen=True, slots=True)
class _Sums:
    """What is known of a document: positive amounts in cents, rates in hundredths of a per cent."""

    gross: int
    net: int
    low: int
    high: int

    def from_net(self, slack: int) -> Iterator[int]:
        """Yield the gross amounts at the higher rate that come of net amounts in cents.

        The tax of a split is a straight line in the net amount at the higher rate, and rounding moves it by a cent at
        most: only the net amounts between two bounds have to be tried.

        :param slack: cents by which the tax may be off
        """
        tax = self.gross - self.net
        at_none, step = self.net * self.low, self.high - self.low
        first = -(((slack + 1 - tax) * _WHOLE + at_none) // step)
        last = ((tax + slack + 1) * _WHOLE - at_none) // step
        for net_high in range(max(0, first), min(self.net, last) + 1):
            net_low = self.net - net_high
            tax_low, tax_high = _divided(net_low * self.low, _WHOLE), _divided(net_high * self.high, _WHOLE)
            together = _divided(net_low * self.low + net_high * self.high, _WHOLE)
            if min(abs(tax_low + tax_high - tax), abs(together - tax)) > slack:
                continue
            for gross_high in {net_high + tax_high, self.gross - net_low - tax_low}:  # a cent too much is on either
                if 0 <= gross_high <= self.gross:
                    yield gross_high

    def from_gross(self, slack: int) -> Iterator[int]:
        """Yield the gross amounts at the higher rate whose net amounts, each rounded, add up; bounds as above.

        :param slack: cents by which the net amount may be off
        """
        if not 0 <= self.net <= self.gross:
            return
        with_low, with_high = _WHOLE + self.low, _WHOLE + self.high
        at_none, step = self.gross * with_high * _WHOLE, (with_high - with_low) * _WHOLE
        first = -(((self.net + slack + 1) * with_low * with_high - at_none) // step)
        last = (at_none - (self.net - slack - 1) * with_low * with_high) // step
        for gross_high in range(max(0, first), min(self.gross, last) + 1):
            gross_low = self.gross - gross_high
            net = _divided(gross_low * _WHOLE, with_low) + _divided(gross_high * _WHOLE, with_high)
            if abs(net - self.net) <= slack:
                yield gross_high

    def rank(self, gross_high: int) -> tuple[int, int]:
        """Return how far a part is from the solution of the two equations without any rounding."""
        net_high = (self.gross - self.net) * _WHOLE - self.net * self.low  # times the difference of the rates
        exact = net_high * (_WHOLE + self.high)
        return abs(gross_high * (self.high - self.low) * _WHOLE - exact), gross_high


def _hundredths(amount: Decimal) -> int:
    return int(cents(amount) * 100)


def _divided(dividend: int, divisor: int) -> int:
    """Divide positive numbers, half up."""
    return (2 * dividend + divisor) // (2 * divisor)
