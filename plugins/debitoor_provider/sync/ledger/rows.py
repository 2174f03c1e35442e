"""From records to rows and back: what every module of the ledger needs."""

from __future__ import annotations

import dataclasses
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from debitoor_provider.sync.ledger.records import Entry, FoundDocument, PlannedDocument
from debitoor_provider.sync.ledger.tables import documents, events
from debitoor_provider.sync.text import caseless

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.states import Kind, State

T = TypeVar("T")

CHUNK = 500
"""Rows per statement: few statements, and far below the parameter limits of both databases."""
WHOLE = 100
"""Whole documents in memory at once, of which a list may have any number."""
COLUMNS = [documents.c[field.name] for field in dataclasses.fields(Entry) if field.name not in {"owner", "run_id"}]
"""The columns of an :class:`Entry`, in the order of its fields."""
RUN = "run"
"""The actor of everything that no person did."""


def to_entry(row: Row[Any], owner: str = "", run_id: str = "") -> Entry:
    """Make an entry of a row of :data:`COLUMNS`."""
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
    """Return the text in which a :func:`caseless` one is looked for."""
    return caseless("\n".join(str(part) for part in parts if part not in (None, "")))


def event_values(
    document_id: int,
    kind: Kind,
    from_state: State | None,
    to_state: State,
    *,
    at: datetime,
    run_id: str | None,
    actor: str = RUN,
    detail: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return one row of the history."""
    return {
        "document_id": document_id,
        "at": at,
        "run_id": run_id or None,
        "actor": actor,
        "kind": str(kind),
        "from_state": from_state,
        "to_state": to_state,
        "detail": dict(detail or {}),
    }


_INSERT_EVENT = events.insert()


def write_events(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Append to the history, in the transaction of what happened."""
    if rows:
        connection.execute(_INSERT_EVENT, rows)


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Cut into lists of at most ``size``."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
        del chunk  # before the next one is made
