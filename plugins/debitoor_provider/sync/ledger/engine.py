"""The database behind the ledger: opened by URL, with short transactions and errors in plain words.

SQLite runs in WAL mode with ``synchronous=NORMAL``: a commit survives the end of the process, and after a power cut
the database is intact but may lack the last commits, which is what the look at the target is for (design section 5).
WAL needs a local disk. Writers of one process queue for a lock, since SQLite's own waiting is polling and unfair;
between processes ``busy_timeout`` waits.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from debitoor_provider.services.sqlite import use_wal
from debitoor_provider.sync.ledger.errors import LedgerMisconfigured, LedgerUnavailable
from debitoor_provider.sync.ledger.together import Together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

T = TypeVar("T")

LOCK_WAIT = 30
"""Seconds to wait for another writer before the ledger counts as unavailable."""
CACHE = 500
"""Kilobytes of a SQLite file that a connection keeps in memory; the system caches the file besides."""
CONNECT_WAIT = 10
"""Seconds to wait for a PostgreSQL server to answer."""

_UNKNOWN_OPTION = "The ledger's address has an option that its driver does not know."

_databases: dict[tuple[URL, int, int], Database] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Database:
    """An engine and how to use it. Never shared with a child process: see :func:`connect`."""

    engine: Engine
    writer: Engine
    place: str
    _queue: contextlib.AbstractContextManager[Any] = field(repr=False)
    _together: Together | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if self.is_sqlite:
            object.__setattr__(self, "_together", Together(lambda: self.write()))

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite; PostgreSQL otherwise."""
        return self.engine.dialect.name == "sqlite"

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction: a consistent view of the database."""
        with self._plain_errors(), self.engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """One writing transaction, committed at the end, rolled back on an error."""
        with self._plain_errors(), self._queue, self.writer.begin() as connection:
            yield connection

    def step(self, work: Callable[[Connection], T]) -> T:
        """Do something short in a writing transaction, which other threads' steps may share where writers queue.

        :param work: raises :class:`LedgerError` without having written anything
        """
        if self._together:
            return self._together.run(work)
        with self.write() as connection:
            return work(connection)

    @contextlib.contextmanager
    def migrate(self) -> Iterator[Connection]:
        """One writing transaction in which SQLite lets a table take the place of another that is referred to."""
        with self._plain_errors(), self._queue, self.writer.connect() as connection:
            if self.is_sqlite:
                _refer_freely(connection, True)
            try:
                with connection.begin():
                    yield connection
                    if self.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                        raise RuntimeError("The migration leaves rows that refer to nothing.")
            finally:
                if self.is_sqlite:
                    _refer_freely(connection, False)

    @contextlib.contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except (IntegrityError, ProgrammingError) as error:
            if error.statement is None:  # raised when it was to connect
                raise LedgerMisconfigured(_UNKNOWN_OPTION) from None
            raise  # a mistake in the code, not in the weather
        except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
            raise LedgerUnavailable(f"The ledger ({self.place}) {_sentence(error)}") from error


def connect(url: URL, cache: int = CACHE) -> Database:
    """Return the database behind a parsed URL; the same one for the same arguments within a process.

    A child process gets its own: connections must not cross a fork. The parent's stay referenced, so that the child
    does not close them either.
    """
    key = (url, cache, os.getpid())
    return _databases.get(key) or _databases.setdefault(key, _open(url, cache))


def disconnect(database: Database) -> None:
    """Close the connections of this process; the next use opens new ones."""
    for key, known in list(_databases.items()):
        if known is database:
            del _databases[key]
    database.engine.dispose()
    database.writer.dispose()


def upsert(connection: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An ``INSERT`` that knows ``ON CONFLICT``."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def parse(url: str) -> URL:
    """Read the address of a ledger.

    :param url: ``sqlite:////path/to/ledger.db`` or ``postgresql://user:password@host/database``
    :raises LedgerMisconfigured: for any other URL
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise LedgerMisconfigured("The ledger's address is not a database URL.") from None
    backend = parsed.get_backend_name()
    if backend == "postgres" or parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    elif backend == "sqlite":
        if parsed.database in (None, "", ":memory:") or "mode=memory" in str(parsed):
            raise LedgerMisconfigured("The ledger needs a file: it has to outlive the process.")
        parsed = parsed.set(database=str(Path(str(parsed.database)).absolute()))
    elif backend != "postgresql":
        raise LedgerMisconfigured(f"The ledger runs on SQLite or PostgreSQL, not on {backend}.")
    return parsed


def _open(url: URL, cache: int) -> Database:
    is_sqlite = url.get_backend_name() == "sqlite"
    place = f"SQLite file {url.database}" if is_sqlite else f"PostgreSQL database {url.database} at {url.host}"
    options: dict[str, Any] = (
        {"connect_args": {"timeout": LOCK_WAIT}, "max_overflow": -1}
        if is_sqlite
        else {"connect_args": {"connect_timeout": CONNECT_WAIT}, "pool_pre_ping": True, "max_overflow": 30}
    )
    try:
        if is_sqlite:
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        options |= {"pool_use_lifo": True, "hide_parameters": True, "json_serializer": _to_json}
        engine = sa.create_engine(url, pool_size=5, **options)
        writer = sa.create_engine(url, pool_size=1, **options) if is_sqlite else engine
    except (ImportError, NoSuchModuleError) as error:
        raise LedgerMisconfigured(
            f"The database driver {url.drivername} is not installed. For PostgreSQL: pip install 'psycopg[binary]'."
        ) from error
    except (ArgumentError, TypeError, ValueError):
        raise LedgerMisconfigured(_UNKNOWN_OPTION) from None
    except OSError as error:
        raise LedgerUnavailable(f"The ledger's folder cannot be made: {error.strerror}.") from error
    if not is_sqlite:
        event.listen(engine, "connect", _prepare_postgresql)
        return Database(engine, writer, place, contextlib.nullcontext())
    # A writer takes the lock at once: one that had read first could be refused it without waiting.
    for each, begin, kilobytes in ((engine, "BEGIN", cache), (writer, "BEGIN IMMEDIATE", CACHE)):
        event.listen(each, "connect", partial(_prepare_sqlite, kilobytes))
        _begin_by(each, begin)
    return Database(engine, writer, place, threading.Lock())


def _prepare_sqlite(kilobytes: int, connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
    use_wal(connection)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA cache_size=-{kilobytes}")


def _begin_by(engine: Engine, statement: str) -> None:
    """Let each transaction begin like this; a listener for it would be asked at every statement."""
    setattr(engine.dialect, "do_begin", lambda connection: connection.execute(statement))  # noqa: B010 mypy knows it as a method


def _refer_freely(connection: Connection, freely: bool) -> None:
    """Switch the check of foreign keys off or on, which is possible outside of a transaction only."""
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={'OFF' if freely else 'ON'}")


def _prepare_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_WAIT}s'")
    connection.commit()


def _to_json(value: object) -> str:
    return json.dumps(value, default=str, separators=(",", ":"))


def _sentence(error: Exception) -> str:
    text = str(getattr(error, "orig", None) or error).lower()
    for sign, sentence in _SENTENCES.items():
        if sign in text:
            return sentence
    return "could not be used just now."


_SENTENCES = {
    "locked": "is busy: another process has been writing for too long.",
    "lock timeout": "is busy: another process has been writing for too long.",
    "deadlock": "is busy: two processes were waiting for each other.",
    "queuepool limit": "is busy: all its connections are in use.",
    "full": "has no room left: the disk is full.",
    "no space": "has no room left: the disk is full.",
    "unable to open": "cannot be opened: the file or its folder is missing or not writable.",
    "readonly": "is read-only.",
    "read-only": "is read-only.",
    "not a database": "is not a database, or damaged.",
    "malformed": "is not a database, or damaged.",
    "disk i/o": "cannot be read or written: the disk reports an error.",
    "password authentication": "does not accept the user name or the password.",
    "does not exist": "does not exist, or its user does not.",
    "too many": "is busy: it has no free connection.",
    "remaining connection slots": "is busy: it has no free connection.",
    "connect": "cannot be reached.",
}
