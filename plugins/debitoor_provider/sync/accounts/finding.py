"""What is found about a setting that is valid in itself, e.g. that it names what does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from debitoor_provider.messages import Message


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a setting.

    :param field: path of the setting, e.g. ``filter.companies.include``
    :param message: what is wrong with it, and what to do about it
    """

    field: str
    message: Message
