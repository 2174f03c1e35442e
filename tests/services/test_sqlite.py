"""A new file is switched to the write-ahead log by all who open it at once, and none of them is refused."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from debitoor_provider.services import sqlite as wal
from debitoor_provider.services.sqlite import use_wal


def _open(path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=wal.BUSY_SECONDS, check_same_thread=False)


def test_it_waits_for_another_writer(tmp_path):
    path = tmp_path / "new.db"
    with closing(_open(path)) as writer, closing(_open(path)) as opener, ThreadPoolExecutor(1) as pool:
        writer.execute("CREATE TABLE words (word TEXT)")
        writer.execute("INSERT INTO words VALUES ('one')")  # begins a transaction
        refused = threading.Event()
        opener.set_trace_callback(lambda statement: refused.set() if "=WAL" in statement else None)
        opener.execute("PRAGMA busy_timeout=0")
        switch = pool.submit(use_wal, opener)
        assert refused.wait(10)
        assert not switch.done()
        writer.commit()
        switch.result(10)
        assert opener.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_file_that_is_no_database_is_refused_at_once(tmp_path):
    path = tmp_path / "letter.db"
    path.write_text("Dear reader, " * 100)
    with closing(_open(path)) as connection, pytest.raises(sqlite3.DatabaseError, match="not a database"):
        use_wal(connection)
