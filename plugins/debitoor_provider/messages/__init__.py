"""What people read, as codes with parameters; the sentences are in one catalogue for each language."""

from __future__ import annotations

from debitoor_provider.messages.figures import localized, moment
from debitoor_provider.messages.labels import labelled, words
from debitoor_provider.messages.message import Message, readable
from debitoor_provider.messages.reader import LOG, Reader, current_reader, languages, preferred_language, written_for
from debitoor_provider.messages.system import reason_of

__all__ = [
    "LOG",
    "Message",
    "Reader",
    "current_reader",
    "labelled",
    "languages",
    "localized",
    "moment",
    "preferred_language",
    "readable",
    "reason_of",
    "words",
    "written_for",
]
