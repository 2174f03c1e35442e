"""What a preview shows of documents."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.money import canonical

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from debitoor_provider.messages import Message
    from debitoor_provider.sync.rate_sums import ByRate


class PreviewOutcome(StrEnum):
    """What would become of a document."""

    SEND = "send"
    HELD = "held"
    REJECTED = "rejected"
    WAITING = "waiting"
    LEFT_OUT = "left out"
    THERE = "there"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of one document.

    Date, gross amount and currency are those that would be written: as a person has stated them, as the e-invoice has
    them, converted; and the record's where nothing would be written.

    :param lines: the amounts to be written, e.g. ``19 %: 119.00``
    :param by_rate: the amounts by tax rate; empty where nothing would be written
    :param marks: what a person should know of it although it would go
    :param message: why it would not go, with what helps; ``None`` when it would
    """

    source_id: str
    outcome: PreviewOutcome
    document_date: date | None
    document_number: str
    company: str
    gross_amount: Decimal | None
    currency: str
    source_name: str
    target_name: str = ""
    lines: tuple[str, ...] = ()
    invoice: str = ""
    marks: tuple[Message, ...] = ()
    message: Message | None = None
    by_rate: ByRate = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """Why it would not go, or what to know of it if it would, with what helps, in English."""
        return " ".join(map(str, [self.message] if self.message else self.marks))

    def as_row(self) -> dict[str, Any]:
        """Return the fields as a row of a table, the reason in English."""
        names = [part.name for part in fields(self) if part.name not in {"message", "marks", "by_rate"}]
        gross = None if self.gross_amount is None else canonical(self.gross_amount, self.currency)
        return {name: getattr(self, name) for name in names} | {
            "outcome": str(self.outcome),
            "gross_amount": gross,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Previews:
    """What a run would do.

    :param documents: as many as were wanted
    :param total: how many there are
    :param stop: which limit of the account would stop the run before it moves any of them
    :param warnings: what does not fit in the settings, e.g. a mistyped company of the filter, and what would stop the
        run after it has moved them
    """

    documents: list[Preview]
    total: int
    stop: Message | None = None
    warnings: tuple[Message, ...] = ()
