"""English words in what is to be French, German or Danish."""

from __future__ import annotations

import re
from functools import cache

from debitoor_provider.messages import words
from debitoor_provider.messages.catalogue import entries

_WORD = re.compile(r"(?<![\w{.])[^\W\d_]{3,}(?![\w}])")
"""A word of a sentence; names of files, fields and placeholders are none."""
_PLACES = re.compile(r"\{[^}]*\}?\}|`[^`]*`")
DATA = {
    "acme", "receipts", "sales", "invoices", "invoice", "every", "reason", "scan", "manual", "scheduled", "backfill",
    "books", "example", "run", "export", "import", "plan", "report", "archive", "rename", "gmi", "connection", "text",
    "unknown", "office", "software", "language", "follow",
}  # fmt: skip
"""Names of the demonstration, and of what Airflow itself shows."""
SENTENCES = {
    "and", "are", "after", "already", "because", "been", "before", "cannot", "choose", "does", "each", "enter", "from",
    "had", "has", "have", "into", "its", "not", "only", "once", "please", "should", "than", "that", "the", "their",
    "them", "there", "these", "they", "this", "those", "until", "was", "were", "what", "when", "where", "which", "who",
    "with", "without", "would", "you", "your",
}  # fmt: skip
"""Words without which there is hardly an English sentence; names of files and documents are none."""
LIBRARIES = {"field", "found", "input", "less", "required", "should", "string", "valid", "allowed", "error", "usage"}
"""Words of the errors of pydantic, FastAPI and argparse."""


def words_in(text: str) -> set[str]:
    """Return the words of a text, in small letters."""
    return {word.casefold() for word in _WORD.findall(text)}


def vocabulary(language: str) -> set[str]:
    """Return the words of all that is said in a language."""
    texts = list(words(language).values())
    for entry in entries(language).values():
        for part in entry.values():
            texts += part.values() if isinstance(part, dict) else [part]
    return {word for text in texts for word in words_in(_PLACES.sub(" ", text))}


@cache
def english_only(language: str) -> frozenset[str]:
    """Return the English words that are never said in a language."""
    return frozenset(((vocabulary("en") | LIBRARIES) - vocabulary(language)) - DATA)


def english_in(text: str, language: str, names: frozenset[str] = frozenset()) -> set[str]:
    """Return the English words of a text that is to be of another language.

    :param names: words that are names, of fields and values for instance
    """
    return (words_in(text) & english_only(language)) - names
