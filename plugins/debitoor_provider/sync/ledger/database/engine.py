"""The engines of the ledger's database and their short transactions.

SQLite runs in WAL mode with ``synchronous=NORMAL``: a commit survives the end of the process; after a power failure the
database is intact but may lack the last commits, which the check of the target covers (design section 5). WAL needs a
local disk. The writers of one process queue for a lock, since SQLite itself polls and is unfair; between processes
``busy_timeout`` applies.
"""

from __future__ import annotations

import contextlib
import os
import threading
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from debitoor_provider.messages import Message, reason_of
from debitoor_provider.services.sqlite import use_wal
from debitoor_provider.sync.ledger.database.group_commit import GroupCommit
from debitoor_provider.sync.ledger.database.history import write_events
from debitoor_provider.sync.ledger.database.plain_errors import UNKNOWN_OPTION, plain_errors
from debitoor_provider.sync.ledger.database.sqlite_dialects import READER, WRITER
from debitoor_provider.sync.ledger.database.types import storable_json
from debitoor_provider.sync.ledger.errors import LedgerMisconfigured, LedgerUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import URL, Connection, Engine

T = TypeVar("T")

LOCK_WAIT = 30
"""Seconds to wait for another writer before the ledger is reported as unavailable."""
WRITER_CACHE = 500
"""Kilobytes of a SQLite file that the writing connection caches; the operating system caches the file too."""
READER_CACHE = 200
"""Kilobytes that each reading connection caches: there are several, and a reader does not need every index."""
CONNECT_WAIT = 10
"""Seconds to wait for a PostgreSQL server to answer."""

_databases: dict[tuple[URL, int, int], Database] = {}


class StepTransaction(NamedTuple):
    """A writing transaction of one step or of several.

    :param events: what is appended to the history at its end, in one statement
    """

    connection: Connection
    events: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Database:
    """The engines of one process and their transactions; see :func:`connect`.

    :param engine: for reading
    :param writer: for writing; on PostgreSQL the same
    :param place: where the database is, without user and password
    """

    engine: Engine
    writer: Engine
    place: Message
    _queue: contextlib.AbstractContextManager[Any] = field(repr=False)
    _group: GroupCommit[StepTransaction] | None = field(init=False, repr=False, default=None)
    _shared: ContextVar[Connection | None] = field(
        init=False, repr=False, default_factory=lambda: ContextVar("shared", default=None)
    )

    def __post_init__(self) -> None:
        if self.is_sqlite:
            object.__setattr__(self, "_group", GroupCommit(lambda: self._write_steps()))

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite; PostgreSQL otherwise."""
        return self.engine.dialect.name == "sqlite"

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a reading transaction, a consistent view of the database; in a block of :meth:`reading` its own."""
        if connection := self._shared.get():
            yield connection
            return
        with plain_errors(self.place), self.engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Let everything that a block reads in its thread share one transaction."""
        with self.read() as connection:
            token = self._shared.set(connection)
            try:
                yield
            finally:
                self._shared.reset(token)

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a writing transaction, committed at the end, rolled back on an error."""
        with plain_errors(self.place), self._queue, self.writer.begin() as connection:
            yield connection

    def step(self, work: Callable[[StepTransaction], T]) -> T:
        """Do short work in a writing transaction, on SQLite in one that the work of other threads may share.

        :param work: raises :class:`LedgerError` only before it has written anything
        """
        if self._group:
            return self._group.run(work)
        with self._write_steps() as transaction:
            return work(transaction)

    @contextlib.contextmanager
    def _write_steps(self) -> Iterator[StepTransaction]:
        with self.write() as connection:
            transaction = StepTransaction(connection, [])
            yield transaction
            write_events(connection, transaction.events)

    @contextlib.contextmanager
    def migrate(self) -> Iterator[Connection]:
        """Open a writing transaction in which SQLite allows a referenced table to be replaced."""
        with plain_errors(self.place), self._queue, self.writer.connect() as connection:
            if self.is_sqlite:
                _rebuild_freely(connection, True)
            try:
                with connection.begin():
                    yield connection
                    if self.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                        raise RuntimeError("The migration leaves rows that refer to missing rows.")
            finally:
                if self.is_sqlite:
                    _rebuild_freely(connection, False)


def connect(url: URL, cache: int = READER_CACHE) -> Database:
    """Return the database of a URL, the same one for the same arguments within a process.

    A child process gets its own, since connections must not cross a fork. The parent's stay referenced, so that the
    child does not close them.
    """
    key = (url, cache, os.getpid())
    return _databases.get(key) or _databases.setdefault(key, _open(url, cache))


def disconnect(database: Database) -> None:
    """Close this process's connections; the next :func:`connect` opens new ones."""
    for key, known in list(_databases.items()):
        if known is database:
            del _databases[key]
    database.engine.dispose()
    database.writer.dispose()


def upsert(connection: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Return an ``INSERT`` that supports ``ON CONFLICT``."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _open(url: URL, cache: int) -> Database:
    is_sqlite = url.get_backend_name() == "sqlite"
    system, where = ("SQLite", [url.database]) if is_sqlite else ("PostgreSQL", [url.database, url.host])
    place = Message("ledger_place", system=system, where=where)
    options: dict[str, Any] = (
        {"connect_args": {"timeout": LOCK_WAIT}, "max_overflow": -1}
        if is_sqlite
        else {"connect_args": {"connect_timeout": CONNECT_WAIT}, "pool_pre_ping": True, "max_overflow": 30}
    )
    options |= {"pool_use_lifo": True, "hide_parameters": True, "json_serializer": storable_json}
    try:
        if is_sqlite:
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
            engine = sa.create_engine(url.set(drivername=READER), pool_size=5, **options)
            writer = sa.create_engine(url.set(drivername=WRITER), pool_size=1, **options)
        else:
            engine = writer = sa.create_engine(url, pool_size=5, **options)
    except (ImportError, NoSuchModuleError) as error:
        raise LedgerMisconfigured(Message("ledger_driver_missing", driver=url.drivername)) from error
    except (ArgumentError, TypeError, ValueError):
        raise LedgerMisconfigured(UNKNOWN_OPTION) from None
    except OSError as error:
        raise LedgerUnavailable(Message("ledger_folder_not_made", detail=reason_of(error))) from error
    if not is_sqlite:
        event.listen(engine, "connect", _prepare_postgresql)
        return Database(engine, writer, place, contextlib.nullcontext())
    for each, kilobytes in ((engine, cache), (writer, WRITER_CACHE)):
        event.listen(each, "connect", partial(_prepare_sqlite, kilobytes))
    event.listen(writer, "connect", _undo_in_memory)
    return Database(engine, writer, place, threading.Lock())


def _prepare_sqlite(kilobytes: int, connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin explicitly, not where the driver guesses
    use_wal(connection)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA cache_size=-{kilobytes}")


def _undo_in_memory(connection: Any, _record: object) -> None:
    """Keep in memory what undoes a single statement; each step of a document would make a temporary file for it."""
    connection.execute("PRAGMA temp_store=MEMORY")


def _rebuild_freely(connection: Connection, freely: bool) -> None:
    """Switch the check of foreign keys off or on, and sort in files or in memory; only outside of a transaction."""
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={'OFF' if freely else 'ON'}")
    driver.execute(f"PRAGMA temp_store={'FILE' if freely else 'MEMORY'}")


def _prepare_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_WAIT}s'; SET timezone = 'UTC'")  # times need no conversion
    connection.commit()
