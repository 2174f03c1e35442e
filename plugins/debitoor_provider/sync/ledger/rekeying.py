"""Exchange keys that have changed: an earlier version made them otherwise, or the account goes to another target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

from debitoor_provider.sync.ledger.database.tables import documents
from debitoor_provider.sync.ledger.errors import TargetChanged
from debitoor_provider.sync.ledger.pending import read_entries
from debitoor_provider.sync.ledger.rows import likeness_keys
from debitoor_provider.sync.ledger.states import DONE, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.records import PlannedDocument


class Known(Protocol):
    """What the ledger has of a listed document."""

    @property
    def id(self) -> int: ...
    @property
    def source_id(self) -> str: ...
    @property
    def state(self) -> State: ...
    @property
    def exchange_key(self) -> str: ...


def require_same_target(rows: Sequence[tuple[Known, PlannedDocument]]) -> None:
    """Refuse documents that were sent to another target than the account's.

    :raises TargetChanged: when there are such
    """
    sent = [
        (before, target)
        for before, document in rows
        if before.state in DONE
        and (target := _target(before.exchange_key))
        and target != _target(document.exchange_key)
    ]
    if sent:
        raise TargetChanged([before.source_id for before, _ in sent], before=sent[0][1])


def set_keys(connection: Connection, rows: Sequence[tuple[Known, PlannedDocument]]) -> None:
    """Bring up the exchange keys of documents, but of what is being sent."""
    keys = {row.id: new.exchange_key for row, new in rows if row.state is not State.SENDING}
    changed = [
        {"the_id": entry.id, "new_exchange_key": keys[entry.id]}
        | {f"new_{name}": value for name, value in likeness_keys(entry._replace(exchange_key=keys[entry.id])).items()}
        for entry in read_entries(connection, keys)  # with the figures that were sent, if they were
    ]
    if changed:
        names = ("exchange_key", "number_key", "amount_key")
        columns: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in names}
        statement = documents.update().where(documents.c.id == sa.bindparam("the_id"))
        connection.execute(statement.values(columns), changed)


def _target(exchange_key: str) -> str:
    return exchange_key.rpartition(">")[2] if ">" in exchange_key else ""
