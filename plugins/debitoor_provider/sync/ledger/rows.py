"""Rows of documents: from a record to the columns, and from a row to an entry."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from debitoor_provider.sync.ledger.database.tables import documents
from debitoor_provider.sync.ledger.entries import Entry, FoundDocument, PlannedDocument
from debitoor_provider.sync.likeness import number_key
from debitoor_provider.sync.text import caseless

if TYPE_CHECKING:
    from sqlalchemy import Row

    from debitoor_provider.sync.ledger.sent import Sent

Described: TypeAlias = Entry | PlannedDocument | FoundDocument
"""A document with what its source states of it."""

COLUMNS = [documents.c[name] for name in Entry._fields if name not in {"owner", "run_id"}]
"""The columns of an :class:`Entry`, in the order of its fields."""

_CURRENCY = 20  # more than a code has: what follows it in a key shall not be cut


def to_entry(row: Row[Any], owner: str = "", run_id: str = "") -> Entry:
    """Return the entry of a row of :data:`COLUMNS`."""
    return Entry._make((*row, owner, run_id))


def document_values(document: PlannedDocument | FoundDocument) -> dict[str, Any]:
    """Return the columns that describe the source document."""
    return {
        "exchange_key": document.exchange_key,
        "document_date": document.document_date,
        "document_number": document.document_number,
        "company": document.company,
        "currency": document.currency,
        "net_amount": document.net_amount,
        "gross_amount": document.gross_amount,
        "snapshot": document.snapshot,
        **likeness_keys(document),
    }


def likeness_keys(document: Described) -> dict[str, str]:
    """Return the columns ``number_key`` and ``amount_key``; empty for a document that lacks what they are made of.

    Documents that go to different targets have different keys.
    """
    target = document.exchange_key.rpartition(">")[2]
    number = number_key(document.document_number)
    day, gross = document.document_date, document.gross_amount
    amount = ""
    if day and isinstance(gross, Decimal) and gross:
        amount = f"{day.isoformat()} {gross.normalize():f} {document.currency.upper()[:_CURRENCY]}"
    return {
        "number_key": f"{number}>{target}" if number else "",
        "amount_key": f"{amount}>{target}" if amount else "",
    }


def sent_values(entry: Entry, sent: Sent) -> dict[str, Any]:
    """Return the columns of an entry that change when it is sent."""
    return _changed(entry, sent.booked) | stated_values(entry, sent)


def restated(document: Described, sent: Sent) -> Described:
    """Return a document with the facts that are sent of it."""
    values = {name: value for name, value in sent.stated.items() if hasattr(document, name)}
    return document._replace(**values) if isinstance(document, Entry) else dataclasses.replace(document, **values)


def stated_values(entry: Entry, sent: Sent) -> dict[str, Any]:
    """Return the columns that change when a document's figures are known better than its record says.

    Searches find it by them, and so do comparisons with other documents.
    """
    changed = _changed(entry, sent.stated)
    return changed | found_by(entry._replace(**changed)) if changed else {}


def found_by(entry: Entry) -> dict[str, str]:
    """Return the columns by which a document is searched, and found to be like another one."""
    text = search_text(entry.source_id, entry.document_number, entry.company, entry.source_name, entry.gross_amount)
    return {"search": text, **likeness_keys(entry)}


def _changed(entry: Entry, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if getattr(entry, name) != value}


def search_text(*parts: object) -> str:
    """Return the text of a document that is searched, :func:`caseless`."""
    return caseless("\n".join(str(part) for part in parts if part not in (None, "")))
