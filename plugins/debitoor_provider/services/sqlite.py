"""SQLite's write-ahead log, switched on while others may open the same new file."""

from __future__ import annotations

import sqlite3
from typing import Any

from tenacity import retry, retry_if_exception, stop_after_delay, wait_random

BUSY_SECONDS = 30.0
"""How long to wait for other writers, in seconds."""


def is_busy(error: BaseException) -> bool:
    """Return whether another writer was in the way, so that a later attempt may succeed."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


# The switch needs the file alone for a moment, and SQLite does not wait for that.
@retry(
    retry=retry_if_exception(is_busy),
    stop=stop_after_delay(BUSY_SECONDS),
    wait=wait_random(0.01, 0.05),
    reraise=True,
)
def use_wal(connection: Any) -> None:
    """Let readers and a writer of the file not wait for each other.

    :param connection: sqlite3's, or one that executes as it does
    :raises sqlite3.Error: when other processes kept the file busy for that long, or it cannot be used
    """
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode=WAL")
