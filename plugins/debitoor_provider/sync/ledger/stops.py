"""The part ``ledger.stops``: runs that a limit of their account stopped, and what a person allowed once."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import sqlalchemy as sa

from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger.database.tables import stops

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime
    from decimal import Decimal

    from debitoor_provider.messages import Message
    from debitoor_provider.sync.ledger.database.clock import Clock
    from debitoor_provider.sync.ledger.database.engine import Database


@dataclass(frozen=True, slots=True)
class Stop:
    """A run that a limit stopped.

    :param limit_name: the setting, e.g. ``new_documents``
    :param number: what the run would have reached, an amount rounded up
    :param message: what was exceeded
    :param settings_fingerprint: of the account's settings when it was stopped
    :param allowed_by: who allowed it; empty while it is not allowed
    :param reason: why, in that person's words
    :param used_by: the run that went on because it was allowed
    """

    id: int
    account: str
    limit_name: str
    number: int
    message: Message
    settings_fingerprint: str
    run_id: str
    stopped_at: datetime
    allowed_by: str = ""
    reason: str = ""
    allowed_at: datetime | None = None
    used_by: str | None = None


_STOP = [stops.c[field.name] for field in dataclasses.fields(Stop)]
_PENDING = stops.c.allowed_at.is_(None)
_LARGEST = 2**63 - 1
"""What the column holds; who allows so much allows any more."""


class Stops:
    """Records stops, and permissions to continue, each for one run."""

    def __init__(self, database: Callable[[], Database], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def ask(
        self,
        account: str,
        limit_name: str,
        number: Decimal | int,
        message: Message,
        *,
        run_id: str,
        settings_fingerprint: str,
        approved_by: str = "",
    ) -> None:
        """Record that a run was stopped; replace an earlier stop and an unused permission.

        :param approved_by: who has approved that this run exceeds the limit; empty when a person has still to answer
        """
        now = self._clock.now()
        values = {
            "account": account,
            "limit_name": limit_name,
            "number": min(ceil(number), _LARGEST),
            "message": message,
            "settings_fingerprint": settings_fingerprint,
            "run_id": run_id,
            "stopped_at": now,
        }
        if approved_by:
            values |= {"allowed_by": approved_by, "allowed_at": now, "used_by": run_id}
        with self._database().write() as connection:
            connection.execute(stops.delete().where(*_of(account, limit_name), stops.c.used_by.is_(None)))
            connection.execute(stops.insert().values(values))

    def pending(self, accounts: Collection[str], limit_name: str | None = None) -> list[Stop]:
        """Return the stops of these accounts that are not allowed, oldest first."""
        found: list[Stop] = []
        with self._database().read() as connection:
            for chunk in chunks(sorted(accounts)):
                query = sa.select(*_STOP).where(stops.c.account.in_(chunk), _PENDING)
                if limit_name is not None:
                    query = query.where(stops.c.limit_name == limit_name)
                found += [Stop(*row) for row in connection.execute(query.order_by(stops.c.id))]
        return found

    def allow(self, account: str, actor: str, reason: str = "", *, ids: Iterable[int] | None = None) -> list[Stop]:
        """Allow what stopped an account, once; return what was allowed.

        :param ids: of the stops that the person has seen; ``None``: all
        """
        where = [stops.c.account == account, _PENDING]
        if ids is not None:
            where.append(stops.c.id.in_(sorted(set(ids))))
        values = {"allowed_by": actor, "reason": reason, "allowed_at": self._clock.now()}
        with self._database().write() as connection:
            rows = connection.execute(stops.update().where(*where).values(values).returning(*_STOP)).all()
        return sorted((Stop(*row) for row in rows), key=lambda stop: stop.id)

    def use(self, account: str, limit_name: str, over: Decimal | int, run_id: str) -> Stop | None:
        """Return the stop that a person allowed, if a run may exceed a limit for it; now it is allowed to it alone.

        :param over: by how much the run exceeds it
        """
        usable = sa.or_(stops.c.used_by.is_(None), stops.c.used_by == run_id)
        where = (*_of(account, limit_name), ~_PENDING, usable, stops.c.number >= _floor(over))
        newest = sa.select(stops.c.id).where(*where).order_by(stops.c.id.desc()).limit(1).scalar_subquery()
        with self._database().write() as connection:
            statement = stops.update().where(stops.c.id == newest, usable).values(used_by=run_id)
            row = connection.execute(statement.returning(*_STOP)).first()
        return None if row is None else Stop(*row)

    def is_allowed(self, account: str, limit_name: str, over: Decimal | int) -> bool:
        """Return whether the next run may exceed a limit because a person allowed it.

        :param over: by how much the run exceeds it
        """
        query = sa.select(stops.c.id).where(
            *_of(account, limit_name), ~_PENDING, stops.c.used_by.is_(None), stops.c.number >= _floor(over)
        )
        with self._database().read() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def withdraw(self, account: str, *limit_names: str) -> None:
        """Delete stops that were not allowed: their cause is gone."""
        stopped = {stop.limit_name for stop in self.pending([account])}  # a reader does not wait
        for limit_name in stopped.intersection(limit_names):
            with self._database().write() as connection:
                connection.execute(stops.delete().where(*_of(account, limit_name), _PENDING))


def _floor(number: Decimal | int) -> int:
    return min(int(number), _LARGEST)


def _of(account: str, limit_name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return stops.c.account == account, stops.c.limit_name == limit_name
