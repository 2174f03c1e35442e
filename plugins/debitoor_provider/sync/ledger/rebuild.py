"""The ledger is filled again from what the target has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from debitoor_provider.sync.ledger.engine import upsert
from debitoor_provider.sync.ledger.names import name_all
from debitoor_provider.sync.ledger.records import Entry, FoundDocument, RebuildResult
from debitoor_provider.sync.ledger.rows import (
    COLUMNS,
    chunks,
    document_values,
    event_values,
    search_text,
    to_entry,
    write_events,
)
from debitoor_provider.sync.ledger.states import Kind, State, is_legal
from debitoor_provider.sync.ledger.tables import documents

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.states import Direction


def rebuild(
    connection: Connection, account: str, direction: Direction, found: Iterable[FoundDocument], *, at: datetime
) -> RebuildResult:
    """Set to moved whatever the target has; add what the ledger does not know."""
    by_id = {document.source_id: document for document in found}
    added = restored = 0
    for chunk in chunks(sorted(by_id)):
        rows = connection.execute(
            sa.select(*COLUMNS)
            .where(documents.c.account == account, documents.c.direction == direction, documents.c.source_id.in_(chunk))
            .order_by(documents.c.id)
            .with_for_update()
        )
        known = {entry.source_id: entry for entry in map(to_entry, rows)}
        new = [by_id[source_id] for source_id in chunk if source_id not in known]
        stale = [entry for entry in known.values() if _is_stale(entry, by_id[entry.source_id])]
        entries = _insert(connection, account, direction, new, at)
        _restore(connection, stale, by_id, at)
        unnamed = [
            (entry, name)
            for entry in [*entries, *stale]
            if entry.target_name is None and (name := by_id[entry.source_id].target_name)
        ]
        name_all(connection, unnamed, at=at, run_id=None, states={State.MOVED})  # where it is free
        added, restored = added + len(entries), restored + len(stale)
    return RebuildResult(added, restored, len(by_id) - added - restored)


def _is_stale(entry: Entry, document: FoundDocument) -> bool:
    if entry.state is State.MOVED:
        return entry.target_id != document.target_id
    return is_legal(Kind.REBUILT, entry.state, State.MOVED)


def _insert(
    connection: Connection, account: str, direction: Direction, new: list[FoundDocument], at: datetime
) -> list[Entry]:
    if not new:
        return []
    statement = (
        upsert(connection, documents)
        .on_conflict_do_nothing(index_elements=["account", "direction", "source_id"])
        .returning(*COLUMNS)
    )
    rows = connection.execute(statement, [_values(account, direction, document, at) for document in new])
    entries = [to_entry(row) for row in rows]
    write_events(connection, [_event(entry.id, None, str(entry.target_id), at) for entry in entries])
    return entries


def _restore(connection: Connection, stale: list[Entry], by_id: dict[str, FoundDocument], at: datetime) -> None:
    if not stale:
        return
    connection.execute(
        documents.update()
        .where(documents.c.id == sa.bindparam("the_id"))
        .values(
            previous_state=documents.c.state,
            state=State.MOVED,
            target_id=sa.bindparam("new_target_id"),
            moved_at=sa.bindparam("new_moved_at"),
            changed_at=at,
            file_id=None,
            reason_code="",
            reason="",
            mend="",
        ),
        [
            {
                "the_id": entry.id,
                "new_target_id": by_id[entry.source_id].target_id,
                "new_moved_at": by_id[entry.source_id].moved_at or entry.moved_at or at,
            }
            for entry in stale
        ],
    )
    write_events(connection, [_event(entry.id, entry.state, by_id[entry.source_id].target_id, at) for entry in stale])


def _values(account: str, direction: Direction, document: FoundDocument, at: datetime) -> dict[str, Any]:
    search = search_text(document.source_id, document.document_number, document.company, document.gross_amount)
    return document_values(document) | {
        "account": account,
        "direction": direction,
        "source_id": document.source_id,
        "state": State.MOVED,
        "search": search,
        "target_id": document.target_id,
        "moved_at": document.moved_at or at,
        "created_at": at,
        "changed_at": at,
    }


def _event(document_id: int, before: State | None, target_id: str, at: datetime) -> dict[str, Any]:
    detail = {"target_id": target_id}
    return event_values(document_id, Kind.REBUILT, before, State.MOVED, at=at, run_id=None, detail=detail)
