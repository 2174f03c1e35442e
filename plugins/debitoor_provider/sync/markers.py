"""The marker that every record at a target carries: the id of its source document, by which it is found again."""

from __future__ import annotations

import re

from debitoor_provider.sync.source_ids import DOCUMENT_UID, SALES_ID

_SALES_MARKER = re.compile(rf"\[Debitoor ({SALES_ID.pattern})\]")
ANY_SALES_MARKER = "[Debitoor "
"""How every marker of a sales document begins."""
_MARKER = re.compile(rf"(?:\A| )\[GMI ({DOCUMENT_UID.pattern})\]\Z", re.ASCII)


def marker(document_uid: int) -> str:
    """Return the marker of a document of GetMyInvoices, e.g. ``[GMI 28715]``."""
    return f"[GMI {document_uid}]"


def without_marker(text: str) -> str:
    """Return the text of an expense line without its marker."""
    return _MARKER.sub("", text)


def find_marker(text: str) -> int | None:
    """Return the document that an expense line stands for: only a marker at the very end counts.

    What comes before it is text of suppliers and users, which may look like a marker.
    """
    found = _MARKER.search(text)
    return int(found[1]) if found else None


def sales_marker(document_id: str) -> str:
    """Return the marker of a sales document of Debitoor, e.g. ``[Debitoor 59f0c1d2e3a4b5c6d7e8f901]``."""
    return f"[Debitoor {document_id}]"


def find_sales_marker(text: str) -> str | None:
    """Return the sales document that a note of GetMyInvoices names, anywhere in it: people add to notes.

    :return: the id of 24 hexadecimal digits (Debitoor contract section 3); the last one when there are several
    """
    found: list[str] = _SALES_MARKER.findall(text)
    return found[-1] if found else None
