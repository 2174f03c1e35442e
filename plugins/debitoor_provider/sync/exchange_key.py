"""The key that names a document and its target over all accounts."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.services.http.origin import Origin
    from debitoor_provider.services.http.session import ServiceSession

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


def former_key(key: Callable[[Any, Origin], str], document_id: object, session: ServiceSession) -> str:
    """Return the key that earlier versions gave a document, which compared hosts as they are spelled; empty: the same.

    :param key: returns the key of a document at an origin
    :param session: with the service that has the document
    """
    return key(document_id, session.spelled_origin) if session.spelled_origin != session.origin else ""


@lru_cache(maxsize=16)  # the same for all documents of a source
def origin_label(origin: Origin) -> str:
    """Return a short text for where a service is: two installations may number accounts and documents alike."""
    return hashlib.sha256(repr(origin).encode()).hexdigest()[:8]
