"""The ids of accounts and of their DAGs: all that operators need of the settings in any DAG file."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

DAG_ID_PREFIX = "debitoor__"

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_OTHERS = frozenset("0123456789_.-ßæøœðþłđÆØŒÐÞŁĐ")


@lru_cache(maxsize=16)  # each step of an account asks
def is_account_id(text: str) -> bool:
    """Return whether a text can be the id of an account.

    It consists of Latin letters, with or without accents, digits, ``_``, ``.`` and ``-``. Airflow allows
    letters of any script in a DAG id. Many look like a Latin one, and an id with such a letter would be another account
    of the same appearance, with a history of its own.
    """
    return bool(text) and all(char in _OTHERS or char in _PLAIN or _is_accented(char) for char in text)


def _is_accented(char: str) -> bool:
    parts = unicodedata.normalize("NFD", char)
    return len(parts) > 1 and parts[0] in _PLAIN
