"""The part ``ledger.figures``: figures over all accounts, for an overview that is requested often."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa

from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger.database.tables import documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from debitoor_provider.sync.ledger.database.engine import Database
    from debitoor_provider.sync.ledger.states import State


class Figures:
    """Counts documents by account."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database

    def changes(self, since: datetime) -> dict[str, tuple[int, float]]:
        """Return, by account, a value that differs as soon as one of its documents changes that changed since then.

        :param since: reaches back as far as clocks differ and transactions last
        """
        found: dict[str, tuple[int, float]] = {}
        changed = documents.c.changed_at
        # Grouped here: a database that groups reads the whole index that is sorted by account instead.
        query = sa.select(documents.c.account, changed).where(changed >= since)
        with self._database().read() as connection:
            for account, at in connection.execute(query):
                number, total = found.get(account, (0, 0.0))
                found[account] = (number + 1, total + at.timestamp())
        return found

    def states(self, accounts: Iterable[str] | None = None) -> dict[str, dict[State, int]]:
        """Return how many documents of each account, or of these, are in each state."""
        found: dict[str, dict[State, int]] = {}
        key = (documents.c.account, documents.c.state)
        with self._database().read() as connection:
            for where in _of_accounts(accounts):
                rows = connection.execute(sa.select(*key, sa.func.count()).where(*where).group_by(*key))
                for account, state, number in rows:
                    found.setdefault(account, {})[state] = number
        return found

    def moved_by_day(self, since: datetime, accounts: Iterable[str] | None = None) -> dict[str, dict[date, int]]:
        """Return how many documents of each account, or of these, were moved on each day (UTC) since then."""
        found: dict[str, dict[date, int]] = {}
        moved = documents.c.moved_at
        database = self._database()
        day = (
            sa.func.substr(sa.type_coerce(moved, sa.String), 1, 10)
            if database.is_sqlite
            else sa.func.to_char(sa.func.timezone("UTC", moved), "YYYY-MM-DD")
        )
        with database.read() as connection:
            for where in _of_accounts(accounts):
                rows = connection.execute(
                    sa.select(documents.c.account, day, sa.func.count())
                    .where(moved >= since, *where)
                    .group_by(documents.c.account, day)
                )
                for account, name, number in rows:
                    found.setdefault(account, {})[date.fromisoformat(name)] = number
        return found


def _of_accounts(accounts: Iterable[str] | None) -> list[list[ColumnElement[bool]]]:
    """Return the ``WHERE`` clauses of queries that together ask for these accounts; ``None`` asks for all."""
    if accounts is None:
        return [[]]
    return [[documents.c.account.in_(chunk)] for chunk in chunks(sorted(accounts))]
