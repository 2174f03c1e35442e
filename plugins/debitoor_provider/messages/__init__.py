"""What people read, as codes with parameters; the sentences are in one catalogue for each language."""

from __future__ import annotations

from debitoor_provider.messages.figures import localized
from debitoor_provider.messages.labels import words
from debitoor_provider.messages.message import Message, readable
from debitoor_provider.messages.reader import LOG, Reader, current_reader, languages, preferred_language, written_for

__all__ = [
    "LOG",
    "Message",
    "Reader",
    "current_reader",
    "languages",
    "localized",
    "preferred_language",
    "readable",
    "words",
    "written_for",
]
