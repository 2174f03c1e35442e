"""What the books say about a document: its date, and its gross amount by tax rate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from debitoor_provider.messages import Message
from debitoor_provider.sync.markers import find_marker, marker
from debitoor_provider.sync.marks import PAID_BEFORE
from debitoor_provider.sync.money import ZERO
from debitoor_provider.sync.statement import reverse_charge_differs, reverse_charge_in, sums_by_rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from debitoor_provider.services.debitoor.models import Expense, ExpenseLine, NewExpenseLine
    from debitoor_provider.sync.statement import StatedRate


@dataclass(frozen=True, slots=True)
class BookedAmounts:
    """The figures that have to agree before a document counts as moved.

    :param by_rate: gross amount of each tax rate in per cent; rates without an amount are left out
    :param reverse_charge: the part of the gross amount for which the buyer owes the tax; ``None`` where the history
        does not have it
    """

    date: dt.date
    by_rate: Mapping[Decimal, Decimal]
    reverse_charge: Decimal | None = ZERO

    @classmethod
    def of(cls, day: dt.date, lines: Iterable[NewExpenseLine]) -> Self:
        """Add up the lines."""
        sums: dict[Decimal, Decimal] = {}
        kept = list(lines)
        for line in kept:
            sums[line.tax_rate] = sums.get(line.tax_rate, ZERO) + (line.gross_amount or ZERO)
        return cls(day, {rate: gross for rate, gross in sorted(sums.items()) if gross}, reverse_charge_of(kept))

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what :meth:`as_json` wrote."""
        by_rate = {Decimal(rate): Decimal(gross) for rate, gross in stored["by_rate"].items()}
        return cls(dt.date.fromisoformat(stored["date"]), by_rate, reverse_charge_in(stored))

    def as_json(self) -> dict[str, Any]:
        """Return the figures in the ledger."""
        by_rate = {f"{rate:f}": f"{gross:f}" for rate, gross in self.by_rate.items()}
        detail = {"date": self.date.isoformat(), "by_rate": by_rate}
        return detail | ({"reverse_gross": f"{self.reverse_charge:f}"} if self.reverse_charge else {})

    @property
    def gross(self) -> Decimal:
        """The whole gross amount."""
        return sum(self.by_rate.values(), ZERO)

    def differences(self, stored: Expense) -> list[Message]:
        """Compare with what Debitoor stored; empty when they agree.

        :param stored: the service's own answer
        """
        found = []
        by_rate, reverse_charge = rates_of(stored), reverse_charge_of(stored.lines)
        if stored.date != self.date:
            found.append(Message("check_date", here=self.date, there=stored.date or "-"))
        gross = stored.total_gross_amount or ZERO  # what has no value is left out (Debitoor contract section 3.5)
        if gross != self.gross:
            found.append(Message("check_gross", here=f"{self.gross:.2f}", there=f"{gross:.2f}"))
        elif by_rate != self.by_rate:
            found.append(Message("check_rates", here=_written(self.by_rate), there=_written(by_rate)))
        if gross == self.gross:
            found += reverse_charge_differs(self.reverse_charge, reverse_charge)
        return found

    def all_differences(self, stored: Expense, uid: int, file_id: str | None, size: int | None) -> list[Message]:
        """Compare with what Debitoor stored, and its file and markers with those that were sent.

        :param uid: the document, whose marker each line ends with: without it the expense would not be found again
        :param size: of the file, in bytes
        """
        found = self.differences(stored)
        if any(find_marker(line.description) != uid for line in stored.lines):
            found.append(Message("stored_without_marker", marker=marker(uid)))
        if stored.file is None or stored.file.id != file_id or stored.file.size_bytes not in (None, size):
            found.append(Message("stored_other_file"))
        return found


def _written(by_rate: Mapping[Decimal, Decimal] | Mapping[StatedRate, Decimal]) -> list[Message]:
    """Return the amounts by rate, e.g. ``119.00 at 19 %``; ``?`` for a rate that is not known."""
    parts = sorted(by_rate.items(), key=lambda part: (part[0] is None, part[0] or ZERO))
    amounts = [Message("amount_at_rate", gross=gross, rate="?" if rate is None else rate) for rate, gross in parts]
    return amounts or [Message("no_amounts")]


def rates_of(stored: Expense) -> dict[StatedRate, Decimal]:
    """Return the gross amount of each tax rate of an expense; of its lines without a rate, that of ``None``."""
    return sums_by_rate((line.tax_rate, line.gross_amount or ZERO) for line in stored.lines)


def reverse_charge_of(lines: Iterable[NewExpenseLine | ExpenseLine]) -> Decimal:
    """Return the gross amount of the lines for which the buyer owes the tax; without the property it is 0 (A38)."""
    return sum((line.gross_amount or ZERO for line in lines if line.has_reverse_charge), ZERO)


def unbooked(stored: Expense, mark: Message | None = None) -> Message | None:
    """Return that an expense has no number: under strict bookkeeping a booking assigns it (contract 6.3, A21).

    :param mark: of its document, which has one at most; only that a part was paid before gives way to this one
    """
    is_free = mark is None or mark.code == PAID_BEFORE
    return Message("unbooked") if stored.number is None and is_free else None
