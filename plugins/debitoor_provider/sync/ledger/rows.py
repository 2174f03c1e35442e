"""Rows of documents: from a record to the columns, and from a row to an entry."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.ledger.database.tables import documents
from debitoor_provider.sync.ledger.records import Entry, FoundDocument, PlannedDocument
from debitoor_provider.sync.text import caseless

if TYPE_CHECKING:
    from sqlalchemy import Row

COLUMNS = [documents.c[field.name] for field in dataclasses.fields(Entry) if field.name not in {"owner", "run_id"}]
"""The columns of an :class:`Entry`, in the order of its fields."""


def to_entry(row: Row[Any], owner: str = "", run_id: str = "") -> Entry:
    """Return the entry of a row of :data:`COLUMNS`."""
    values: tuple[Any, ...] = (*row, owner, run_id)
    return Entry(*values)


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
    }


def search_text(*parts: object) -> str:
    """Return the text of a document that is searched, :func:`caseless`."""
    return caseless("\n".join(str(part) for part in parts if part not in (None, "")))
