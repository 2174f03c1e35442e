"""A document changes its state: one update that checks all conditions, and one event.

The update's ``WHERE`` holds the origins of the step, the lease, and for an intent also the record that the caller read.
``previous_state`` is set from the state before, so the event is exact without a further query. When no row matches, a
second query finds the reason.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger.database.clock import DATABASE_CLOCK
from debitoor_provider.sync.ledger.database.history import write_events
from debitoor_provider.sync.ledger.database.tables import documents, leases
from debitoor_provider.sync.ledger.errors import EntryChanged, IllegalTransition, LeaseLost
from debitoor_provider.sync.ledger.events import RUN, event_values
from debitoor_provider.sync.ledger.rows import COLUMNS, to_entry
from debitoor_provider.sync.ledger.states import STEPS, EventKind, State, require_legal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Update
    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.database.engine import StepTransaction
    from debitoor_provider.sync.ledger.entries import Entry

    Group = tuple[EventKind, Iterable[Entry], Mapping[str, Any]]
    """A step, the documents that take it, and the columns to write in addition to the state."""


_NOTES = frozenset({EventKind.FILE_UPLOADED})
"""Steps that change neither the state nor ``changed_at``, and so no index."""
_BRIEF: Mapping[EventKind, Sequence[str]] = {
    EventKind.INTENT: ["previous_state", "attempts"],
    EventKind.FILE_UPLOADED: ["previous_state"],
    EventKind.MOVED: ["previous_state"],
}
"""Steps during which no other process changes the row: only these columns need to be read back."""
_UNREAD = frozenset({"search", "number_key", "amount_key"})
"""Columns by which a document is found and which an entry does not have."""


def advance(
    transaction: StepTransaction,
    kind: EventKind,
    entry: Entry,
    values: Mapping[str, Any],
    *,
    at: datetime,
    clock_ms: int | None,
    run_id: str,
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Apply a step of a run to one document.

    A result that is recorded already (the same target id) is returned as it is: every attempt may be repeated.

    :param values: columns to write in addition to the state
    :param clock_ms: the time for the lease, ``None`` for the database's own
    :raises IllegalTransition: when the document's state does not allow it
    :raises LeaseLost: when another run may be working on the document
    """
    connection, by_database = transaction.connection, clock_ms is None
    if kind not in _NOTES:
        values = {**values, "changed_at": at, "moved_by": run_id}
    parameters: dict[str, Any] = {f"new_{name}": value for name, value in values.items()}
    parameters["the_id"] = entry.id
    if STEPS[kind].leased:
        parameters["the_owner"] = entry.owner
    if kind is EventKind.INTENT:
        parameters["the_fingerprint"] = entry.fingerprint
        if not by_database:
            parameters["the_clock"] = clock_ms
    row = connection.execute(_statement(kind, frozenset(values), by_database), parameters).first()
    if row is None:
        return _settle(connection, kind, entry, values)
    if kind in _BRIEF:
        read = dict(zip(_BRIEF[kind], row, strict=True))
        written = {name: value for name, value in values.items() if name not in _UNREAD}
        after = entry._replace(run_id=run_id, state=STEPS[kind].target, **read, **written)
    else:
        after = to_entry(row, entry.owner, run_id)
    before = after.state if kind in _NOTES else after.previous_state
    event = event_values(after.id, kind, before, after.state, at=at, run_id=run_id, detail=detail)
    transaction.events.append(event)
    return after


def advance_all(
    connection: Connection,
    kind: EventKind,
    entries: Iterable[Entry],
    values: Mapping[str, Any],
    *,
    at: datetime,
    run_id: str | None = None,
    actor: str = RUN,
    detail: Mapping[str, Any] | None = None,
) -> list[Entry]:
    """Apply a step that needs no lease to many documents: a person's decision, or archiving.

    Documents whose state does not allow it are left unchanged and are not returned.

    :raises IllegalTransition: when no document's state allows it
    """
    ids = sorted({entry.id for entry in entries})
    after = advance_some(connection, kind, ids, values, at=at, run_id=run_id, actor=actor, detail=detail)
    return after if after or not ids else unchanged(connection, kind, ids[0])


def advance_some(
    connection: Connection,
    kind: EventKind,
    ids: Sequence[int],
    values: Mapping[str, Any],
    *,
    at: datetime,
    run_id: str | None = None,
    actor: str = RUN,
    detail: Mapping[str, Any] | None = None,
) -> list[Entry]:
    """Apply a step as :func:`advance_all` does to the documents with these ids; none need be in a state for it."""
    after: list[Entry] = []
    computed = {name: value for name, value in values.items() if isinstance(value, sa.ColumnElement)}
    statement = _statement_for_many(kind, frozenset(values.keys() - computed.keys()))
    if computed:
        statement = statement.values(computed)
    new = {f"new_{name}": value for name, value in values.items() if name not in computed} | {"new_changed_at": at}
    for chunk in chunks(ids):
        changed = [to_entry(row) for row in connection.execute(statement, {**new, "ids": chunk})]
        write_events(
            connection,
            [
                event_values(
                    entry.id, kind, entry.previous_state, entry.state, at=at, run_id=run_id, actor=actor, detail=detail
                )
                for entry in changed
            ],
        )
        after += changed
    return after


def unchanged(connection: Connection, kind: EventKind, document_id: int) -> list[Entry]:
    """Return a document that is archived already, since every attempt may be repeated.

    :raises IllegalTransition: for one whose state does not allow the step
    """
    step, current = STEPS[kind], _read(connection, document_id)
    if kind is EventKind.ARCHIVED and current.state is State.ARCHIVED:
        return [current]
    require_legal(kind, current.state, State.MOVED if step.keeps else step.target)
    return []


def advance_groups(
    connection: Connection, groups: Iterable[Group], *, at: datetime, actor: str, detail: Mapping[str, Any]
) -> list[Entry]:
    """Apply a step to each group of documents as :func:`advance_all` does; one that allows nothing stops no other.

    :raises IllegalTransition: when no document's state allows it
    """
    after: list[Entry] = []
    refused: IllegalTransition | None = None
    for kind, entries, values in groups:
        try:
            after += advance_all(connection, kind, entries, values, at=at, actor=actor, detail=detail)
        except IllegalTransition as error:
            refused = error
    if refused and not after:
        raise refused
    return after


@cache
def _statement(kind: EventKind, columns: frozenset[str], by_database: bool) -> Update:
    step = STEPS[kind]
    # States are literals, so that the statement and its compiled form can be kept.
    origins: list[Any] = [sa.literal_column(f"'{state}'") for state in sorted(step.origins)]
    where = [documents.c.id == sa.bindparam("the_id"), documents.c.state.in_(origins)]
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in columns}
    if step.leased:
        lease = sa.select(leases.c.key).where(
            leases.c.key == documents.c.exchange_key, leases.c.owner == sa.bindparam("the_owner")
        )
        if kind is EventKind.INTENT:
            # Before a write the lease must not have expired. A result is recorded even then, if no other run took over.
            clock = DATABASE_CLOCK if by_database else sa.bindparam("the_clock", type_=sa.BigInteger)
            lease = lease.where(leases.c.until_ms > clock)
            where.append(documents.c.fingerprint == sa.bindparam("the_fingerprint"))
            values["attempts"] = documents.c.attempts + 1
        where.append(lease.exists())
    if kind not in _NOTES:
        values |= {"previous_state": documents.c.state, "state": sa.literal_column(f"'{step.target}'")}
    wanted = [documents.c[name] for name in _BRIEF[kind]] if kind in _BRIEF else COLUMNS
    return documents.update().where(*where).values(values).returning(*wanted)


@cache
def _statement_for_many(kind: EventKind, columns: frozenset[str]) -> Update:
    step = STEPS[kind]
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in columns | {"changed_at"}}
    values["previous_state"] = documents.c.state
    values["state"] = documents.c.state if step.keeps else step.target
    wanted = documents.c.id.in_(sa.bindparam("ids", expanding=True)), documents.c.state.in_(sorted(step.origins))
    return documents.update().where(*wanted).values(values).returning(*COLUMNS)


def _settle(connection: Connection, kind: EventKind, entry: Entry, values: Mapping[str, Any]) -> Entry:
    current = _read(connection, entry.id)
    if kind is EventKind.MOVED and current.state is State.MOVED and current.target_id == values["target_id"]:
        return current._replace(owner=entry.owner, run_id=entry.run_id)
    require_legal(kind, current.state, STEPS[kind].target)
    if kind is EventKind.INTENT and current.fingerprint != entry.fingerprint:
        raise EntryChanged(f"Document {current.source_id} was planned anew in the meantime.")
    raise LeaseLost(f"Document {current.source_id} is not leased to this run any more; another one may be at it.")


def _read(connection: Connection, document_id: int) -> Entry:
    row = connection.execute(sa.select(*COLUMNS).where(documents.c.id == document_id)).first()
    if row is None:
        raise IllegalTransition(f"There is no document with the id {document_id} in the ledger.")
    return to_entry(row)
