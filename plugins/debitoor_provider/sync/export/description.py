"""The text of an expense line: readable words about the document, then the marker by which it is found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.markers import marker
from debitoor_provider.sync.text import one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from debitoor_provider.services.getmyinvoices.models import Document

LIMIT = 500
"""Characters before the marker. No limit of the service is known (Debitoor contract section 6.4)."""

_FIELDS: dict[str, Callable[[Document], str]] = {
    "document_number": lambda document: document.document_number,
    "company": lambda document: document.company_name,
    "document_date": lambda document: document.document_date.isoformat() if document.document_date else "",
    "due_date": lambda document: document.document_due_date.isoformat() if document.document_due_date else "",
    "document_type": lambda document: document.document_type,
    "order_number": lambda document: document.order_number,
    "note": lambda document: document.note,
    "tags": lambda document: ", ".join(document.tags),
    "payment_status": lambda document: document.payment_status,
    "payment_method": lambda document: document.payment_method,
    "file_name": lambda document: document.filename,
    "document_uid": lambda document: str(document.document_uid),
}


def describe(document: Document, fields: Iterable[str], *, prefix: str = "") -> str:
    """Compose the text of an expense line: the chosen fields joined by `` / ``, then the marker (contract A-24).

    Empty fields are left out; line breaks and invisible characters do not get through.

    :param fields: names of the account's ``specification``, in order
    :param prefix: words that stand before them, e.g. the real amount of a document in a foreign currency
    """
    words = (one_line(text) for text in (prefix, *(_FIELDS[name](document) for name in fields)))
    text = shorten(" / ".join(filter(None, words)), LIMIT)
    return f"{text} {marker(document.document_uid)}".lstrip()
