"""What other accounts know of the documents that an account would take.

An account file that is renamed, split or merged is an account of another name for the ledger. What was sent, or ignored
by a person, under the name before counts under the new one: a copy that a person has deleted or corrected at the target
stays as the person left it. Accounts share a document when source document and target are the same (the exchange key).
What an account's own filter leaves out stays waiting there, no matter which account has sent it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger.database.engine import upsert
from debitoor_provider.sync.ledger.database.history import write_events
from debitoor_provider.sync.ledger.database.tables import documents
from debitoor_provider.sync.ledger.entries import NO_TRACES, Entry
from debitoor_provider.sync.ledger.events import event_values, last_way_to_moved
from debitoor_provider.sync.ledger.names import give_names
from debitoor_provider.sync.ledger.pending import read_entries
from debitoor_provider.sync.ledger.rows import COLUMNS, found_by, to_entry
from debitoor_provider.sync.ledger.states import DONE, EventKind, State, origins, require_legal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.entries import PlannedDocument

_FIGURES = (
    "mark_code",
    "mark",
    "invoice",
    "choice",
    "corrections",
    "duplicate_code",
    "duplicate",
    "booked_gross",
    "booked_currency",
    "booked_rates",
)
_KEPT = ("state", "reason_code", "message", *_FIGURES, "target_id", "moved_at", "archived_at")
_STATED = ("document_number", "document_date", "net_amount", "gross_amount", "currency", "company")
_FILE = ("file_sha256", "file_bytes")


def is_alone(connection: Connection, account: str) -> bool:
    """Return whether the ledger has documents of no other account."""
    others = sa.select(documents.c.id)
    either = [others.where(side).exists() for side in (documents.c.account < account, documents.c.account > account)]
    return not connection.execute(sa.select(sa.or_(*either))).scalar_one()  # two looks into an index


def known_elsewhere(
    connection: Connection, account: str, direction: str, listed: Sequence[PlannedDocument]
) -> dict[str, Entry]:
    """Return the finished entries of other accounts for documents that an account has not sent, by source id.

    The file of one whose copy no run has verified is left out, so that it is not archived.
    """
    by_key = {key: one.source_id for one in listed for key in (one.exchange_key, one.former_key) if key}
    found: dict[str, Entry] = {}
    for chunk in chunks(sorted(by_key)):
        rows = connection.execute(
            sa.select(*COLUMNS, last_way_to_moved())
            .where(
                documents.c.exchange_key.in_(chunk),
                documents.c.account != account,
                documents.c.direction == direction,
                documents.c.state.in_(sorted({*DONE, State.IGNORED})),
            )
            .order_by(documents.c.changed_at, documents.c.id)
        )
        for *values, way in rows:
            entry = Entry(*values)
            if way not in {str(EventKind.MOVED), str(EventKind.ADOPTED)}:
                entry = entry._replace(file_sha256=None, file_bytes=None)
            before = found.get(by_key[entry.exchange_key])
            if before is None or entry.state in DONE or before.state not in DONE:
                found[by_key[entry.exchange_key]] = entry
    return found


def adopt(
    connection: Connection,
    pairs: Sequence[tuple[Mapping[str, Any], State | None, Entry]],
    *,
    at: datetime,
    run_id: str,
) -> None:
    """Enter documents with another account's knowledge of them.

    :param pairs: the columns of each document, the state it has in this account, and the other account's entry
    """
    if not pairs:
        return
    others = {columns["source_id"]: other for columns, _, other in pairs}
    before = {columns["source_id"]: state for columns, state, _ in pairs}
    for source_id, other in others.items():
        require_legal(EventKind.ADOPTED, before[source_id], other.state)
    insert = upsert(connection, documents)
    kept = {"account", "direction", "source_id", "created_at"}
    values = [{**NO_TRACES, **columns, **_known_of(other, columns["exchange_key"])} for columns, _, other in pairs]
    is_untried = sa.or_(*(documents.c.state == state for state in sorted(origins(EventKind.ADOPTED))))
    statement = insert.on_conflict_do_update(
        index_elements=["account", "direction", "source_id"],
        set_={"previous_state": documents.c.state}
        | {name: insert.excluded[name] for name in values[0] if name not in kept},
        where=is_untried,
    ).returning(*COLUMNS)
    rows = connection.execute(statement, values)
    entries = [to_entry(row) for row in rows]
    write_events(
        connection,
        [
            event_values(
                entry.id,
                EventKind.ADOPTED,
                before[entry.source_id],
                entry.state,
                at=at,
                run_id=run_id,
                detail={"account": others[entry.source_id].account, "target_id": entry.target_id},
            )
            for entry in entries
        ],
    )
    names = [(entry, name) for entry in entries if (name := others[entry.source_id].target_name)]
    give_names(connection, names, at=at, run_id=run_id, states=DONE)  # where it is free


def _known_of(other: Entry, exchange_key: str) -> dict[str, Any]:
    """Return the columns that another account's entry has for a document, its figures too if it was sent with them."""
    values = {name: getattr(other, name) for name in (*_KEPT, *_FILE)}
    if other.state in DONE and other.booked_gross is not None:
        values |= {name: getattr(other, name) for name in _STATED}
        values |= found_by(other._replace(exchange_key=exchange_key))
    return values


def sent_elsewhere(connection: Connection, entries: Iterable[Entry]) -> dict[int, Entry]:
    """Return, by the id of each given entry, the entry by which another account sent or is sending the same."""
    by_key: dict[str, list[Entry]] = {}
    for entry in entries:
        by_key.setdefault(entry.exchange_key, []).append(entry)
    found: dict[int, Entry] = {}
    for chunk in chunks(sorted(by_key)):
        ids = connection.scalars(
            sa.select(documents.c.id).where(
                documents.c.exchange_key.in_(chunk), documents.c.state.in_(sorted({*DONE, State.SENDING}))
            )
        )
        for other in read_entries(connection, ids):
            found |= {entry.id: other for entry in by_key[other.exchange_key] if entry.id != other.id}
    return found


def owners(connection: Connection, account: str, direction: str, target_ids: Iterable[str]) -> dict[str, str]:
    """Return, by its id, which other account made a record at the target."""
    found: dict[str, str] = {}
    for chunk in chunks(sorted(target_ids)):
        rows = connection.execute(
            sa.select(documents.c.target_id, documents.c.account)
            .where(documents.c.target_id.in_(chunk), documents.c.direction == direction, documents.c.account != account)
            .order_by(documents.c.id)
        )
        found |= dict(map(tuple, rows))
    return found
