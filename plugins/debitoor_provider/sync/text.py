"""Words of people and services: made fit for one line, and compared as a person would."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from debitoor_provider.services.spelling import fold, is_invisible, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["caseless", "cut", "fold", "is_invisible", "nearest", "one_line", "shorten", "shown"]

_WORD_LIMIT = 80  # comparing takes time with the length, and longer words are no slip of the pen


def caseless(text: str) -> str:
    """Make texts equal that differ in case or in the way their characters are composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the word that was probably meant, for a *did you mean*."""
    from difflib import get_close_matches  # only a slip of the pen pays for it

    if len(word) > _WORD_LIMIT:
        return None
    by_key = {fold(name).replace("-", "_"): name for name in known}
    close = get_close_matches(fold(word).replace("-", "_").replace(" ", "_"), list(by_key), n=1)
    return by_key[close[0]] if close else None


def shorten(text: str, limit: int) -> str:
    """Cut text to at most ``limit`` characters, without tearing an accent from its letter, and say that it was cut."""
    return text if len(text) <= limit else cut(text, limit - 1).rstrip() + "…"


def cut(text: str, limit: int) -> str:
    """Cut text to at most ``limit`` characters, without tearing an accent from its letter."""
    if len(text) <= limit:
        return text
    end = limit
    while end > 0 and unicodedata.category(text[end]) in {"Mn", "Mc", "Me"}:
        end -= 1
    return text[: end or limit]


def shown(text: str) -> str:
    """Return a person's text as a sentence can hold it: on one line, at most 60 characters."""
    return shorten(" ".join(text.split()), 60)
