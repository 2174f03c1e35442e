"""Why a document is not taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from debitoor_provider.messages import Message


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why a document is not taken.

    :param message: the reason
    :param waits: whether the document may come in later, when a user completes or releases it
    :param in_file: whether the document's file may have what it waits for, so that a run reads it first
    """

    message: Message
    waits: bool = False
    in_file: bool = False

    @property
    def code(self) -> str:
        """The reason's stable short name, e.g. ``tag_missing``."""
        return self.message.code

    @property
    def reason(self) -> str:
        """The reason in English."""
        return self.message.text()


def before_reading(left_out: LeftOut | None) -> LeftOut | None:
    """Return why a document is not taken even before its file is read."""
    return None if left_out and left_out.in_file else left_out
