"""The SQLite bucket of pyrate-limiter, made safe for many processes by SQLite's own write lock."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from pyrate_limiter import Rate, RateItem, SQLiteBucket

if TYPE_CHECKING:
    from pathlib import Path

_BUSY_SECONDS = 30.0


class SharedSQLiteBucket(SQLiteBucket):
    """Counts and inserts in one write transaction, so that no other process can come in between.

    (pyrate-limiter's own file lock needs another package and waits 50 ms whenever two processes meet.)
    """

    def put(self, item: RateItem) -> bool:
        """Count the call if it is allowed.

        :return: whether it was
        """
        with self.lock:
            self.conn.execute("BEGIN IMMEDIATE")
            # Taken before the lock was held, the time could lie before that of a call counted meanwhile.
            item.timestamp = self.now()  # type: ignore[no-untyped-call]
            try:
                return super().put(item)
            finally:
                if self.conn.in_transaction:
                    self.conn.rollback()


def open_bucket(path: Path, table: str, rates: list[Rate]) -> SharedSQLiteBucket:
    """Open, and if need be create, a bucket in a file.

    :param table: name of its table, of letters, digits and underscores
    :raises sqlite3.Error: when the file cannot be used
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")  # after a power cut the count may start anew
    connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (name TEXT, item_timestamp INTEGER)")
    connection.execute(f"CREATE INDEX IF NOT EXISTS idx_{table} ON {table} (item_timestamp)")
    connection.commit()
    return SharedSQLiteBucket(rates, connection, table)
