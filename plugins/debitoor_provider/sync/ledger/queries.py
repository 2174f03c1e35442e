"""Questions to the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

import sqlalchemy as sa

from debitoor_provider.sync.ledger.records import Event
from debitoor_provider.sync.ledger.rows import COLUMNS, chunks, to_entry
from debitoor_provider.sync.ledger.states import DONE, Direction, Kind, State
from debitoor_provider.sync.ledger.tables import documents, events, storable
from debitoor_provider.sync.text import caseless

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.records import Entry

Order = Literal[
    "changed", "-changed", "listed", "-listed", "date", "-date", "company", "-company",
    "number", "-number", "amount", "-amount", "name", "-name",
]  # fmt: skip
"""What a list is sorted by; ``-`` is the other way round, e.g. newest first."""

_ORDERS: dict[str, ColumnElement[Any]] = {
    "changed": sa.type_coerce(documents.c.changed_at, sa.DateTime),
    "listed": sa.type_coerce(documents.c.id, sa.BigInteger),
    "date": sa.type_coerce(documents.c.document_date, sa.Date),
    "company": sa.func.lower(documents.c.company),
    "number": sa.type_coerce(documents.c.document_number, sa.Text),
    "amount": sa.cast(documents.c.gross_amount, sa.Numeric),
    "name": sa.func.coalesce(documents.c.target_name, documents.c.source_name),
}


class Filters(TypedDict, total=False):
    """What a list can be narrowed by beside account, direction and states; see :func:`conditions`."""

    run: str | None
    planned_by: str | None
    text: str | None
    period: tuple[date | None, date | None] | None
    accounts: Collection[str] | None
    except_accounts: Collection[str]
    code: str | None


def conditions(
    *,
    account: str | None = None,
    direction: Direction | None = None,
    states: Collection[State] | None = None,
    run: str | None = None,
    planned_by: str | None = None,
    text: str | None = None,
    period: tuple[date | None, date | None] | None = None,
    accounts: Collection[str] | None = None,
    except_accounts: Collection[str] = (),
    code: str | None = None,
) -> list[ColumnElement[bool]]:
    """Return the ``WHERE`` of a list.

    :param run: planned or worked on by this run last
    :param planned_by: planned by this run last
    :param text: found anywhere in id, number, company, names or amount, without regard to case
    :param period: first and last document date, both inclusive, either open
    :param accounts: of any of these
    :param except_accounts: of none of these
    :param code: held or rejected for this reason
    """
    where: list[ColumnElement[bool]] = []
    if account is not None:
        where.append(documents.c.account == account)
    if accounts is not None:
        where.append(documents.c.account.in_(sorted(accounts)))
    if except_accounts:
        where.append(documents.c.account.not_in(sorted(except_accounts)))
    if code is not None:
        where.append(documents.c.reason_code == code)
    if direction is not None:
        where.append(documents.c.direction == direction)
    if states is not None:
        where.append(documents.c.state.in_(sorted(states)))
    if run is not None:
        where.append(sa.or_(documents.c.planned_by == run, documents.c.moved_by == run))
    if planned_by is not None:
        where.append(documents.c.planned_by == planned_by)
    if text:
        key = caseless(storable(text.strip()))
        where.append(
            sa.or_(
                documents.c.search.contains(key, autoescape=True),
                documents.c.target_name_key.contains(key, autoescape=True),
            )
        )
    first, last = period or (None, None)
    if first is not None:
        where.append(documents.c.document_date >= first)
    if last is not None:
        where.append(documents.c.document_date <= last)
    return where


def entries(
    connection: Connection,
    where: Iterable[ColumnElement[bool]],
    order: Order = "-changed",
    limit: int | None = None,
    offset: int = 0,
    *,
    are_few: bool = False,
) -> list[Entry]:
    """Return the documents that fit, ties in the order of their ids.

    :param are_few: of all documents: they are to be found first and sorted then, not looked for in their order
    """
    column = _ORDERS[order.removeprefix("-")]
    if are_few:
        column = sa.func.coalesce(column, sa.null())  # no index is sorted by this
    is_down = order.startswith("-")
    sort = (
        (column.desc().nulls_last(), documents.c.id.desc()) if is_down else (column.asc().nulls_last(), documents.c.id)
    )
    if limit is None:
        rows = connection.execute(sa.select(*COLUMNS).where(*where).order_by(*sort).offset(offset or None))
        return [to_entry(row) for row in rows]
    # The ids first: an index that holds what is asked and sorted by is far smaller than the rows.
    page = sa.select(documents.c.id).where(*where).order_by(*sort).limit(limit).offset(offset or None)
    chosen = list(connection.scalars(page))
    found = {entry.id: entry for entry in by_ids(connection, chosen)}
    return [found[id_] for id_ in chosen if id_ in found]


def count(connection: Connection, where: Iterable[ColumnElement[bool]]) -> dict[State, int]:
    """Return how many documents that fit are in each state; states without any are left out."""
    rows = connection.execute(sa.select(documents.c.state, sa.func.count()).where(*where).group_by(documents.c.state))
    return {state: number for state, number in rows}  # noqa: C416 (a row is no pair for mypy)


def count_codes(connection: Connection, where: Iterable[ColumnElement[bool]]) -> dict[str, int]:
    """Return how many documents that fit have each reason."""
    code = documents.c.reason_code
    rows = connection.execute(sa.select(code, sa.func.count()).where(*where).group_by(code))
    return {name: number for name, number in rows}  # noqa: C416 (a row is no pair for mypy)


def ids(connection: Connection, where: Iterable[ColumnElement[bool]]) -> list[int]:
    """Return the ids of the documents that fit."""
    return list(connection.scalars(sa.select(documents.c.id).where(*where).order_by(documents.c.id)))


def pending(connection: Connection, where: Iterable[ColumnElement[bool]]) -> list[int]:
    """Return the ids of the documents that fit, older documents first."""
    date = sa.func.coalesce(_ORDERS["date"], sa.null())  # those that are open are few: no index is to be walked along
    rows = sa.select(documents.c.id).where(*where).order_by(date.asc().nulls_last(), documents.c.id)
    return list(connection.scalars(rows))


def unnamed(connection: Connection, where: Iterable[ColumnElement[bool]]) -> list[int]:
    """Return the ids of the planned documents that fit and have no name, in the order in which they came."""
    came = sa.func.length(documents.c.source_id), documents.c.source_id
    has_none = documents.c.state == State.PLANNED, documents.c.target_name.is_(None)
    return list(connection.scalars(sa.select(documents.c.id).where(*where, *has_none).order_by(*came)))


def known(connection: Connection, account: str, direction: Direction, source_ids: Iterable[str]) -> dict[str, Entry]:
    """Return the entries of the source ids that the ledger knows."""
    found: dict[str, Entry] = {}
    for chunk in chunks(sorted({storable(source_id) for source_id in source_ids})):
        rows = connection.execute(
            sa.select(*COLUMNS).where(
                documents.c.account == account, documents.c.direction == direction, documents.c.source_id.in_(chunk)
            )
        )
        found |= {entry.source_id: entry for entry in map(to_entry, rows)}
    return found


def by_ids(connection: Connection, ids: Iterable[int]) -> list[Entry]:
    """Return the entries with these ids, in the order of the ids."""
    found: list[Entry] = []
    for chunk in chunks(sorted(set(ids))):
        rows = connection.execute(sa.select(*COLUMNS).where(documents.c.id.in_(chunk)).order_by(documents.c.id))
        found += map(to_entry, rows.all())
    return found


def waiting(connection: Connection, account: str, limit: int | None) -> list[Entry]:
    """Return the waiting documents of an account, those that were not asked about for longest first."""
    rows = connection.execute(
        sa.select(*COLUMNS)
        .where(documents.c.account == account, documents.c.state == State.WAITING)
        .order_by(documents.c.asked_at, documents.c.id)
        .limit(limit)
    )
    return [to_entry(row) for row in rows]


def sent_elsewhere(connection: Connection, asked: Iterable[Entry]) -> dict[int, Entry]:
    """Return, by the id of the entry asked about, the entry of another account that sent the same, or is sending it."""
    by_key: dict[str, list[Entry]] = {}
    for entry in asked:
        by_key.setdefault(entry.exchange_key, []).append(entry)
    found: dict[int, Entry] = {}
    for chunk in chunks(sorted(by_key)):
        rows = connection.execute(
            sa.select(*COLUMNS).where(
                documents.c.exchange_key.in_(chunk), documents.c.state.in_(sorted({*DONE, State.SENDING}))
            )
        )
        for other in map(to_entry, rows):
            found |= {entry.id: other for entry in by_key[other.exchange_key] if entry.id != other.id}
    return found


def run_counts(connection: Connection, run_id: str) -> dict[str, int]:
    """Count the documents that a run brought into a state in which they still are, by what it did."""
    same_state = sa.or_(
        documents.c.state == events.c.to_state,
        sa.and_(events.c.to_state == State.MOVED, documents.c.state == State.ARCHIVED),
    )
    rows = connection.execute(
        sa.select(events.c.kind, sa.func.count(sa.distinct(events.c.document_id)))
        .join(documents, documents.c.id == events.c.document_id)
        .where(events.c.run_id == run_id, events.c.kind.in_([str(kind) for kind in _RESULTS]), same_state)
        .group_by(events.c.kind)
    )
    found = {kind: number for kind, number in rows}  # noqa: C416 (a row is no pair for mypy)
    return {name: found[str(kind)] for kind, name in _RESULTS.items() if str(kind) in found}


_RESULTS = {
    Kind.MOVED: "moved",
    Kind.ARCHIVED: "archived",
    Kind.NOT_ARCHIVED: "not archived",
    Kind.HELD: "held",
    Kind.REJECTED: "rejected",
    Kind.WAITS: "waiting",
}


def to_archive(connection: Connection, account: str) -> list[int]:
    """Return the ids of the exported documents that a run verified at the target and the source did not archive yet.

    Not what a person called there, nor what a rebuild found, be it after a run: their files were not compared.
    """
    called_moved_by = (
        sa.select(events.c.kind)
        .where(
            events.c.document_id == documents.c.id,
            events.c.to_state == State.MOVED,
            events.c.kind != str(Kind.NOT_ARCHIVED),
        )
        .order_by(events.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = sa.select(documents.c.id).where(
        *conditions(account=account, direction="export", states=[State.MOVED]),
        documents.c.file_sha256.is_not(None),
        documents.c.reason_code != str(Kind.NOT_ARCHIVED),
        called_moved_by == str(Kind.MOVED),
    )
    return list(connection.scalars(rows.order_by(documents.c.id)))


def history(connection: Connection, document_id: int) -> list[Event]:
    """Return what happened to a document, oldest first."""
    rows = connection.execute(sa.select(events).where(events.c.document_id == document_id).order_by(events.c.id))
    return [Event(**row._mapping) for row in rows]  # noqa: SLF001 (public in spite of its name)
