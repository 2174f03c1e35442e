"""The part ``ledger.names``: the file name of a document's copy, unique in an account.

It is chosen before the document is sent, and once more if its record has changed when it is uploaded.

Names that differ only in case or composition count as equal, as in file systems. A unique index decides, so two runs
cannot choose the same name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger.database.history import write_events
from debitoor_provider.sync.ledger.database.tables import documents, leases
from debitoor_provider.sync.ledger.database.types import storable
from debitoor_provider.sync.ledger.errors import LeaseLost
from debitoor_provider.sync.ledger.events import event_values
from debitoor_provider.sync.ledger.results import Naming
from debitoor_provider.sync.ledger.states import STEPS, DirectionName, EventKind, State
from debitoor_provider.sync.naming.filename import name_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.database.clock import Clock
    from debitoor_provider.sync.ledger.database.engine import Database
    from debitoor_provider.sync.ledger.entries import Entry

NAME_LENGTH = 255
"""Characters of a file name."""


class Names:
    """Gives documents their file names."""

    def __init__(self, database: Callable[[], Database], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def give_all(self, pairs: Iterable[tuple[Entry, str]], *, run_id: str | None = None) -> Naming:
        """Give planned documents of one account their file names, where those are free.

        A document that has a name keeps it: use the name of the returned entry.
        """
        pairs = list(pairs)
        with self._database().write() as connection:
            return give_names(connection, pairs, at=self._clock.now(), run_id=run_id)

    def change(self, entry: Entry, name: str) -> Entry | None:
        """Give a document that is being sent another file name; return ``None`` when another one of the account has it.

        :raises LeaseLost: when another run may be working on the document
        """
        changed = entry._replace(target_name=storable(name))
        _require_name(changed.target_name or "")
        with self._database().write() as connection:
            if connection.execute(_BEING_SENT, {"the_id": entry.id, "the_owner": entry.owner}).first() is None:
                raise LeaseLost(f"Document {entry.source_id} is not leased to this run any more.")
            if not _write(connection, [changed]):
                return None
            write_events(connection, [_event(changed, self._clock.now(), entry.run_id)])
        return changed

    def taken(self, account: str, direction: DirectionName, prefix: str) -> set[str]:
        """Return the names of the account that begin with a prefix, regardless of case."""
        key = name_key(storable(prefix))
        values = {"the_account": account, "the_direction": direction, "first": key, "last": key + "\U0010ffff"}
        with self._database().read() as connection:
            return set(connection.scalars(_TAKEN, values))

    def keys_taken(self, account: str, direction: DirectionName, names: Iterable[str]) -> set[str]:
        """Return the keys (see :func:`.name_key`) of those names that the account has."""
        found: set[str] = set()
        with self._database().read() as connection:
            for chunk in chunks({name_key(storable(name)) for name in names}):
                found |= set(
                    connection.scalars(
                        sa.select(documents.c.target_name_key).where(
                            documents.c.account == account,
                            documents.c.direction == direction,
                            documents.c.target_name_key.in_(chunk),
                        )
                    )
                )
        return found


_BEING_SENT = (
    sa.select(documents.c.id)
    .where(
        documents.c.id == sa.bindparam("the_id"),
        documents.c.state == State.SENDING,
        sa.exists().where(leases.c.key == documents.c.exchange_key, leases.c.owner == sa.bindparam("the_owner")),
    )
    .with_for_update()
)
_TAKEN = sa.select(documents.c.target_name).where(
    documents.c.account == sa.bindparam("the_account"),
    documents.c.direction == sa.bindparam("the_direction"),
    documents.c.target_name_key >= sa.bindparam("first"),
    documents.c.target_name_key < sa.bindparam("last"),
)


def give_names(
    connection: Connection,
    pairs: Collection[tuple[Entry, str]],
    *,
    at: datetime,
    run_id: str | None,
    states: Collection[State] = STEPS[EventKind.NAMED].origins,
) -> Naming:
    """Give each entry its name where that is free; an entry that has a name keeps it.

    Entries that are in none of the states any more are left out of the result.
    """
    named: list[Entry] = []
    taken: list[Entry] = []
    for chunk in chunks(sorted(pairs, key=lambda pair: pair[0].id)):
        asked = {entry.id: (entry, storable(name)) for entry, name in chunk}
        for _, name in asked.values():
            _require_name(name)
        wanted: list[Entry] = []
        for row in _current(connection, list(asked), states):
            entry, name = asked[row.id]
            entry = entry._replace(state=row.state, target_name=row.target_name or name)
            (wanted if row.target_name is None else named).append(entry)
        free = _write(connection, wanted)
        write_events(connection, [_event(entry, at, run_id) for entry in free])
        named += free
        written = {entry.id for entry in free}
        taken += [asked[entry.id][0] for entry in wanted if entry.id not in written]
    return Naming(named, taken)


def _require_name(name: str) -> None:
    if not 0 < len(name) <= NAME_LENGTH:
        raise ValueError(f"a file name has 1 to {NAME_LENGTH} characters")


def _current(connection: Connection, ids: list[int], states: Collection[State]) -> Sequence[Row[Any, Any, Any]]:
    """Read id, name and state of those that are in one of the states."""
    return connection.execute(
        sa.select(documents.c.id, documents.c.target_name, documents.c.state)
        .where(documents.c.id.in_(ids), documents.c.state.in_(sorted(states)))
        .order_by(documents.c.id)
        .with_for_update()
    ).all()


_NAME = (
    documents.update()
    .where(documents.c.id == sa.bindparam("the_id"))
    .values(target_name=sa.bindparam("name"), target_name_key=sa.bindparam("name_key"))
)


def _write(connection: Connection, entries: list[Entry]) -> list[Entry]:
    """Write the names that the unique index accepts; return their entries."""
    if not entries:
        return []
    try:
        with connection.begin_nested():
            connection.execute(_NAME, [_named(entry) for entry in entries])
    except IntegrityError:  # another document has one of them
        return [entry for entry in entries if _write(connection, [entry])] if len(entries) > 1 else []
    return entries


def _named(entry: Entry) -> dict[str, Any]:
    name = entry.target_name or ""
    return {"the_id": entry.id, "name": name, "name_key": name_key(name)}


def _event(entry: Entry, at: datetime, run_id: str | None) -> dict[str, Any]:
    detail = {"name": entry.target_name}
    return event_values(entry.id, EventKind.NAMED, entry.state, entry.state, at=at, run_id=run_id, detail=detail)
