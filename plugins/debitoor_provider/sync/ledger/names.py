"""The name that a document's copy gets: chosen once, and no two alike in an account.

Alike means equal but for case and composition, as file systems have it. The unique index decides, so two runs cannot
choose the same name however they race.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from debitoor_provider.sync.ledger.records import Naming
from debitoor_provider.sync.ledger.rows import COLUMNS, chunks, event_values, search_key, to_entry, write_events
from debitoor_provider.sync.ledger.states import STEPS, Direction, Kind, State
from debitoor_provider.sync.ledger.tables import documents, storable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

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
        by_id = {entry.id: storable(name) for entry, name in chunk}
        for name in by_id.values():
            _require_name(name)
        current = _current(connection, by_id, states)
        named += [entry for entry in current if entry.target_name is not None]
        wanted = [entry for entry in current if entry.target_name is None]
        free = _free(connection, wanted, by_id)
        try:
            with connection.begin_nested():
                _write(connection, free, by_id)
        except IntegrityError:  # PostgreSQL: another run took one of them just now
            free = [entry for entry in free if _write_one(connection, entry, by_id)]
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
                    detail={"name": by_id[entry.id]},
                )
                for entry in free
            ],
        )
        named += [replace(entry, target_name=by_id[entry.id]) for entry in free]
        written = {entry.id for entry in free}
        taken += [entry for entry in wanted if entry.id not in written]
    return Naming(named, taken)


def names_taken(connection: Connection, account: str, direction: Direction, prefix: str) -> set[str]:
    """Return the names of an account that begin so, without regard to case."""
    key = search_key(storable(prefix))
    values = {"the_account": account, "the_direction": direction, "first": key, "last": key + "\U0010ffff"}
    return set(connection.scalars(_TAKEN, values))


def keys_taken(connection: Connection, account: str, direction: Direction, names: Iterable[str]) -> set[str]:
    """Return the keys of those of these names that are taken in an account."""
    found: set[str] = set()
    for chunk in chunks({search_key(storable(name)) for name in names}):
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


def _current(connection: Connection, by_id: dict[int, str], states: Collection[State]) -> list[Entry]:
    rows = connection.execute(
        sa.select(*COLUMNS)
        .where(documents.c.id.in_(sorted(by_id)), documents.c.state.in_(sorted(states)))
        .order_by(documents.c.id)
        .with_for_update()
    )
    return [to_entry(row) for row in rows]


def _free(connection: Connection, entries: list[Entry], by_id: dict[int, str]) -> list[Entry]:
    if not entries:
        return []
    first = entries[0]
    used = keys_taken(connection, first.account, first.direction, (by_id[entry.id] for entry in entries))
    free = []
    for entry in entries:
        key = search_key(by_id[entry.id])
        if key not in used:
            used.add(key)
            free.append(entry)
    return free


_NAME = (
    documents.update()
    .where(documents.c.id == sa.bindparam("the_id"))
    .values(target_name=sa.bindparam("name"), target_name_key=sa.bindparam("name_key"))
)


def _write(connection: Connection, entries: list[Entry], by_id: dict[int, str]) -> None:
    if entries:
        connection.execute(
            _NAME,
            [
                {"the_id": entry.id, "name": by_id[entry.id], "name_key": search_key(by_id[entry.id])}
                for entry in entries
            ],
        )


def _write_one(connection: Connection, entry: Entry, by_id: dict[int, str]) -> bool:
    try:
        with connection.begin_nested():
            _write(connection, [entry], by_id)
    except IntegrityError:
        return False
    return True
