"""The records at a target that carry the markers of documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from debitoor_provider.messages import Message

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Copy:
    """A record at the target that carries a document's marker.

    :param number: by which people know it; may be empty
    :param has_file: whether a file is attached to it
    """

    id: str
    number: str
    date: date | None
    amount: Decimal | None
    currency: str
    has_file: bool = False

    def named(self) -> Message | str:
        """Return what identifies the record for a person: its number or id, with date and amount."""
        amount = "" if self.amount is None else f"{self.amount:.2f}"
        details = [
            f"id {self.id}" if self.number else "",
            Message("lookalike_day", day=self.date) if self.date else "",
            Message("lookalike_amount", gross=amount, currency=self.currency) if amount else "",
        ]
        where = [part for part in details if part]
        return Message("lookalike", what=self.number or self.id, where=where) if where else self.id


Copies: TypeAlias = Mapping[str, Sequence[Copy]]
"""The records that carry the marker of a document, by the document's id."""


def only_several(copies: Copies) -> Copies:
    """Return the records of the documents that have more than one."""
    return {source_id: found for source_id, found in copies.items() if len(found) > 1}


def repeated(ids: Iterable[T]) -> set[T]:
    """Return the ids that occur more than once."""
    seen: set[T] = set()
    several: set[T] = set()
    for id_ in ids:
        (several if id_ in seen else seen).add(id_)
    return several
