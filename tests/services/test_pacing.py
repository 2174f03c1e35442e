from __future__ import annotations

import multiprocessing
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.services import pacing
from debitoor_provider.services.errors import Misconfigured, QuotaUsedUp, RateLimited
from debitoor_provider.services.pacing import Allowance, Pacer
from services.scripted import CANARY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def forget_opened_stores():
    yield
    pacing._opened.cache_clear()


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path: Path) -> str:
    return "memory://" if request.param == "memory" else f"sqlite:///{tmp_path / 'pacing.db'}"


class Woken(Exception):
    """Raised in place of a wait."""


def no_waiting(seconds: float) -> None:
    raise Woken(seconds)


def test_calls_within_the_allowance_do_not_wait(store):
    pacer = Pacer("key", Allowance(per_minute=5), store=store, sleep=no_waiting)
    for _ in range(5):
        pacer.acquire()


def test_the_call_after_the_last_one_waits_for_the_first_to_leave_the_minute(store):
    pacer = Pacer("key", Allowance(per_minute=5), store=store, sleep=no_waiting)
    for _ in range(5):
        pacer.acquire()
    with pytest.raises(Woken) as waited:
        pacer.acquire()
    assert 59 < waited.value.args[0] < 61


def test_a_call_goes_on_when_its_wait_is_over(store, monkeypatch):
    monkeypatch.setattr(pacing, "_MARGIN", -59.95)
    pacer = Pacer("key", Allowance(per_minute=2), store=store)
    started = time.monotonic()
    for _ in range(5):
        pacer.acquire()
    assert time.monotonic() - started >= 0.09


def test_the_day_s_end_is_not_slept_through(store):
    pacer = Pacer("key", Allowance(per_minute=100, per_day=3), store=store, sleep=no_waiting)
    for _ in range(3):
        pacer.acquire()
    with pytest.raises(QuotaUsedUp, match=r"in about 24 h 0 min|in about 23 h"):
        pacer.acquire()


def test_pacers_of_one_key_share_what_is_allowed(store):
    first, second = (Pacer("key", Allowance(per_minute=2), store=store, sleep=no_waiting) for _ in range(2))
    first.acquire()
    second.acquire()
    for pacer in (first, second):
        with pytest.raises(Woken):
            pacer.acquire()


def test_another_key_has_an_allowance_of_its_own(store):
    Pacer("key", Allowance(per_minute=1), store=store, sleep=no_waiting).acquire()
    Pacer("other", Allowance(per_minute=1), store=store, sleep=no_waiting).acquire()


def test_without_a_limit_there_is_no_store(tmp_path):
    pacer = Pacer("key", Allowance(), store=f"sqlite:///{tmp_path / 'pacing.db'}", sleep=no_waiting)
    pacer.acquire()
    assert list(tmp_path.iterdir()) == []


def test_a_pause_that_the_service_asked_for_is_kept(store):
    now = [100.0]
    naps: list[float] = []
    pacer = Pacer("key", Allowance(), store=store, sleep=naps.append, clock=lambda: now[0])
    pacer.pause(7)
    pacer.pause(3)
    pacer.acquire()
    now[0] += 8
    pacer.acquire()
    assert naps == [7]


def test_a_pause_that_is_made_longer_meanwhile_is_sat_out(store):
    now = [100.0]
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        now[0] += seconds
        if len(naps) == 1:
            pacer.pause(5)  # another thread was told so

    pacer = Pacer("key", Allowance(), store=store, sleep=nap, clock=lambda: now[0])
    pacer.pause(7)
    pacer.acquire()
    assert naps == [7, 5]


def test_a_long_pause_is_left_to_the_scheduler(store):
    pacer = Pacer("key", Allowance(), store=store, sleep=no_waiting, clock=lambda: 100.0)
    pacer.pause(600)
    with pytest.raises(RateLimited) as later:
        pacer.acquire()
    assert later.value.retry_after == 600


def test_the_key_itself_is_not_in_the_store(tmp_path):
    path = tmp_path / "pacing.db"
    Pacer(CANARY, Allowance(per_minute=5), store=f"sqlite:///{path}").acquire()
    pacing._opened.cache_clear()
    assert path.exists()
    assert not any(CANARY.encode() in file.read_bytes() for file in tmp_path.iterdir())


def test_many_threads_never_get_more_than_allowed(store):
    pacer = Pacer("key", Allowance(per_minute=20), store=store, sleep=no_waiting)

    def allowed(_: int) -> bool:
        try:
            pacer.acquire()
        except Woken:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(allowed, range(60))) == 20


def _take(store: str, wanted: int, taken: multiprocessing.Queue[int]) -> None:
    pacer = Pacer("key", Allowance(per_minute=30), store=store, sleep=no_waiting)
    count = 0
    for _ in range(wanted):
        try:
            pacer.acquire()
            count += 1
        except Woken:
            break
    taken.put(count)


def test_many_processes_never_get_more_than_allowed(tmp_path):
    context = multiprocessing.get_context("spawn")
    taken = context.Queue()
    store = f"sqlite:///{tmp_path / 'pacing.db'}"
    workers = [context.Process(target=_take, args=(store, 20, taken)) for _ in range(3)]
    for worker in workers:
        worker.start()
    counts = [taken.get(timeout=30) for _ in workers]
    for worker in workers:
        worker.join()
    taken.close()
    taken.join_thread()
    assert sum(counts) == 30


def test_what_left_the_window_is_swept_out(tmp_path, monkeypatch):
    monkeypatch.setattr(pacing, "_MARGIN", -59.99)
    monkeypatch.setattr(pacing, "_SWEEP_EVERY", 1)
    path = tmp_path / "pacing.db"
    pacer = Pacer("key", Allowance(per_minute=5), store=f"sqlite:///{path}")
    for _ in range(5):
        pacer.acquire()
        time.sleep(0.015)
    pacer.acquire()
    connection = sqlite3.connect(path)
    (table,) = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()
    (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    connection.close()
    assert rows <= 2


@pytest.mark.parametrize("url", ["redis://localhost", "postgresql://db/x", "sqlite://", "sqlite://host/x", "", "x"])
def test_a_store_that_is_not_known_is_told(url):
    with pytest.raises(Misconfigured, match="pacing"):
        Pacer("key", Allowance(per_minute=1), store=url)


def test_a_store_that_cannot_be_opened_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="cannot be used"):
        Pacer("key", Allowance(per_minute=1), store=f"sqlite:///{tmp_path / 'file' / 'pacing.db'}")


def test_a_store_that_fails_on_the_way_is_told(tmp_path):
    path = tmp_path / "pacing.db"
    pacer = Pacer("key", Allowance(per_minute=5), store=f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    (table,) = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()
    connection.execute(f"DROP TABLE {table}")
    connection.close()
    with pytest.raises(Misconfigured, match="cannot be used"):
        pacer.acquire()


@pytest.mark.parametrize(
    ("allowance", "windows"),
    [
        (Allowance(), ()),
        (Allowance(100, None, 2500), ((100, 60.0), (2500, 86400.0))),
        (Allowance(100, 1000, 2500), ((100, 60.0), (1000, 3600.0), (2500, 86400.0))),
        (Allowance(100, 50, 2500), ((50, 3600.0),)),
        (Allowance(100, 1000, 900), ((100, 60.0), (900, 86400.0))),
        (Allowance(100, 100, 100), ((100, 86400.0),)),
        (Allowance(1, None, 2500), ((1, 60.0),)),
        (Allowance(100, 6000, 2500), ((100, 60.0), (2500, 86400.0))),
    ],
)
def test_a_limit_that_never_binds_is_left_out(allowance, windows):
    assert allowance.windows == windows


@given(*[st.none() | st.integers(1, 100_000)] * 3)
def test_every_allowance_can_be_kept(per_minute, per_hour, per_day):
    pacing._opened.cache_clear()
    Pacer("key", Allowance(per_minute, per_hour, per_day), store="memory://", sleep=no_waiting).acquire()


def test_pacing_costs_less_than_a_millisecond(store):
    pacer = Pacer("key", Allowance(per_minute=100_000, per_day=1_000_000), store=store)

    def cost_of_fifty_calls() -> float:
        started = time.perf_counter()
        for _ in range(50):
            pacer.acquire()
        return time.perf_counter() - started

    assert min(cost_of_fifty_calls() for _ in range(8)) / 50 < 0.001
