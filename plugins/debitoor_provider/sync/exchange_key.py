"""The key that names a document and its target over all accounts."""

from __future__ import annotations

import hashlib

_LONGEST = 120


def exchange_key(source: str, document_id: object, target: str) -> str:
    """Return the key of a document on its way to a target.

    Two accounts with the same key exchange the same document: one of them sends it. An account that sends it to other
    books has another key.

    :param source: service and account, e.g. ``getmyinvoices:20707``
    :param target: the same, e.g. ``debitoor:books@acme.example``; a long one is shortened to its digest
    """
    if len(target) > _LONGEST:
        target = hashlib.sha256(target.encode()).hexdigest()
    return f"{source}:{document_id}>{target}"


def place_of(origin: tuple[str, str, int | None]) -> str:
    """Return a short text for where a service is: two installations may number accounts and documents alike.

    :param origin: scheme, host and port
    """
    return hashlib.sha256(repr(origin).encode()).hexdigest()[:8]
