"""What people read, as codes with parameters; the sentences are in one catalogue for each language."""

from __future__ import annotations

from debitoor_provider.messages.message import Message, readable

__all__ = ["Message", "readable"]
