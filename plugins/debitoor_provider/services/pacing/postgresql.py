"""Calls counted in PostgreSQL, for all machines that use a key.

The calls of a key are numbered, so that the call which has to leave a window is found without counting. A question is
one statement, a function in the database: it locks its key's row, by the server's clock, and no lock outlives it.
When that clock was set back, the count starts again.
(pyrate-limiter's PostgreSQL bucket locks a table of its own for each key, and when two ask at once one of them has to
wait as if the allowance were used up.)
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.services.migrating import migrate
from debitoor_provider.services.pacing.store import Wait, share_of, store_unavailable, store_unusable
from debitoor_provider.services.sql_errors import code_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Engine

    from debitoor_provider.services.pacing.store import Windows

_STORE = "PostgreSQL"
_ANSWER_WITHIN = 5

_CORRECTABLE = ("28", "3D000", "42501")
"""SQLSTATEs of a refused login, a database that does not exist, and a missing right."""

_SCRIPTS = "debitoor_provider.services.pacing:migrations"
_MIGRATION_LOCK = 431315251572
# What the newest migration makes; to see whether it is there needs no right to anything.
_IS_THERE = sa.text(
    "SELECT to_regprocedure('debitoor_pacing_count(text, bigint[], double precision[], integer)') IS NOT NULL"
)

_TAKE = sa.text("SELECT wait, asked FROM debitoor_pacing_count(:name, :calls, :seconds, :more)")
_PAUSED = sa.text(
    "SELECT extract(epoch FROM paused_until - clock_timestamp()) AS wait FROM debitoor_pacing_keys WHERE name = :name"
)
_PAUSE = sa.text(
    "INSERT INTO debitoor_pacing_keys (name, paused_until)"
    " VALUES (:name, clock_timestamp() + make_interval(secs => :s))"
    " ON CONFLICT (name) DO UPDATE"
    " SET paused_until = greatest(debitoor_pacing_keys.paused_until, excluded.paused_until)"
)
_TAKEN = sa.text(
    "SELECT count(*) FROM debitoor_pacing_calls"
    " WHERE name = :name AND at >= clock_timestamp() - make_interval(secs => :s)"
)


class PostgreSQLStore:
    """The calls and the pause of a key, in PostgreSQL."""

    def __init__(self, url: str, name: str, windows: Windows, process: int) -> None:
        self._engine = _engine(url, process)
        self._windows = windows
        self._key = {"name": name}
        self._is_there = False

    def take(self, share: float = 1.0, calls: int = 1) -> Wait | None:
        """Count calls if they are allowed now."""
        with self._connected() as connection:
            if not self._windows:
                paused = connection.scalar(_PAUSED, self._key)
                return Wait(float(paused), requested=True) if paused and paused > 0 else None
            limits = [share_of(limit, share) for limit, _ in self._windows]
            seconds = [seconds for _, seconds in self._windows]
            values = {"calls": limits, "seconds": seconds, "more": calls}
            wait, requested = connection.execute(_TAKE, self._key | values).one()
            return Wait(wait, requested) if wait > 0 else None

    def pause(self, seconds: float) -> None:
        """Allow no call with the key before so many seconds have passed."""
        with self._connected() as connection:
            connection.execute(_PAUSE, self._key | {"s": float(seconds)})

    def left(self) -> int:
        """Return how many calls the longest window still allows."""
        if not self._windows:
            return 0
        limit, seconds = self._windows[-1]
        with self._connected() as connection:
            return max(0, limit - int(connection.scalar(_TAKEN, self._key | {"s": seconds}) or 0))

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        with _plain_errors():
            if not self._is_there:
                _ensure(self._engine)
                self._is_there = True
            with self._engine.connect() as connection:
                yield connection


def _ensure(engine: Engine) -> None:
    """Migrate the tables unless they are up to date, which needs no right to create any."""
    with engine.connect() as connection:
        if connection.scalar(_IS_THERE):
            return
    with engine.connect().execution_options(isolation_level="READ COMMITTED") as connection, connection.begin():
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))  # one process at a time
        migrate(connection, _SCRIPTS)


@lru_cache(maxsize=8)
def _engine(url: str, process: int) -> Engine:  # noqa: ARG001 (a forked process needs connections of its own)
    try:
        parsed = make_url(url)
        if "+" not in parsed.drivername:
            parsed = parsed.set(drivername="postgresql+psycopg")
        return sa.create_engine(
            parsed,
            isolation_level="AUTOCOMMIT",
            connect_args={"connect_timeout": _ANSWER_WITHIN},
            pool_size=2,
            max_overflow=6,
            pool_timeout=_ANSWER_WITHIN,
            pool_pre_ping=True,
            pool_use_lifo=True,
            hide_parameters=True,
        )
    except (ImportError, NoSuchModuleError):
        raise Misconfigured(Message("pacing_driver_missing", store=_STORE, extra="postgres")) from None
    except (ArgumentError, TypeError, ValueError):
        raise store_unusable(Message("pacing_postgresql_url_invalid")) from None


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except ProgrammingError:
        raise store_unusable(Message("pacing_postgresql_unusable")) from None
    except (DBAPIError, PoolTimeout) as error:
        if code_of(error).startswith(_CORRECTABLE):
            raise store_unusable(Message("pacing_postgresql_unusable")) from None
        raise store_unavailable(_STORE) from None
