"""Calls counted in a SQLite file, for all processes of one machine.

The bucket is pyrate-limiter's, made safe for many processes by SQLite's own write lock.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pyrate_limiter import RateItem, SQLiteBucket

from debitoor_provider.services.pacing.memory import BucketStore, rates_of
from debitoor_provider.services.pacing.store import Wait, away, unusable
from debitoor_provider.services.sqlite import BUSY_SECONDS, is_busy, use_wal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.services.pacing.store import Windows

_PLACE = "SQLite"

_TABLE = "CREATE TABLE IF NOT EXISTS debitoor_pauses (name TEXT PRIMARY KEY, until REAL NOT NULL)"
_PAUSED = "SELECT until FROM debitoor_pauses WHERE name = ?"
_PAUSE = "INSERT INTO debitoor_pauses VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET until = max(until, excluded.until)"


_COUNT = """
SELECT :interval{index} AS interval, ifnull(
    (SELECT max(rowid) FROM {table})
    - (SELECT rowid FROM {table} WHERE item_timestamp >= :start{index} ORDER BY item_timestamp, rowid LIMIT 1) + 1, 0)
"""


class SharedSQLiteBucket(SQLiteBucket):
    """Counts and inserts in one write transaction, so that no other process can come in between.

    (pyrate-limiter's own file lock needs another package and waits 50 ms whenever two processes meet.)

    It counts by the numbers of the rows, since looking at each call of a day would take longer with each call. Rows
    are written in the order of their times and only the oldest are deleted. After the clock was set back this may count
    too few for as long as a window lasts; the service's own refusal is heeded then.
    """

    def _build_full_count_query(self, current_timestamp: int) -> tuple[str, dict[str, int]]:
        parameters, counts = {}, []
        for index, rate in enumerate(self.rates):
            parameters[f"interval{index}"] = rate.interval
            parameters[f"start{index}"] = self._algorithm.window_start(rate, current_timestamp)
            counts.append(_COUNT.format(index=index, table=self.table))
        return " UNION ALL ".join(counts), parameters

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


class SQLiteStore:
    """The calls and the pause of a key, in a file."""

    def __init__(self, path: str, name: str, windows: Windows) -> None:
        self._name = name
        self._lock = threading.Lock()  # pauses have a connection of their own: the bucket's is in its transactions
        with _plain_errors():
            self._connection = _connect(Path(unquote(path).removeprefix("/")))
            self._connection.execute(_TABLE)
            self._connection.commit()
            self._calls = BucketStore(_bucket(path, name, windows)) if windows else None

    def take(self, share: float = 1.0, calls: int = 1) -> Wait | None:
        """Count calls if they are allowed now."""
        with _plain_errors():
            with self._lock:
                row = self._connection.execute(_PAUSED, (self._name,)).fetchone()
            if row and (left := row[0] - time.time()) > 0:
                return Wait(left, asked=True)
            return self._calls.take(share, calls) if self._calls else None

    def pause(self, seconds: float) -> None:
        """Allow no call to any process before so many seconds have passed."""
        with _plain_errors(), self._lock, self._connection:
            self._connection.execute(_PAUSE, (self._name, time.time() + seconds))

    def left(self) -> int:
        """Tell how many calls the longest window still allows."""
        with _plain_errors():
            return self._calls.left() if self._calls else 0


def _bucket(path: str, table: str, windows: Windows) -> SharedSQLiteBucket:
    connection = _connect(Path(unquote(path).removeprefix("/")))
    connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (name TEXT, item_timestamp INTEGER)")
    connection.execute(f"CREATE INDEX IF NOT EXISTS idx_{table} ON {table} (item_timestamp)")
    connection.commit()
    return SharedSQLiteBucket(rates_of(windows), connection, table)


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    use_wal(connection)
    connection.execute("PRAGMA synchronous=OFF")  # after a power cut the count may start anew
    return connection


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if is_busy(error):
            raise away(_PLACE) from None
        mend = "Set [debitoor] pacing_url to a SQLite file that all workers of this machine may write to."
        raise unusable(_PLACE, mend) from None
