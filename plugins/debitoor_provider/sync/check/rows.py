"""What a check finds: one row for each document, and sums for each month and tax rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.money import ZERO, canonical
from debitoor_provider.sync.statement import percent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from debitoor_provider.messages import Message
    from debitoor_provider.services.record_file import RecordFile
    from debitoor_provider.sync.statement import StatedRate, Statement


class CheckOutcome(StrEnum):
    """What the comparison of one document comes to."""

    SAME = "same"
    DIFFERS = "differs"
    ONLY_HERE = "only here"  # at the source, not at the target
    ONLY_THERE = "only there"  # at the target with a marker, not at the source
    ERROR = "error"  # at both, and not to be compared
    LEFT_OUT = "left out"  # by the account's rules, or by a person: no difference
    OTHERS = "made by others"  # at the target without a marker: no difference


DIFFERENCES = frozenset({CheckOutcome.DIFFERS, CheckOutcome.ONLY_HERE, CheckOutcome.ONLY_THERE, CheckOutcome.ERROR})
"""What keeps source and target from being the same."""


@dataclass(frozen=True, slots=True)
class Row:
    """One document.

    :param target_ids: its records at the target
    :param here: what its record at the target has to say; ``None`` when that cannot be determined
    :param there: what the first of its records says
    :param message: why it is not the same, or what else there is to say
    :param is_missing: whether a run can send it now
    :param entry_id: its id in the ledger
    """

    outcome: CheckOutcome
    source_id: str
    target_ids: tuple[str, ...]
    document_date: date | None
    document_number: str
    party: str
    here: Statement | None = None
    there: Statement | None = None
    message: Message | None = None
    is_missing: bool = False
    entry_id: int | None = None

    def as_row(self) -> dict[str, Any]:
        """Return the fields as a row of a table, the reason in English."""
        statement = self.here or self.there
        return {
            "outcome": str(self.outcome),
            "document": self.source_id,
            "at_target": ", ".join(self.target_ids),
            "date": self.document_date,
            "number": self.document_number,
            "party": self.party,
            "currency": statement.currency if statement else "",
            "gross_here": self.here and canonical(self.here.gross, self.here.currency),
            "gross_there": self.there and canonical(self.there.gross, self.there.currency),
            "rates_here": str(self.here) if self.here else "",
            "rates_there": str(self.there) if self.there else "",
            "why": str(self.message or ""),
        }


@dataclass(slots=True)
class Sums:
    """Gross amounts of one month, currency and tax rate.

    :param source: what the account's documents come to
    :param target: what their records at the target come to
    :param others: what the other records of the target come to
    """

    source: Decimal = ZERO
    target: Decimal = ZERO
    others: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class SumRow:
    """The sums of one month, currency and tax rate.

    :param month: of the document date, e.g. ``2026-01``; empty for documents without a date
    :param rate: in per cent; ``None`` where it is not known
    """

    month: str
    currency: str
    rate: StatedRate
    source: Decimal
    target: Decimal
    others: Decimal

    @property
    def difference(self) -> Decimal:
        """By how much the account's documents exceed their records at the target."""
        return self.source - self.target

    def as_row(self) -> dict[str, Any]:
        """Return the fields as a row of a table."""
        return {
            "month": self.month,
            "rate": percent(self.rate),
            "currency": self.currency,
            "source": canonical(self.source, self.currency),
            "target": canonical(self.target, self.currency),
            "difference": canonical(self.difference, self.currency),
            "others_at_target": canonical(self.others, self.currency),
        }


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found; valid until the check is left.

    :param start: first document date that was compared; ``None``: open
    :param counts: how many documents had each outcome
    :param rows: all documents, on the disk
    """

    start: date | None
    end: date | None
    rows: RecordFile[Row]
    counts: dict[CheckOutcome, int] = field(default_factory=lambda: dict.fromkeys(CheckOutcome, 0))
    _sums: dict[tuple[str, str, StatedRate], Sums] = field(default_factory=dict)

    @property
    def differs(self) -> bool:
        """Whether source and target are not the same."""
        return any(self.counts[outcome] for outcome in DIFFERENCES)

    @property
    def sums(self) -> list[SumRow]:
        """The sums in the order of month, currency and tax rate."""
        ordered = sorted(self._sums, key=lambda key: (key[0], key[1], key[2] is None, key[2] or ZERO))
        return [SumRow(*key, *self._of(key)) for key in ordered]

    def _of(self, key: tuple[str, str, StatedRate]) -> tuple[Decimal, Decimal, Decimal]:
        sums = self._sums[key]
        return sums.source, sums.target, sums.others

    def differences(self) -> Iterator[Row]:
        """Return the documents that are not the same."""
        return (row for row in self.rows if row.outcome in DIFFERENCES)

    def missing(self) -> Iterator[Row]:
        """Return the documents that a run can send now."""
        return (row for row in self.rows if row.is_missing)

    def add(self, row: Row) -> None:
        """Add a document."""
        self.rows.append(row)
        self.counts[row.outcome] += 1

    def add_sums(self, statement: Statement, side: str) -> None:
        """Add a document's figures.

        :param side: ``source``, ``target`` or ``others``
        """
        month = f"{statement.date:%Y-%m}" if statement.date else ""
        for rate, gross in statement.by_rate.items():
            sums = self._sums.setdefault((month, statement.currency.upper(), rate), Sums())
            setattr(sums, side, getattr(sums, side) + gross)

    def as_summary(self) -> dict[str, Any]:
        """Return the counts and sums, without any document."""
        return {
            "from": self.start.isoformat() if self.start else None,
            "to": self.end.isoformat() if self.end else None,
            "counts": {str(outcome): number for outcome, number in self.counts.items()},
            "sums": [{name: str(value) for name, value in row.as_row().items()} for row in self.sums],
        }
