from __future__ import annotations

import sqlite3
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrate_limiter import Rate, RateItem, SQLiteBucket

from debitoor_provider.services.http.errors import Misconfigured, NotSent
from debitoor_provider.services.pacing import memory as pacing_memory
from debitoor_provider.services.pacing import pacer as pacing
from debitoor_provider.services.pacing import sqlite as pacing_sqlite
from debitoor_provider.services.pacing.pacer import Allowance, Pacer
from debitoor_provider.services.pacing.sqlite import SharedSQLiteBucket
from tests.services.scripted import CANARY


@pytest.fixture
def path(sqlite_store, tmp_path):
    return tmp_path / "pacing.db"


def table_of_calls(path) -> str:
    with sqlite3.connect(path) as connection:
        (name,) = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'calls_%'").fetchone()
    connection.close()
    return str(name)


def test_the_key_itself_is_not_in_the_file(sqlite_store, path):
    pacer = Pacer(CANARY, Allowance(per_minute=5), store=sqlite_store)
    pacer.acquire()
    pacer.pause(1)
    pacing._opened.cache_clear()
    assert path.exists()
    assert not any(CANARY.encode() in file.read_bytes() for file in path.parent.iterdir())


def test_what_left_the_window_is_swept_out(sqlite_store, path, monkeypatch):
    monkeypatch.setattr(pacing, "_MARGIN", -59.99)
    monkeypatch.setattr(pacing_memory, "SWEEP_EVERY", 1)
    pacer = Pacer("key", Allowance(per_minute=5), store=sqlite_store)
    for _ in range(5):
        pacer.acquire()
        time.sleep(0.015)
    pacer.acquire()
    with sqlite3.connect(path) as connection:
        (rows,) = connection.execute(f"SELECT count(*) FROM {table_of_calls(path)}").fetchone()
    connection.close()
    assert rows <= 2


def test_a_file_that_cannot_be_opened_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="cannot be used"):
        Pacer("key", Allowance(per_minute=1), store=f"sqlite:///{tmp_path / 'file' / 'pacing.db'}")


def test_a_file_that_fails_on_the_way_is_told(sqlite_store, path):
    pacer = Pacer("key", Allowance(per_minute=5), store=sqlite_store)
    with sqlite3.connect(path) as connection:
        connection.execute(f"DROP TABLE {table_of_calls(path)}")
    connection.close()
    with pytest.raises(Misconfigured, match="cannot be used"):
        pacer.acquire()


def test_a_file_that_is_busy_for_long_may_be_asked_again(sqlite_store, path, monkeypatch):
    monkeypatch.setattr(pacing_sqlite, "BUSY_SECONDS", 0.05)
    pacer = Pacer("key", Allowance(per_minute=5), store=sqlite_store)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(NotSent, match="does not answer"):
        pacer.acquire()
    pacer.pause(30)  # others are not told, and that is no reason to fail
    writer.execute("ROLLBACK")
    writer.close()
    assert pacer.left() == 5


@given(st.lists(st.tuples(st.integers(0, 900), st.booleans()), max_size=100))
def test_calls_are_admitted_as_if_each_had_been_counted(steps):
    rates, now = [Rate(3, 1_000), Rate(7, 5_000)], 10_000
    ours, plain = (_bucket_of(kind, rates) for kind in (SharedSQLiteBucket, SQLiteBucket))
    for pause, sweeps in steps:
        now += pause
        ours.now = lambda now=now: now
        if sweeps:
            assert ours.leak(now) == plain.leak(now)
        assert ours.put(RateItem("call", now)) == plain.put(RateItem("call", now))
    ours.close()
    plain.close()


def _bucket_of(kind: type[SQLiteBucket], rates: list[Rate]) -> SQLiteBucket:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE calls (name TEXT, item_timestamp INTEGER)")
    connection.execute("CREATE INDEX by_time ON calls (item_timestamp)")
    return kind(rates, connection, "calls")
