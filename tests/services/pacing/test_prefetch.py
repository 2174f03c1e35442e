"""A key with many calls in a window has some of them counted at once."""

from __future__ import annotations

import os

import pytest

from debitoor_provider.services.pacing import pacer as pacing
from debitoor_provider.services.pacing.pacer import Allowance, Pacer
from debitoor_provider.services.pacing.prefetch import PrefetchingStore
from debitoor_provider.services.pacing.store import Wait
from tests.services.waiting import allowed_at_once, no_waiting

MINUTE = 60.0


@pytest.fixture(autouse=True)
def forget_opened_stores():
    yield
    pacing._opened.cache_clear()


class Counter:
    """A store that remembers how many calls it was asked for, and has room for some."""

    def __init__(self, room: int = 10**9) -> None:
        self.asked: list[int] = []
        self.room = room

    def take(self, share: float = 1.0, calls: int = 1) -> Wait | None:
        self.asked.append(calls)
        if calls > self.room:
            return Wait(7)
        self.room -= calls
        return None

    def pause(self, seconds: float) -> None:
        self.room = 0

    def left(self) -> int:
        return self.room


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def ahead(store: Counter, calls: int, clock: Clock | None = None) -> PrefetchingStore:
    return PrefetchingStore(store, ((calls, MINUTE),), clock or Clock())


def test_a_client_with_many_calls_reserves_more_each_time_up_to_sixteen():
    store = Counter()
    calls = ahead(store, 1_000_000)
    assert [calls.take() for _ in range(47)] == [None] * 47
    assert store.asked == [1, 2, 4, 8, 16, 16]


def test_a_key_with_few_calls_has_each_counted_alone():
    store = Counter()
    calls = ahead(store, 1_999)
    for _ in range(5):
        calls.take()
    assert store.asked == [1] * 5


def test_reserved_calls_expire_after_a_tenth_of_a_second():
    store, clock = Counter(), Clock()
    calls = ahead(store, 1_000_000, clock)
    for _ in range(4):
        calls.take()
    clock.now += 0.101
    calls.take()
    assert store.asked == [1, 2, 4, 1]


def test_the_last_calls_of_a_window_are_counted_one_by_one():
    store = Counter(room=5)
    calls = ahead(store, 1_000_000)
    assert [calls.take() for _ in range(6)] == [None] * 5 + [Wait(7)]
    assert store.room == 0


def test_a_pause_holds_for_calls_that_are_counted_already():
    store = Counter()
    calls = ahead(store, 1_000_000)
    for _ in range(4):
        calls.take()
    calls.pause(30)
    assert calls.take() == Wait(7)


def test_every_store_counts_several_together_or_none(store):
    opened = pacing._store(store, "calls_of_a_key", ((5, MINUTE), (100, 3600.0)), os.getpid())
    assert opened.take(1.0, 3) is None
    assert opened.left() == 97
    waits = opened.take(1.0, 3), opened.take(0.8, 2)
    assert all(wait and 59 < wait.seconds < 61 and not wait.requested for wait in waits)
    assert opened.take(1.0, 2) is None
    assert opened.left() == 95
    assert opened.take(1.0, 1)


def test_many_threads_never_get_more_than_a_large_allowance(store, monkeypatch):
    monkeypatch.setattr("debitoor_provider.services.pacing.prefetch._KEPT", MINUTE)
    pacer = Pacer("key", Allowance(per_minute=4_000), store=store, sleep=no_waiting)
    assert allowed_at_once(pacer, 4_100) == 4_000
