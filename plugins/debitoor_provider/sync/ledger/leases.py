"""The part ``ledger.leases``: one run at a time works on a document.

A lease belongs to an exchange key, so that two accounts that meet in the same source document and the same target
company cannot send it at the same time either. It ends when it is released or when it expires; one that reaches
further into the future than any lease does was taken by a clock that has been set back since, and has expired too.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from debitoor_provider.sync.batches import WHOLE, chunks
from debitoor_provider.sync.ledger.database.engine import upsert
from debitoor_provider.sync.ledger.database.tables import leases
from debitoor_provider.sync.ledger.pending import Pending, read_entries
from debitoor_provider.sync.ledger.states import DUE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.database.clock import Clock
    from debitoor_provider.sync.ledger.database.engine import Database
    from debitoor_provider.sync.ledger.entries import Entry
    from debitoor_provider.sync.ledger.states import State


LONGEST = timedelta(minutes=10)
"""No lease is taken for longer."""


class Leases:
    """Claims documents for a run."""

    def __init__(self, database: Callable[[], Database], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def claim(
        self,
        entries: Iterable[Entry],
        owner: str,
        ttl: timedelta,
        *,
        run_id: str = "",
        states: Collection[State] = DUE,
    ) -> list[Entry]:
        """Lease documents; return those that were free and are in one of the states, as they are now.

        :param owner: unique for each attempt of each task, e.g. ``<dag>/<run>/<task>/<try>``
        :param ttl: how long the lease lasts without :meth:`extend`
        :param run_id: the run for which the documents are claimed; default the owner
        """
        if isinstance(entries, Pending):
            asked = entries.exchange_keys()
        else:
            asked = {entry.id: entry.exchange_key for entry in entries}
        keys = sorted(set(asked.values()))  # the same order everywhere: no deadlock
        found: list[Entry] = []
        held: set[str] = set()
        with self._database().write() as connection:
            now = self._clock.read_lease_ms(connection)
            for chunk in chunks(keys):
                held.update(_take(connection, chunk, owner, now + _ms(ttl), now))
            for ids in chunks(sorted(asked), 2 * WHOLE):
                due = (entry for entry in read_entries(connection, ids) if entry.state in states)
                found += [entry._replace(owner=owner, run_id=run_id or owner) for entry in due]
            claimed = [entry for entry in found if entry.exchange_key in held]
            _release(connection, owner, held - {entry.exchange_key for entry in claimed})
        order = {id_: place for place, id_ in enumerate(asked)}
        return sorted(claimed, key=lambda entry: order[entry.id])

    def extend_held(self, owner: str, ttl: timedelta) -> frozenset[str]:
        """Extend all leases of an owner to ``ttl`` from now; return the exchange keys of those it still holds."""
        with self._database().write() as connection:
            until = self._clock.read_lease_ms(connection) + _ms(ttl)
            own = _in_order(connection, leases.c.owner == owner)
            extended = leases.update().where(own).values(until_ms=until).returning(leases.c.key)
            return frozenset(connection.execute(extended).scalars())

    def release(self, owner: str, entries: Iterable[Entry] | None = None) -> int:
        """Release an owner's leases, those of some entries or all; return how many."""
        keys = None if entries is None else {entry.exchange_key for entry in entries}
        with self._database().write() as connection:
            return _release(connection, owner, keys)


def _take(connection: Connection, keys: list[str], owner: str, until: int, now: int) -> list[str]:
    has_expired = sa.or_(leases.c.until_ms <= now, leases.c.until_ms > now + _ms(LONGEST))
    free = _in_order(connection, leases.c.key.in_(keys), has_expired, leases.c.owner != owner)
    connection.execute(leases.delete().where(free))
    insert = upsert(connection, leases)
    statement = insert.on_conflict_do_update(
        index_elements=["key"],
        set_={"until_ms": insert.excluded.until_ms},
        where=leases.c.owner == insert.excluded.owner,
    ).returning(leases.c.key)
    rows = [{"key": key, "owner": owner, "until_ms": until} for key in keys]
    return list(connection.execute(statement, rows).scalars())


def _release(connection: Connection, owner: str, keys: Collection[str] | None) -> int:
    is_own = leases.c.owner == owner
    some = [[is_own]] if keys is None else [[is_own, leases.c.key.in_(chunk)] for chunk in chunks(sorted(keys))]
    return sum(connection.execute(leases.delete().where(_in_order(connection, *where))).rowcount for where in some)


def _in_order(connection: Connection, *where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return a condition whose rows PostgreSQL locks by their keys, as :meth:`Leases.claim` does: no deadlock."""
    if connection.dialect.name == "sqlite":  # has one writer
        return sa.and_(*where)
    return leases.c.key.in_(sa.select(leases.c.key).where(*where).order_by(leases.c.key).with_for_update())


def _ms(ttl: timedelta) -> int:
    return int(ttl.total_seconds() * 1000)
