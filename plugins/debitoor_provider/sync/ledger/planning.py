"""A plan enters the ledger: all of it in one transaction, together with the watermark, or nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from debitoor_provider.sync.ledger.engine import upsert
from debitoor_provider.sync.ledger.records import Outcome, PlanResult
from debitoor_provider.sync.ledger.rows import WHOLE, chunks, document_values, event_values, search_text, write_events
from debitoor_provider.sync.ledger.states import ATTENTION, DONE, OPEN, Kind, State, require_legal
from debitoor_provider.sync.ledger.tables import documents

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.records import PlannedDocument
    from debitoor_provider.sync.ledger.states import Direction

NO_TRACES: Mapping[str, None] = {
    "target_name": None,
    "target_name_key": None,
    "file_id": None,
    "file_sha256": None,
    "file_bytes": None,
}
"""What a name and an upload leave in a row; void when the record is sent anew."""


class _Known(NamedTuple):
    id: int
    source_id: str
    state: State
    fingerprint: str
    settings_fingerprint: str
    reason_code: str
    reason: str


_KNOWN = [documents.c[name] for name in _Known._fields]


class Plan(NamedTuple):
    """Whose plan it is, of which run, and when."""

    account: str
    direction: Direction
    run_id: str
    settings_fingerprint: str
    at: datetime


def plan(connection: Connection, head: Plan, listed: Iterable[PlannedDocument], *, write: bool = True) -> PlanResult:
    """Enter the documents of a plan, in their order.

    :param write: ``False`` tells only what would happen
    """
    outcomes: dict[str, Outcome] = {}
    states: Counter[State] = Counter()
    for chunk in chunks(listed, WHOLE):
        by_id: dict[str, PlannedDocument] = {}
        for document in chunk:
            if document.source_id not in outcomes:
                by_id.setdefault(document.source_id, document)
        known = _known(connection, head, documents.c.source_id.in_(list(by_id)))
        new: list[PlannedDocument] = []
        refreshed: list[tuple[_Known, PlannedDocument]] = []
        seen: list[int] = []
        for source_id, document in by_id.items():
            before = known.get(source_id)
            outcome = outcomes[source_id] = decide(before, document, head.settings_fingerprint)
            if before is None:
                new.append(document)
            elif outcome in {Outcome.REFRESHED, Outcome.RETURNED}:
                refreshed.append((before, document))
            elif before.state in {State.PLANNED, State.WAITING}:
                seen.append(before.id)
            is_now = document.state if before is None or outcome in _ENTERED else before.state
            states[is_now] += 1
        if write:
            _insert(connection, head, new)
            _refresh(connection, head, refreshed)
            _touch(connection, head, seen)
    return PlanResult(outcomes, planned=states[State.PLANNED], waiting=states[State.WAITING], gone=0)


def decide(before: _Known | None, document: PlannedDocument, settings_fingerprint: str) -> Outcome:
    """Return what a listed document means for the row that is there.

    What needs attention comes back only when the record or the settings have changed since: otherwise the same
    rejection would be had again in every run.
    """
    if before is None:
        return Outcome.NEW
    if before.state in DONE:
        return Outcome.DONE
    if before.state is State.IGNORED:
        return Outcome.IGNORED
    if before.state is State.SENDING:
        return Outcome.SENDING
    has_changed = (before.fingerprint, before.settings_fingerprint) != (document.fingerprint, settings_fingerprint)
    if before.state is State.GONE:
        return Outcome.RETURNED
    if before.state in ATTENTION:
        if not has_changed:
            return Outcome.UNCHANGED
        return Outcome.REFRESHED if document.state in ATTENTION else Outcome.RETURNED
    is_same = (before.state, before.reason_code, before.reason) == (
        document.state,
        document.reason_code,
        document.reason,
    )
    return Outcome.UNCHANGED if is_same and not has_changed else Outcome.REFRESHED


def leave(
    connection: Connection, head: Plan, *, gone: Iterable[str], listed: Container[str] | None, write: bool = True
) -> int:
    """Set to gone what was not sent and left the source or the filter; return how many.

    :param gone: source ids that are known to have left
    :param listed: all that a full listing has; whatever is missing there has left too
    """
    leaving: dict[int, _Known] = {}
    for chunk in chunks(sorted(set(gone))):
        open_rows = _known(connection, head, documents.c.source_id.in_(chunk), documents.c.state.in_(sorted(OPEN)))
        leaving |= {row.id: row for row in open_rows.values()}
    if listed is not None:
        # What was archived after it had been sent, and is to be sent again, is in no list.
        rows = _rows(connection, head, documents.c.state.in_(sorted(OPEN)), documents.c.archived_at.is_(None))
        leaving |= {row.id: row for row in rows if row.source_id not in listed}
    if write:
        for ids in chunks(sorted(leaving)):
            connection.execute(
                documents.update()
                .where(documents.c.id.in_(ids))
                .values(
                    {"previous_state": documents.c.state, "state": State.GONE, "changed_at": head.at}
                    | {"reason_code": "", "reason": "", "mend": "", **NO_TRACES}
                )
            )
            write_events(connection, [_event(head, id_, Kind.GONE, leaving[id_].state, State.GONE) for id_ in ids])
    return len(leaving)


_ENTERED = {Outcome.NEW, Outcome.REFRESHED, Outcome.RETURNED}


def _known(connection: Connection, head: Plan, *where: sa.ColumnElement[bool]) -> dict[str, _Known]:
    return {row.source_id: row for row in _rows(connection, head, *where)}


def _rows(connection: Connection, head: Plan, *where: sa.ColumnElement[bool]) -> Iterator[_Known]:
    rows = connection.execute(
        sa.select(*_KNOWN)
        .where(documents.c.account == head.account, documents.c.direction == head.direction, *where)
        .order_by(documents.c.id)
        .with_for_update()  # PostgreSQL; SQLite's writer is alone anyway
    )
    return (_Known(*row) for row in rows)


def _insert(connection: Connection, head: Plan, new: list[PlannedDocument]) -> None:
    if not new:
        return
    for document in new:
        require_legal(Kind.LISTED, None, document.state)
    statement = (
        upsert(connection, documents)
        .on_conflict_do_nothing(index_elements=["account", "direction", "source_id"])
        .returning(documents.c.id, documents.c.state)
    )
    common = {"account": head.account, "direction": head.direction, "created_at": head.at, "attempts": 0}
    rows = connection.execute(
        statement, [common | {"source_id": document.source_id} | _values(head, document) for document in new]
    )
    write_events(connection, [_event(head, id_, Kind.LISTED, None, state) for id_, state in rows])


def _refresh(connection: Connection, head: Plan, rows: list[tuple[_Known, PlannedDocument]]) -> None:
    if not rows:
        return
    for before, document in rows:
        require_legal(Kind.LISTED, before.state, document.state)
    columns: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in _values(head, rows[0][1])}
    fixed = {**NO_TRACES, "previous_state": documents.c.state, "attempts": 0}
    connection.execute(
        documents.update().where(documents.c.id == sa.bindparam("the_id")).values({**fixed, **columns}),
        [
            {"the_id": before.id} | {f"new_{name}": value for name, value in _values(head, document).items()}
            for before, document in rows
        ],
    )
    write_events(
        connection, [_event(head, before.id, Kind.LISTED, before.state, document.state) for before, document in rows]
    )


def _touch(connection: Connection, head: Plan, ids: list[int]) -> None:
    if ids:
        connection.execute(
            documents.update().where(documents.c.id.in_(ids)).values(planned_by=head.run_id, asked_at=head.at)
        )


def _values(head: Plan, document: PlannedDocument) -> dict[str, Any]:
    return document_values(document) | {
        "state": document.state,
        "reason_code": document.reason_code,
        "reason": document.reason,
        "mend": document.mend,
        "source_name": document.source_name,
        "search": search_text(
            document.source_id,
            document.document_number,
            document.company,
            document.source_name,
            document.gross_amount,
        ),
        "fingerprint": document.fingerprint,
        "settings_fingerprint": head.settings_fingerprint,
        "planned_by": head.run_id,
        "asked_at": head.at,
        "changed_at": head.at,
    }


def _event(head: Plan, document_id: int, kind: Kind, before: State | None, after: State) -> dict[str, Any]:
    return event_values(document_id, kind, before, after, at=head.at, run_id=head.run_id)
