"""Documents that seem to be the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger.database.tables import documents, events
from debitoor_provider.sync.ledger.entries import Entry
from debitoor_provider.sync.ledger.pending import read_entries
from debitoor_provider.sync.ledger.rows import likeness_keys
from debitoor_provider.sync.ledger.states import EventKind, State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.rows import Described


def read_alike(connection: Connection, given: Iterable[Described]) -> list[Entry]:
    """Return the documents that share a key with one of those given, by ascending id.

    Entries that are given are returned as they are: they are most of what shares a key with them.
    """
    wanted: dict[str, set[str]] = {"number_key": set(), "amount_key": set()}
    known: dict[int, Entry] = {}
    for document in given:
        if isinstance(document, Entry):
            known[document.id] = document
        for name, key in likeness_keys(document).items():
            wanted[name] |= {key} - {""}
    ids: set[int] = set()
    for name, keys in wanted.items():
        for chunk in chunks(sorted(keys)):
            ids |= set(
                connection.scalars(
                    sa.select(documents.c.id).where(
                        documents.c[name].in_(chunk),
                        documents.c[name] != sa.literal_column("''"),
                        documents.c.state.not_in([State.IGNORED, State.GONE]),
                    )
                )
            )
    others = read_entries(connection, ids - known.keys())
    return sorted([*others, *(known[id_] for id_ in ids & known.keys())], key=lambda entry: entry.id)


def read_distinct(connection: Connection, ids: Iterable[int]) -> dict[int, set[str]]:
    """Return, by the id of a document, the keys of what a person said it is no duplicate of."""
    found: dict[int, set[str]] = {}
    for chunk in chunks(sorted(ids)):
        rows = connection.execute(
            sa.select(events.c.document_id, events.c.detail).where(
                events.c.document_id.in_(chunk), events.c.kind.in_([EventKind.RETRIED, EventKind.DISTINCT])
            )
        )
        for document_id, detail in rows:
            found.setdefault(document_id, set()).update(detail.get("distinct_from", ()))
    return found
