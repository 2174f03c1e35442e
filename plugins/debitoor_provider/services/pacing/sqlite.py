"""Calls counted in a SQLite file, for all processes of one machine.

The calls of a key are numbered, so that the call which has to leave a window is found without counting. Each question
is one write transaction. Moments are those of a clock that runs since the machine was started, the same in all its
processes: setting the machine's clock changes no window. After a restart the count starts again.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from debitoor_provider.messages import Message
from debitoor_provider.services.pacing.store import SWEEP_EVERY, Wait, share_of, store_unavailable, store_unusable
from debitoor_provider.services.sqlite import BUSY_SECONDS, is_busy, use_wal
from debitoor_provider.services.steady_clock import steady_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.services.pacing.store import Windows

_STORE = "SQLite"

_TABLES = """
CREATE TABLE IF NOT EXISTS pacing_keys (
    name TEXT PRIMARY KEY, counted INTEGER NOT NULL DEFAULT 0, seen REAL NOT NULL, paused_until REAL NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS pacing_calls (
    name TEXT, number INTEGER, at REAL NOT NULL, PRIMARY KEY (name, number)
) WITHOUT ROWID;
"""
_KEY = "SELECT counted, seen, paused_until FROM pacing_keys WHERE name = ?"
_NEW_KEY = "INSERT INTO pacing_keys (name, seen) VALUES (?, ?)"
_RESTART = "UPDATE pacing_keys SET seen = ?, paused_until = 0 WHERE name = ?"
_FORGET = "DELETE FROM pacing_calls WHERE name = ?"
_LEAVING = "SELECT at FROM pacing_calls WHERE name = ? AND number = ?"
_COUNT = "INSERT INTO pacing_calls VALUES (?, ?, ?)"
_COUNTED = "UPDATE pacing_keys SET counted = ?, seen = ? WHERE name = ?"
_SWEEP = "DELETE FROM pacing_calls WHERE name = ? AND at < ?"
_PAUSE = "UPDATE pacing_keys SET paused_until = max(paused_until, ?) WHERE name = ?"
_TAKEN = "SELECT count(*) FROM pacing_calls WHERE name = ? AND at >= ?"


class SQLiteStore:
    """The calls and the pause of a key, in a file."""

    def __init__(self, path: str, name: str, windows: Windows) -> None:
        self._name = name
        self._windows = windows
        self._lock = threading.Lock()
        with _plain_errors():
            self._connection = _connect(Path(unquote(path).removeprefix("/")))

    def take(self, share: float = 1.0, calls: int = 1) -> Wait | None:
        """Count calls if they are allowed now."""
        with self._transaction() as now:
            counted, _, paused_until = self._connection.execute(_KEY, (self._name,)).fetchone()
            if paused_until > now:
                return Wait(paused_until - now, requested=True)
            if not self._windows:
                return None
            if (wait := self._until_free(counted, share, calls, now)) > 0:
                return Wait(max(wait, 0.001))
            numbers = range(counted + 1, counted + calls + 1)
            self._connection.executemany(_COUNT, [(self._name, number, now) for number in numbers])
            self._connection.execute(_COUNTED, (counted + calls, now, self._name))
            if counted % SWEEP_EVERY < calls:
                self._connection.execute(_SWEEP, (self._name, now - self._windows[-1][1]))
            return None

    def pause(self, seconds: float) -> None:
        """Allow no call to any process before so many seconds have passed."""
        with self._transaction() as now:
            self._connection.execute(_PAUSE, (now + seconds, self._name))

    def left(self) -> int:
        """Return how many calls the longest window still allows."""
        if not self._windows:
            return 0
        limit, seconds = self._windows[-1]
        with self._transaction() as now:
            (taken,) = self._connection.execute(_TAKEN, (self._name, now - seconds)).fetchone()
            return max(0, limit - int(taken))

    def _until_free(self, counted: int, share: float, calls: int, now: float) -> float:
        """Return the seconds until no window would hold more than a share of its calls."""
        waits = [0.0]
        for limit, seconds in self._windows:
            number = counted - share_of(limit, share) + calls
            if leaving := self._connection.execute(_LEAVING, (self._name, number)).fetchone():
                waits.append(leaving[0] + seconds - now)
        return max(waits)

    @contextmanager
    def _transaction(self) -> Iterator[float]:
        """Hold the file for one step, and give its moment: that before the lock was held could be too early."""
        with _plain_errors(), self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._moment()
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def _moment(self) -> float:
        now = steady_seconds()
        key = self._connection.execute(_KEY, (self._name,)).fetchone()
        if key is None:
            self._connection.execute(_NEW_KEY, (self._name, now))
        elif key[1] > now:  # the machine was started again, and its clock with it
            self._connection.execute(_FORGET, (self._name,))
            self._connection.execute(_RESTART, (now, self._name))
        return now


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
    use_wal(connection)
    connection.execute("PRAGMA synchronous=OFF")  # after a power cut the count may start again
    connection.executescript(_TABLES)
    return connection


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if is_busy(error):
            raise store_unavailable(_STORE) from None
        raise store_unusable(Message("pacing_sqlite_unusable")) from None
