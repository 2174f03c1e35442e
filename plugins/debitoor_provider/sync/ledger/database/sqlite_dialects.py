"""SQLAlchemy's dialect of SQLite with transactions that begin explicitly.

A listener to the event ``begin`` would do that too, but an engine that has one looks for listeners at every statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

if TYPE_CHECKING:
    from sqlalchemy.pool import PoolProxiedConnection

READER, WRITER = "sqlite+debitoor_reader", "sqlite+debitoor_writer"
"""The dialects by their names in a URL."""


class ReaderDialect(SQLiteDialect_pysqlite):
    """A transaction sees the state of the database at its first statement."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        """Begin a transaction that takes its locks when it needs them."""
        dbapi_connection.execute("BEGIN")


class WriterDialect(SQLiteDialect_pysqlite):
    """A transaction takes the writers' lock at once; SQLite refuses it without waiting to one that has read before."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        """Begin a transaction as the only writer."""
        dbapi_connection.execute("BEGIN IMMEDIATE")


for _name, _dialect in ((READER, ReaderDialect), (WRITER, WriterDialect)):
    registry.register(_name.replace("+", "."), __name__, _dialect.__name__)
