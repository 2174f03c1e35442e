"""Appends to the history of documents, which is never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.ledger.database.tables import events

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_INSERT = events.insert()


def write_events(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Append events to the history.

    :param rows: see :func:`~debitoor_provider.sync.ledger.events.event_values`
    """
    if rows:
        connection.execute(_INSERT, rows)
