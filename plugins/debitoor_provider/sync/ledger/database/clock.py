"""The time of the ledger.

What is recorded carries the time of the machine. Leases run on the database's clock on PostgreSQL, where the clocks of
several machines may differ; on SQLite, which serves one machine, on that machine's.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

DATABASE_CLOCK: ColumnElement[int] = sa.cast(
    sa.extract("epoch", sa.func.clock_timestamp(type_=sa.DateTime(timezone=True))) * 1000, sa.BigInteger
)
"""PostgreSQL's current time in milliseconds; not the transaction's, which stands still."""


class Clock:
    """The time for what is recorded, and for leases.

    :param now: returns an aware time, also for leases; ``None``: the machine's clock
    :param leases_by_database: whether leases run on the database's clock when ``now`` is not given
    """

    def __init__(self, now: Callable[[], datetime] | None, *, leases_by_database: bool) -> None:
        self._now = now
        self._leases_by_database = leases_by_database and now is None

    def now(self) -> datetime:
        """Return the time for what is recorded."""
        return self._now() if self._now else datetime.now(UTC)

    def lease_ms(self, at: datetime) -> int | None:
        """Return the time for a lease in milliseconds, ``None`` when the statement has to use the database's own."""
        return None if self._leases_by_database else int(at.timestamp() * 1000)

    def read_lease_ms(self, connection: Connection) -> int:
        """Return the time for a lease in milliseconds, read from the database if need be."""
        known = self.lease_ms(self.now())
        return int(connection.execute(sa.select(DATABASE_CLOCK)).scalar_one()) if known is None else known
