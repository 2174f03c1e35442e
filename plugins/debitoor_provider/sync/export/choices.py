"""Whose figures a person wants booked, question by question."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from debitoor_provider.sync.ledger import read_choices

Choice: TypeAlias = Literal["invoice", "record"]
Choices: TypeAlias = Mapping[str, Choice]
"""What a person has decided, by the reason for which the document was held."""
UNDECIDED: Choices = MappingProxyType({})

_KNOWN: dict[str, Choice] = {"invoice": "invoice", "record": "record"}


def to_choices(stored: str) -> Choices:
    """Return what a person has decided, as the ledger stores it."""
    return {code: _KNOWN[figures] for code, figures in read_choices(stored).items() if figures in _KNOWN}
