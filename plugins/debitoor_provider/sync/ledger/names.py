"""The name that a document's copy gets: chosen once, and no two alike in an account.

Alike means equal but for case and composition, as file systems have it. The unique index decides, so two runs cannot
choose the same name however they race.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from debitoor_provider.sync.ledger.records import Naming
from debitoor_provider.sync.ledger.rows import chunks, event_values, write_events
from debitoor_provider.sync.ledger.states import STEPS, Direction, Kind, State
from debitoor_provider.sync.ledger.tables import documents, storable
from debitoor_provider.sync.naming.filename import name_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.records import Entry

NAME_LENGTH = 255
"""Characters of a file name."""


def name_all(
    connection: Connection,
    pairs: Collection[tuple[Entry, str]],
    *,
    at: datetime,
    run_id: str | None,
    states: Collection[State] = STEPS[Kind.NAMED].origins,
) -> Naming:
    """Give each entry its name where that is free. An entry that has a name keeps it.

    Entries that are not in one of the states any more are in neither part of the answer.
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
            entry = replace(entry, state=row.state, target_name=row.target_name or name)
            (wanted if row.target_name is None else named).append(entry)
        free = _write(connection, wanted)
        write_events(
            connection,
            [
                event_values(
                    entry.id,
                    Kind.NAMED,
                    entry.state,
                    entry.state,
                    at=at,
                    run_id=run_id,
                    detail={"name": entry.target_name},
                )
                for entry in free
            ],
        )
        named += free
        written = {entry.id for entry in free}
        taken += [asked[entry.id][0] for entry in wanted if entry.id not in written]
    return Naming(named, taken)


def names_taken(connection: Connection, account: str, direction: Direction, prefix: str) -> set[str]:
    """Return the names of an account that begin so, without regard to case."""
    key = name_key(storable(prefix))
    values = {"the_account": account, "the_direction": direction, "first": key, "last": key + "\U0010ffff"}
    return set(connection.scalars(_TAKEN, values))


def keys_taken(connection: Connection, account: str, direction: Direction, names: Iterable[str]) -> set[str]:
    """Return the keys of those of these names that are taken in an account."""
    found: set[str] = set()
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


_TAKEN = sa.select(documents.c.target_name).where(
    documents.c.account == sa.bindparam("the_account"),
    documents.c.direction == sa.bindparam("the_direction"),
    documents.c.target_name_key >= sa.bindparam("first"),
    documents.c.target_name_key < sa.bindparam("last"),
)


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
    """Write down the names that the unique index lets through; tells whose they are."""
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
