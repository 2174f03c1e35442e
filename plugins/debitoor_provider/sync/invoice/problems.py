"""Why a file, or the e-invoice in it, cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from debitoor_provider.messages import Message


class Unreadable(Exception):
    """The content cannot be read as an e-invoice.

    :param message: the reason
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message)  # rendered only when it is read, which is rare
        self.message = message
