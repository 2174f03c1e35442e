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

    from debitoor_provider.sync.ledger.entries import PlannedDocument
    from debitoor_provider.sync.ledger.states import DirectionName


_LATEST = 20
"""So many records show whether a target is the same; people delete some of them."""


class ListedBefore(Protocol):
    """What the ledger has of a listed document."""

    @property
    def id(self) -> int: ...
    @property
    def source_id(self) -> str: ...
    @property
    def state(self) -> State: ...
    @property
    def exchange_key(self) -> str: ...


def require_same_target(rows: Sequence[tuple[ListedBefore, PlannedDocument]]) -> None:
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


def require_target_of_latest(
    connection: Connection, account: str, direction: DirectionName, document: PlannedDocument
) -> None:
    """Refuse a document whose target is not the one that the account's last document was sent to.

    That one may be in no listing any more, because it is archived, or was listed before.

    :raises TargetChanged: with the latest documents that were sent there
    """
    latest = connection.execute(
        sa.select(documents.c.source_id, documents.c.exchange_key)
        .where(
            documents.c.account == account,
            documents.c.direction == direction,
            documents.c.moved_at.is_not(None),
            documents.c.state.in_(sorted(DONE)),
        )
        .order_by(documents.c.moved_at.desc())
        .limit(_LATEST)
    ).all()
    before = _target(latest[0].exchange_key) if latest else ""
    if before and before != _target(document.exchange_key):
        raise TargetChanged([one.source_id for one in latest if _target(one.exchange_key) == before], before=before)


def set_keys(connection: Connection, rows: Sequence[tuple[ListedBefore, PlannedDocument]]) -> None:
    """Update the exchange keys of documents, except those that are being sent."""
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
