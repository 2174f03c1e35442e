"""Who is working on a document: one run at a time.

A lease belongs to an exchange key, so that two accounts that meet in the same source document and the same target
company cannot send it at once either. It ends by being released or by running out, whichever comes first.

The time is the database's on PostgreSQL, where the machines' clocks may differ; on SQLite, which serves one machine, it
is that machine's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from debitoor_provider.sync.ledger.engine import upsert
from debitoor_provider.sync.ledger.rows import COLUMNS, WHOLE, chunks, to_entry
from debitoor_provider.sync.ledger.tables import documents, leases

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import timedelta

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.records import Entry
    from debitoor_provider.sync.ledger.states import State

DATABASE_CLOCK: ColumnElement[int] = sa.cast(
    sa.extract("epoch", sa.func.clock_timestamp(type_=sa.DateTime(timezone=True))) * 1000, sa.BigInteger
)
"""PostgreSQL's own time in milliseconds; not the transaction's, which stands still."""


def time_ms(connection: Connection) -> int:
    """Return the database's time (PostgreSQL only)."""
    return int(connection.execute(sa.select(DATABASE_CLOCK)).scalar_one())


def claim(
    connection: Connection,
    entries: Iterable[Entry],
    *,
    owner: str,
    run_id: str,
    ttl: timedelta,
    states: Collection[State],
    clock_ms: int,
) -> list[Entry]:
    """Take the leases that are free, and return those documents as they are now, if they are in one of the states."""
    asked = {entry.id: entry.exchange_key for entry in entries}
    keys = sorted(set(asked.values()))  # one order for all: no deadlock
    until = clock_ms + _ms(ttl)
    fresh: list[Entry] = []
    held: set[str] = set()
    for chunk in chunks(keys):
        held.update(_take(connection, chunk, owner, until, clock_ms))
    for ids in chunks(sorted(asked), 2 * WHOLE):
        rows = connection.execute(
            sa.select(*COLUMNS).where(documents.c.id.in_(ids), documents.c.state.in_(states)).order_by(documents.c.id)
        )
        fresh += [to_entry(row, owner, run_id) for row in rows]
    claimed = [entry for entry in fresh if entry.exchange_key in held]
    release(connection, owner, held - {entry.exchange_key for entry in claimed})
    order = {id_: place for place, id_ in enumerate(asked)}
    return sorted(claimed, key=lambda entry: order[entry.id])


def extend(connection: Connection, owner: str, ttl: timedelta, clock_ms: int) -> int:
    """Let all leases of an owner run for another ``ttl`` from now; return how many there are."""
    return connection.execute(
        leases.update().where(leases.c.owner == owner).values(until_ms=clock_ms + _ms(ttl))
    ).rowcount


def release(connection: Connection, owner: str, keys: Collection[str] | None = None) -> int:
    """Give back the leases of an owner: those of the keys, or all; return how many."""
    statement = leases.delete().where(leases.c.owner == owner)
    if keys is None:
        return connection.execute(statement).rowcount
    return sum(connection.execute(statement.where(leases.c.key.in_(chunk))).rowcount for chunk in chunks(sorted(keys)))


def _take(connection: Connection, keys: list[str], owner: str, until: int, clock_ms: int) -> list[str]:
    connection.execute(
        leases.delete().where(leases.c.key.in_(keys), leases.c.until_ms <= clock_ms, leases.c.owner != owner)
    )
    insert = upsert(connection, leases)
    statement = insert.on_conflict_do_update(
        index_elements=["key"],
        set_={"until_ms": insert.excluded.until_ms},
        where=leases.c.owner == insert.excluded.owner,
    ).returning(leases.c.key)
    rows = [{"key": key, "owner": owner, "until_ms": until} for key in keys]
    return list(connection.execute(statement, rows).scalars())


def _ms(ttl: timedelta) -> int:
    return int(ttl.total_seconds() * 1000)
