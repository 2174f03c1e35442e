"""The records at a target that carry the marks of documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Copy:
    """A record at the target that carries a document's mark.

    :param number: by which people know it; may be empty
    """

    id: str
    number: str
    date: date | None
    amount: Decimal | None
    currency: str

    def __str__(self) -> str:
        amount = "" if self.amount is None else f"{self.amount:.2f} {self.currency}".strip()
        name = f"id {self.id}" if self.number else ""
        details = ", ".join(filter(None, (name, self.date.isoformat() if self.date else "", amount)))
        return f"{self.number or self.id} ({details})" if details else self.id


Copies: TypeAlias = Mapping[str, Sequence[Copy]]
"""The records that carry the mark of a document, by the document's id."""
