"""Figures over all accounts, for an overview that is asked for often."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa

from debitoor_provider.sync.ledger.rows import chunks
from debitoor_provider.sync.ledger.states import DUE, State
from debitoor_provider.sync.ledger.tables import documents

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection


def changes(connection: Connection, since: datetime) -> dict[str, tuple[int, float]]:
    """Tell, by account, what differs as soon as one of its documents changes that has changed since then.

    :param since: reaches back as far as clocks differ and transactions last
    """
    found: dict[str, tuple[int, float]] = {}
    changed = documents.c.changed_at
    # Grouped here: a database that is to group rather reads the index that is sorted by account, and that whole.
    for account, at in connection.execute(sa.select(documents.c.account, changed).where(changed >= since)):
        number, total = found.get(account, (0, 0.0))
        found[account] = (number + 1, total + at.timestamp())
    return found


def totals(connection: Connection, accounts: Iterable[str] | None) -> dict[str, dict[State, int]]:
    """Return how many documents of each account are in each state."""
    found: dict[str, dict[State, int]] = {}
    key = (documents.c.account, documents.c.state)
    for where in _of_accounts(accounts):
        for account, state, number in connection.execute(sa.select(*key, sa.func.count()).where(*where).group_by(*key)):
            found.setdefault(account, {})[state] = number
    return found


def moved_by_day(connection: Connection, since: datetime, accounts: Iterable[str] | None) -> dict[str, dict[date, int]]:
    """Return how many documents of each account were moved on each day (UTC)."""
    found: dict[str, dict[date, int]] = {}
    moved = documents.c.moved_at
    day = (
        sa.func.substr(sa.type_coerce(moved, sa.String), 1, 10)
        if _is_sqlite(connection)
        else sa.func.to_char(sa.func.timezone("UTC", moved), "YYYY-MM-DD")
    )
    for where in _of_accounts(accounts):
        rows = connection.execute(
            sa.select(documents.c.account, day, sa.func.count())
            .where(moved >= since, *where)
            .group_by(documents.c.account, day)
        )
        for account, name, number in rows:
            found.setdefault(account, {})[date.fromisoformat(name)] = number
    return found


def dealt_with(connection: Connection, run_ids: Iterable[str]) -> dict[str, int]:
    """Return how many documents each run has brought to an end, be it a good one or not."""
    rows = connection.execute(
        sa.select(documents.c.moved_by, sa.func.count())
        .where(documents.c.moved_by.in_(sorted(run_ids)), documents.c.state.not_in(sorted(DUE)))
        .group_by(documents.c.moved_by)
    )
    return {run_id: number for run_id, number in rows}  # noqa: C416 (a row is no pair for mypy)


def _of_accounts(accounts: Iterable[str] | None) -> list[list[ColumnElement[bool]]]:
    """Return the conditions of statements that ask for these accounts together; ``None`` asks for all."""
    if accounts is None:
        return [[]]
    return [[documents.c.account.in_(chunk)] for chunk in chunks(sorted(accounts))]


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
