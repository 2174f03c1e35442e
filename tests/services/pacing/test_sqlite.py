from __future__ import annotations

import sqlite3
import tempfile
import time

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.services.errors import Misconfigured, NotSent
from debitoor_provider.services.pacing import pacer as pacing
from debitoor_provider.services.pacing import sqlite as pacing_sqlite
from debitoor_provider.services.pacing.pacer import Allowance, Pacer
from debitoor_provider.services.pacing.sqlite import SQLiteStore
from debitoor_provider.services.pacing.store import share_of
from tests.services.scripted import CANARY
from tests.services.waiting import Woken, no_waiting


@pytest.fixture
def path(sqlite_store, tmp_path):
    return tmp_path / "pacing.db"


def test_the_key_itself_is_not_in_the_file(sqlite_store, path):
    pacer = Pacer(CANARY, Allowance(per_minute=5), store=sqlite_store)
    pacer.acquire()
    pacer.pause(1)
    pacing._opened.cache_clear()
    assert path.exists()
    assert not any(CANARY.encode() in file.read_bytes() for file in path.parent.iterdir())


def test_calls_outside_the_window_are_deleted(sqlite_store, path, monkeypatch):
    monkeypatch.setattr(pacing, "_MARGIN", -59.99)
    monkeypatch.setattr(pacing_sqlite, "SWEEP_EVERY", 1)
    pacer = Pacer("key", Allowance(per_minute=5), store=sqlite_store)
    for _ in range(5):
        pacer.acquire()
        time.sleep(0.015)
    pacer.acquire()
    with sqlite3.connect(path) as connection:
        (rows,) = connection.execute("SELECT count(*) FROM pacing_calls").fetchone()
    connection.close()
    assert rows <= 2


def test_a_file_that_cannot_be_opened_is_reported(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="cannot be used"):
        Pacer("key", Allowance(per_minute=1), store=f"sqlite:///{tmp_path / 'file' / 'pacing.db'}")


def test_a_file_that_fails_later_is_reported(sqlite_store, path):
    pacer = Pacer("key", Allowance(per_minute=5), store=sqlite_store)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE pacing_calls")
    connection.close()
    with pytest.raises(Misconfigured, match="cannot be used"):
        pacer.acquire()


def test_a_busy_file_is_a_retryable_error(sqlite_store, path, monkeypatch):
    monkeypatch.setattr(pacing_sqlite, "BUSY_SECONDS", 0.05)
    pacer = Pacer("key", Allowance(per_minute=5), store=sqlite_store)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(NotSent, match="does not answer"):
        pacer.acquire()
    pacer.pause(30)  # other processes do not learn of it, and that is no reason to fail
    writer.execute("ROLLBACK")
    writer.close()
    assert pacer.left() == 5


@given(st.lists(st.tuples(st.integers(0, 900), st.booleans()), max_size=100))
def test_calls_are_admitted_as_if_each_had_been_counted(steps):
    now = [10.0]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(pacing_sqlite, "steady_seconds", lambda: now[0])
        store = SQLiteStore(f"/{folder}/pacing.db", "key", WINDOWS)
        admitted: list[float] = []
        for pause, low_priority in steps:
            now[0] += pause / 1000
            share = 0.7 if low_priority else 1.0
            fits = all(
                sum(at > now[0] - seconds for at in admitted) < share_of(limit, share) for limit, seconds in WINDOWS
            )
            assert (store.take(share) is None) == fits
            if fits:
                admitted.append(now[0])
        store._connection.close()


WINDOWS = ((3, 1.0), (7, 5.0))


@pytest.mark.parametrize("change", [-86_400, 86_400])
def test_setting_the_machine_s_clock_changes_no_window(sqlite_store, change):
    pacer = Pacer("key", Allowance(per_minute=2), store=sqlite_store, sleep=no_waiting)
    pacer.acquire()
    pacer.acquire()
    with time_machine.travel(time.time() + change), pytest.raises(Woken) as waited:
        pacer.acquire()
    assert 55 < waited.value.seconds < 61


@pytest.mark.parametrize("change", [-86_400, 86_400])
def test_setting_the_machine_s_clock_changes_no_pause(sqlite_store, change):
    first, other = (Pacer("key", Allowance(5), store=sqlite_store, sleep=no_waiting) for _ in range(2))
    first.pause(30)
    with time_machine.travel(time.time() + change), pytest.raises(Woken) as waited:
        other.acquire()
    assert 25 < waited.value.seconds <= 30


def test_after_a_restart_of_the_machine_the_count_starts_at_zero(sqlite_store, monkeypatch):
    pacer = Pacer("key", Allowance(per_minute=2), store=sqlite_store, sleep=no_waiting)
    pacer.acquire()
    pacer.acquire()
    Pacer("key", Allowance(per_minute=2), store=sqlite_store).pause(50)
    monkeypatch.setattr(pacing_sqlite, "steady_seconds", lambda: 5.0)
    restarted = Pacer("key", Allowance(per_minute=2), store=sqlite_store, sleep=no_waiting)
    restarted.acquire()
    assert restarted.left() == 1
