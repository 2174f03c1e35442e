"""Documents that are selected now and read when they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

import sqlalchemy as sa

from debitoor_provider.sync.batches import WHOLE, chunks
from debitoor_provider.sync.ledger.database.tables import documents
from debitoor_provider.sync.ledger.rows import COLUMNS, to_entry
from debitoor_provider.sync.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.database.engine import Database
    from debitoor_provider.sync.ledger.entries import Entry


_OF_IDS = sa.select(*COLUMNS).where(documents.c.id.in_(sa.bindparam("ids", expanding=True))).order_by(documents.c.id)


class Pending(Sequence["Entry"]):
    """A sequence of documents of which only the ids are kept in memory, whatever their number.

    Each is as it is when it is read, not as it was when it was selected.

    :param database: the database to read from
    :param ids: of the documents, in their order
    """

    def __init__(self, database: Callable[[], Database], ids: Sequence[int]) -> None:
        self._database = database
        self._ids = ids

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Entry]:
        for some in chunks(self._ids, WHOLE):
            found = {entry.id: entry for entry in read_by_ids(self._database, some)}
            yield from (found[id_] for id_ in some if id_ in found)  # others were deleted in the meantime

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> Pending: ...
    def __getitem__(self, index: int | slice) -> Entry | Pending:
        if isinstance(index, slice):
            return Pending(self._database, self._ids[index])
        return read_by_ids(self._database, [self._ids[index]])[0]

    def exchange_keys(self) -> dict[int, str]:
        """Return the exchange keys by the ids of the documents, in their order, without reading the rest of them."""
        found: dict[int, str] = {}
        with self._database().read() as connection:
            for some in chunks(self._ids):
                wanted = sa.select(documents.c.id, documents.c.exchange_key).where(documents.c.id.in_(some))
                found |= {id_: key for id_, key in connection.execute(wanted)}  # noqa: C416 (mypy: a row is no pair)
        return {id_: found[id_] for id_ in self._ids}


def waiting_ids(
    connection: Connection, account: str, limit: int | None, codes: Collection[str] | None
) -> Sequence[int]:
    """Return the ids of an account's waiting documents, those first that were asked about longest ago.

    :param codes: the reasons for which they wait; ``None``: any
    """
    query = sa.select(documents.c.id).where(documents.c.account == account, documents.c.state == State.WAITING)
    if codes is not None:
        query = query.where(documents.c.reason_code.in_(sorted(codes)))
    return connection.scalars(query.order_by(documents.c.asked_at, documents.c.id).limit(limit)).all()


def read_by_ids(database: Callable[[], Database], ids: Iterable[int]) -> list[Entry]:
    """Return the documents with these ids, by ascending id, as one transaction reads them."""
    with database().read() as connection:
        return read_entries(connection, ids)


def read_entries(connection: Connection, ids: Iterable[int]) -> list[Entry]:
    """Return the documents with these ids, by ascending id."""
    found: list[Entry] = []
    for chunk in chunks(sorted(set(ids))):
        found += map(to_entry, connection.execute(_OF_IDS, {"ids": chunk}).all())
    return found


def read_in_order(connection: Connection, ids: Iterable[int]) -> list[Entry]:
    """Return the documents with these ids in the given order; those deleted in the meantime are left out."""
    wanted = list(ids)
    found = {entry.id: entry for entry in read_entries(connection, wanted)}
    return [found[id_] for id_ in wanted if id_ in found]
