"""What the record at the target tells about its source: readable words, and a mark by which it is found again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from debitoor_provider.sync.text import one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from debitoor_provider.services.getmyinvoices.models import Document

LIMIT = 500
"""Characters before the mark. No limit of the service is known (Debitoor contract section 6.4)."""

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
    """Compose the text of an expense line: the chosen fields joined by `` / ``, then the mark (contract A-24).

    Empty fields are left out; line breaks and invisible characters do not get through.

    :param fields: names of the account's ``specification``, in order
    :param prefix: words that stand before them, e.g. the real amount of a document in a foreign currency
    """
    words = (one_line(text) for text in (prefix, *(_FIELDS[name](document) for name in fields)))
    told = shorten(" / ".join(filter(None, words)), LIMIT)
    return f"{told} {marker(document.document_uid)}".lstrip()


def marker(document_uid: int) -> str:
    """Write the mark of a document of GetMyInvoices, e.g. ``[GMI 28715]``."""
    return f"[GMI {document_uid}]"


def find_marker(text: str) -> int | None:
    """Find the document that an expense line stands for: only a mark at the very end counts.

    What comes before it is text of suppliers and users, which may look like a mark.
    """
    found = re.search(r"(?:\A| )\[GMI ([1-9][0-9]{0,18})\]\Z", text, re.ASCII)
    return int(found[1]) if found else None


ANY_SALES_MARKER = "[Debitoor "
"""How every mark of a sales document begins."""


def sales_marker(document_id: str) -> str:
    """Write the mark of a sales document of Debitoor, e.g. ``[Debitoor 59f0c1d2e3a4b5c6d7e8f901]``."""
    return f"[Debitoor {document_id}]"


def find_sales_marker(text: str) -> str | None:
    """Find the sales document that a note of GetMyInvoices names, anywhere in it: people add to notes.

    :returns: the id of 24 hexadecimal digits (Debitoor contract section 3); the last one when there are several
    """
    found: list[str] = re.findall(r"\[Debitoor ([0-9a-f]{24})\]", text)
    return found[-1] if found else None
