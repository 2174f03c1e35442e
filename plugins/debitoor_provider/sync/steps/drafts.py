"""What the steps know of drafts: what a direction will write to its target for each document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from debitoor_provider.messages import Message
    from debitoor_provider.sync.ledger import Sent
    from debitoor_provider.sync.statement import Statement
    from debitoor_provider.sync.steps.copies import Copy
    from debitoor_provider.sync.steps.left_out import LeftOut

Given = TypeVar("Given", contravariant=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person sees of a draft.

    :param description: text that goes with the record
    :param lines: amounts, e.g. ``19 %: 119.00``
    :param currency: of the amounts
    :param party: supplier or company
    :param category: expense category, or type of the document
    :param marks: what to know of it although the document goes
    :param invoice: the result of looking for an e-invoice in the document's file; empty if it was not read
    """

    description: str
    lines: tuple[str, ...]
    currency: str
    party: str
    date: date | None
    category: str
    marks: tuple[Message, ...] = ()
    invoice: str = ""


class Draft(Protocol):
    """What will be written to the target for one document, but for its file."""

    def shown(self) -> Shown:
        """Return what a person sees of it."""
        ...

    def statement(self) -> Statement:
        """Return the figures of the record."""
        ...

    def sent(self) -> Sent | None:
        """Return the figures that are known better than the document's record says; ``None`` if none are."""
        ...


class Drafts(Protocol[Given]):
    """Drafts of a list of documents; what they need together was asked for once."""

    def description(self, record: Given) -> str:
        """Return the text that goes with a document's record, even if it has no draft."""
        ...

    def draft(self, record: Given, decisions: str = "") -> Draft:
        """Return what will be written, from the record, and from the document's file if that decides anything.

        :param decisions: what a person has decided about this document, as the ledger stores it
        :raises Obstacle: when the account's rules hold the document, or its figures cannot be written
        """
        ...

    def released(self, record: Given, decisions: str = "", *, sent_again: bool = False) -> LeftOut | None:
        """Return why a document is not to go yet, where only a call for this one document shows it.

        :param decisions: what a person has decided about this document, as the ledger stores it
        :param sent_again: it was archived because it had been sent, and a person wants it sent again
        """
        ...

    def copies_of(self, record: Given) -> Sequence[Copy]:
        """Return the records at the target that carry a document's marker."""
        ...

    def present(self, record: Given, draft: Draft) -> Message | bool:
        """Return whether the target has the document already, or in what its copy there differs."""
        ...
