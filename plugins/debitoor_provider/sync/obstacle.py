"""What keeps a document from being transferred, with what a person can do about it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from debitoor_provider.services.errors import RejectError
    from debitoor_provider.sync.ledger import Sent


class ObstacleKind(StrEnum):
    """The state that an obstacle puts the document into."""

    HELD = "held"  # a rule of the account wants a person's decision
    REJECTED = "rejected"  # the document cannot go as it is recorded
    WAITING = "waiting"  # it goes automatically later


class Obstacle(Exception):
    """A document cannot be transferred until a person has acted, or until what it waits for has come.

    :param kind: whether a rule of the account holds the document, its own record cannot be transferred, or it waits
    :param message: what is wrong and what a person can do; its code is stored in the ledger
    :param detail: what the document's history keeps of it
    :param invoice: the result of reading the document's file, see :mod:`~debitoor_provider.sync.export.evidence`
    :ivar sent: the figures that would have been sent, if they are known
    """

    def __init__(
        self, kind: ObstacleKind, message: Message, detail: Mapping[str, Any] | None = None, invoice: str = ""
    ) -> None:
        super().__init__(kind, message)
        self.kind = kind
        self.message = message
        self.detail = detail or {}
        self.invoice = invoice
        self.sent: Sent | None = None

    def __str__(self) -> str:
        return str(self.message)

    @property
    def code(self) -> str:
        """The message's code, e.g. ``foreign_currency``."""
        return self.message.code


def held(code: str, /, **params: object) -> Obstacle:
    """Return the obstacle of a rule that wants a decision."""
    return Obstacle(ObstacleKind.HELD, Message(code, **params))


def rejected(code: str, /, **params: object) -> Obstacle:
    """Return the obstacle of a document that cannot go as it is recorded."""
    return Obstacle(ObstacleKind.REJECTED, Message(code, **params))


def waiting(code: str, /, **params: object) -> Obstacle:
    """Return the obstacle of a document that goes automatically later."""
    return Obstacle(ObstacleKind.WAITING, Message(code, **params))


def refusal(error: RejectError) -> Message:
    """Return why a document is rejected that a service refused."""
    code = "refused_by_service" if error.remedy else "refused_without_remedy"
    return Message(code, where=error.heading or Message("the_service"), reason=error.message)
