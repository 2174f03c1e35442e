"""The part ``ledger.figures``: how many documents each account has in each state, and how many it moved on each day.

The counts are kept in the transaction that changes a document (:mod:`.triggers`), so reading them costs the same
however many documents there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger.database.engine import upsert
from debitoor_provider.sync.ledger.database.tables import documents, invoice_counts, moved_counts, state_counts
from debitoor_provider.sync.ledger.states import ATTENTION, DONE, DUE, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.database.engine import Database


_RECOUNT_LOCK = 0x64656269746F6F73  # an arbitrary number, distinct from those of other programs


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure that a recount has corrected.

    :param figure: a state, an outcome of an e-invoice and a state, or a day (UTC) of moved documents as ISO text
    :param difference: what was added to the figure
    """

    account: str
    figure: str
    difference: int


class Counts(NamedTuple):
    """How many documents of an account there are.

    :param moved: at the target
    :param to_do: that a run has something to do with
    :param waiting: that may come in later automatically
    :param attention: that a person has something to do with
    """

    moved: int = 0
    to_do: int = 0
    waiting: int = 0
    attention: int = 0


class Figures:
    """Reads the figures, and corrects them by counting all documents."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database

    def states(self, accounts: Iterable[str] | None = None) -> dict[str, dict[State, int]]:
        """Return how many documents are in each state, for all accounts with documents or for some of them."""
        found: dict[str, dict[State, int]] = {}
        columns = [sa.func.sum(state_counts.c[str(state)]) for state in State]
        with self._database().read() as connection:
            for where in _of_accounts(state_counts, accounts):
                query = sa.select(state_counts.c.account, *columns).where(*where).group_by(state_counts.c.account)
                for account, *numbers in connection.execute(query).all():
                    counts = {state: number for state, number in zip(State, numbers, strict=True) if number}
                    if counts:
                        found[account] = counts
        return found

    def counts(self, accounts: Iterable[str] | None = None) -> dict[str, Counts]:
        """Return the documents of each account by what has to happen to them, for all accounts or for some of them.

        Accounts that never had documents are left out.
        """
        found: dict[str, Counts] = {}
        with self._database().read() as connection:
            for where in _of_accounts(state_counts, accounts):
                query = sa.select(state_counts.c.account, *_COUNTS).where(*where).group_by(state_counts.c.account)
                rows = connection.execute(query).all()  # all at once: one by one takes as long again
                found |= {account: Counts(*numbers) for account, *numbers in rows}
        return found

    def of(self, account: str) -> dict[State, int]:
        """Return how many documents of one account are in each state."""
        return self.states([account]).get(account, {})

    def accounts(self) -> set[str]:
        """Return the accounts that have, or had, documents."""
        with self._database().read() as connection:
            return set(connection.scalars(sa.select(state_counts.c.account)).all())

    def moved_by_day(self, since: date, accounts: Iterable[str] | None = None) -> dict[str, dict[date, int]]:
        """Return how many documents were moved on each day (UTC) from ``since`` on, for all accounts or for some."""
        found: dict[str, dict[date, int]] = {}
        key, number = (moved_counts.c.account, moved_counts.c.day), sa.func.sum(moved_counts.c.number)
        with self._database().read() as connection:
            for where in _of_accounts(moved_counts, accounts):
                query = sa.select(*key, number).where(moved_counts.c.day >= since, *where).group_by(*key)
                for account, day, moved in connection.execute(query.having(number != 0)).all():
                    found.setdefault(account, {})[day] = moved
        return found

    def recount(self) -> list[Correction]:
        """Count all documents, correct the figures that differ, and return the corrections.

        Documents may be changed meanwhile: what differs is found by one statement, which sees documents and figures at
        the same moment, and is added to the figures. Only one recount runs at a time.
        """
        with self._database().write() as connection:
            if connection.dialect.name != "sqlite":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_RECOUNT_LOCK)))
            return [*_correct_states(connection), *_correct_invoices(connection), *_correct_days(connection)]


def _total(states: Iterable[State]) -> ColumnElement[int]:
    """Return the documents that are in one of these states."""
    return sa.func.sum(reduce(add, (state_counts.c[str(state)] for state in sorted(states))))


_COUNTS = [_total(states) for states in (DONE, DUE, [State.WAITING], ATTENTION)]
"""In the order of :class:`Counts`."""


def _slot(connection: Connection) -> Any:
    """Return the slot of this connection, see :mod:`.triggers`."""
    return 0 if connection.dialect.name == "sqlite" else sa.func.pg_backend_pid()


def _correct_states(connection: Connection) -> list[Correction]:
    differences = _differences(connection, state_counts, ("account",), sa.true())
    return [Correction(account, state, number) for (account,), state, number in differences]


def _correct_invoices(connection: Connection) -> list[Correction]:
    differences = _differences(connection, invoice_counts, ("account", "invoice"), documents.c.invoice != "")
    return [Correction(account, f"{invoice}, {state}", number) for (account, invoice), state, number in differences]


def _differences(
    connection: Connection, table: sa.Table, key: tuple[str, ...], where: ColumnElement[bool]
) -> list[tuple[tuple[str, ...], str, int]]:
    """Correct counts by state, and return what was added to them: by key and state.

    :param key: the columns that the documents are counted by
    :param where: which documents are counted
    """
    by_state = (sa.case((documents.c.state == state, 1), else_=0).label(state) for state in State)
    counted = sa.select(*(documents.c[name] for name in key), *by_state).where(where)
    kept = sa.select(*(table.c[name] for name in key), *(-table.c[str(state)] for state in State))
    each = sa.union_all(counted, kept).subquery()
    columns, sums = [each.c[name] for name in key], [sa.func.sum(each.c[str(state)]) for state in State]
    differs = sa.or_(*(number != 0 for number in sums))
    differences = []
    for row in connection.execute(sa.select(*columns, *sums).group_by(*columns).having(differs)).all():
        of, numbers = tuple(row[: len(key)]), row[len(key) :]
        values = {str(state): int(number) for state, number in zip(State, numbers, strict=True)}
        identity = dict(zip(key, of, strict=True))
        insert = upsert(connection, table).values(**identity, slot=_slot(connection), **values)
        changed = {name: table.c[name] + insert.excluded[name] for name in values}
        connection.execute(insert.on_conflict_do_update(index_elements=[*key, "slot"], set_=changed))
        differences += [(of, name, number) for name, number in values.items() if number]
    return differences


def _correct_days(connection: Connection) -> list[Correction]:
    moved = documents.c.moved_at
    day: ColumnElement[date] = (
        sa.type_coerce(sa.func.substr(sa.type_coerce(moved, sa.String), 1, 10), sa.Date)
        if connection.dialect.name == "sqlite"
        else sa.cast(sa.func.timezone("UTC", moved), sa.Date)
    )
    counted = sa.select(documents.c.account, day.label("day"), sa.literal(1).label("number")).where(moved.is_not(None))
    kept = sa.select(moved_counts.c.account, moved_counts.c.day, -moved_counts.c.number)
    each = sa.union_all(counted, kept).subquery()
    key, number = (each.c.account, each.c.day), sa.func.sum(each.c.number)
    corrections = []
    for account, when, difference in connection.execute(
        sa.select(*key, number).group_by(*key).having(number != 0)
    ).all():
        insert = upsert(connection, moved_counts).values(
            account=account, day=when, slot=_slot(connection), number=int(difference)
        )
        changed = {"number": moved_counts.c.number + insert.excluded.number}
        connection.execute(insert.on_conflict_do_update(index_elements=["account", "day", "slot"], set_=changed))
        corrections.append(Correction(account, when.isoformat(), int(difference)))
    return corrections


def _of_accounts(table: sa.Table, accounts: Iterable[str] | None) -> list[list[ColumnElement[bool]]]:
    """Return the ``WHERE`` clauses of queries that together ask for these accounts; ``None`` asks for all."""
    if accounts is None:
        return [[]]
    return [[table.c.account.in_(chunk)] for chunk in chunks(sorted(accounts))]
