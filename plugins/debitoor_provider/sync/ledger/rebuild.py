"""Restores documents from what the target has, e.g. after the ledger was lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger.database.engine import upsert
from debitoor_provider.sync.ledger.database.history import write_events
from debitoor_provider.sync.ledger.database.tables import documents
from debitoor_provider.sync.ledger.entries import NO_REASON, Entry, FoundDocument
from debitoor_provider.sync.ledger.events import event_values
from debitoor_provider.sync.ledger.names import give_names
from debitoor_provider.sync.ledger.results import RebuildResult
from debitoor_provider.sync.ledger.rows import COLUMNS, document_values, search_text, to_entry
from debitoor_provider.sync.ledger.sent import NOT_BOOKED
from debitoor_provider.sync.ledger.states import DONE, EventKind, State, is_legal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.states import DirectionName

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Rebuild:
    """Writes the found documents of one account.

    :param connection: of the transaction in which they are written
    :param at: the time of the rebuild
    """

    def __init__(self, connection: Connection, account: str, direction: DirectionName, at: datetime) -> None:
        self._connection = connection
        self._account = account
        self._direction = direction
        self._at = at

    def restore(self, found: Iterable[FoundDocument]) -> RebuildResult:
        """Set known documents to moved and add unknown ones; moved ones get the booked amounts that they lack.

        What a person ignored stays so, and so does what a person wants sent once more besides the records found.
        """
        records: dict[str, list[FoundDocument]] = {}
        for document in found:
            records.setdefault(document.source_id, []).append(document)
        added = restored = 0
        for chunk in chunks(sorted(records)):
            known, by_id = self._known(chunk), {source_id: records[source_id][-1] for source_id in chunk}
            for entry in [*known.values()]:
                record = _record_of(entry, records[entry.source_id])
                if record is None:
                    del known[entry.source_id], by_id[entry.source_id]
                else:
                    by_id[entry.source_id] = record
            new = [by_id[source_id] for source_id in by_id if source_id not in known]
            stale = [entry for entry in known.values() if _is_stale(entry, by_id[entry.source_id])]
            lacking = [entry for entry in known.values() if _lacks_amounts(entry, by_id[entry.source_id])]
            entries = self._insert(new)
            self._set_moved(stale, by_id)
            self._set_booked([*stale, *lacking], by_id)
            unnamed = [
                (entry, name)
                for entry in [*entries, *stale]
                if entry.target_name is None and (name := by_id[entry.source_id].target_name)
            ]
            give_names(self._connection, unnamed, at=self._at, run_id=None, states={State.MOVED})  # where it is free
            added, restored = added + len(entries), restored + len(stale) + len(lacking)
        return RebuildResult(added, restored, len(records) - added - restored)

    def _known(self, source_ids: list[str]) -> dict[str, Entry]:
        rows = self._connection.execute(
            sa.select(*COLUMNS)
            .where(
                documents.c.account == self._account,
                documents.c.direction == self._direction,
                documents.c.source_id.in_(source_ids),
            )
            .order_by(documents.c.id)
            .with_for_update()
        )
        return {entry.source_id: entry for entry in map(to_entry, rows)}

    def _insert(self, new: list[FoundDocument]) -> list[Entry]:
        if not new:
            return []
        statement = (
            upsert(self._connection, documents)
            .on_conflict_do_nothing(index_elements=["account", "direction", "source_id"])
            .returning(*COLUMNS)
        )
        rows = self._connection.execute(statement, [self._values(document) for document in new])
        entries = [to_entry(row) for row in rows]
        write_events(self._connection, [self._event(entry.id, None, str(entry.target_id)) for entry in entries])
        return entries

    def _set_moved(self, stale: list[Entry], by_id: dict[str, FoundDocument]) -> None:
        if not stale:
            return
        self._connection.execute(
            documents.update()
            .where(documents.c.id == sa.bindparam("the_id"))
            .values(
                previous_state=documents.c.state,
                state=State.MOVED,
                target_id=sa.bindparam("new_target_id"),
                moved_at=sa.bindparam("new_moved_at"),
                changed_at=self._at,
                file_id=None,
                **NO_REASON,
            ),
            [
                {
                    "the_id": entry.id,
                    "new_target_id": by_id[entry.source_id].target_id,
                    "new_moved_at": by_id[entry.source_id].moved_at or entry.moved_at or self._at,
                }
                for entry in stale
            ],
        )
        write_events(
            self._connection,
            [self._event(entry.id, entry.state, by_id[entry.source_id].target_id) for entry in stale],
        )

    def _set_booked(self, entries: list[Entry], by_id: dict[str, FoundDocument]) -> None:
        found = [(entry.id, by_id[entry.source_id]) for entry in entries]
        values = [
            {f"new_{name}": value for name, value in document.booked.items()} | {"the_id": id_}
            for id_, document in found
            if document.booked_gross is not None
        ]
        if values:
            columns: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in NOT_BOOKED}
            self._connection.execute(
                documents.update().where(documents.c.id == sa.bindparam("the_id")).values(columns), values
            )

    def _values(self, document: FoundDocument) -> dict[str, Any]:
        search = search_text(document.source_id, document.document_number, document.company, document.gross_amount)
        return {
            **document_values(document),
            **document.booked,
            "account": self._account,
            "direction": self._direction,
            "source_id": document.source_id,
            "state": State.MOVED,
            "search": search,
            "target_id": document.target_id,
            "moved_at": document.moved_at or self._at,
            "created_at": self._at,
            "changed_at": self._at,
        }

    def _event(self, document_id: int, before: State | None, target_id: str) -> dict[str, Any]:
        detail = {"target_id": target_id}
        return event_values(
            document_id, EventKind.REBUILT, before, State.MOVED, at=self._at, run_id=None, detail=detail
        )


def _record_of(entry: Entry, found: list[FoundDocument]) -> FoundDocument | None:
    """Return the record of a document: the one that the ledger knows, or else the last.

    Of a document of which a person wants one more record it is that one; ``None`` if it is not there yet.
    """
    if not entry.wants_new_record:
        return next((document for document in found if document.target_id == entry.target_id), found[-1])
    others = [document for document in found if document.target_id != entry.target_id]
    least = 1 if entry.target_id else 2  # an unknown one is among them
    return max(others, key=lambda document: document.moved_at or _LONG_AGO) if len(others) >= least else None


def _is_stale(entry: Entry, document: FoundDocument) -> bool:
    if entry.state is State.MOVED:
        return entry.target_id != document.target_id
    return is_legal(EventKind.REBUILT, entry.state, State.MOVED)


def _lacks_amounts(entry: Entry, document: FoundDocument) -> bool:
    """Return whether the booked amount, or its tax rates, can be learnt only from the target's record."""
    if entry.state not in DONE or _is_stale(entry, document) or entry.target_id != document.target_id:
        return False
    is_unknown = entry.booked_gross is None or (not entry.booked_rates and bool(document.booked["booked_rates"]))
    return is_unknown and document.booked_gross is not None and entry.booked_gross in (None, document.booked_gross)
