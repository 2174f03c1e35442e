"""Calls of low priority leave a part of the allowance to the others, which go first."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from debitoor_provider.services.errors import QuotaUsedUp
from debitoor_provider.services.pacing import pacer as pacing
from debitoor_provider.services.pacing.pacer import Allowance, Pacer
from tests.services.waiting import Woken, no_waiting


@pytest.fixture(autouse=True)
def forget_opened_stores():
    yield
    pacing._opened.cache_clear()


def test_a_fifth_is_left_to_the_others(store):
    background = Pacer("key", Allowance(per_minute=10), store=store, low_priority=True, sleep=no_waiting)
    other = Pacer("key", Allowance(per_minute=10), store=store, sleep=no_waiting)
    for _ in range(8):
        background.acquire()
    for _ in range(2):
        with pytest.raises(Woken) as waited:
            background.acquire()
        assert 59 < waited.value.seconds < 61
        other.acquire()
    with pytest.raises(Woken):
        other.acquire()


def test_what_the_others_used_counts(store):
    background = Pacer("key", Allowance(per_minute=10), store=store, low_priority=True, sleep=no_waiting)
    other = Pacer("key", Allowance(per_minute=10), store=store, sleep=no_waiting)
    for _ in range(8):
        other.acquire()
    with pytest.raises(Woken):
        background.acquire()


def test_the_day_has_calls_left_when_a_long_period_has_used_its_part(store):
    allowance = Allowance(per_minute=100, per_day=5)
    background = Pacer("key", allowance, store=store, low_priority=True, sleep=no_waiting)
    other = Pacer("key", allowance, store=store, sleep=no_waiting)
    for _ in range(4):
        background.acquire()
    assert (background.left(), other.left()) == (1, 1)
    with pytest.raises(QuotaUsedUp, match="The part of the call allowance that long periods may use is used up"):
        background.acquire()
    other.acquire()
    with pytest.raises(QuotaUsedUp, match="The call allowance is used up"):
        other.acquire()


def test_the_only_call_of_a_minute_may_be_one_of_low_priority(store):
    background = Pacer("key", Allowance(per_minute=1), store=store, low_priority=True, sleep=no_waiting)
    background.acquire()
    with pytest.raises(Woken):
        background.acquire()


def test_without_a_limit_there_is_nothing_to_leave(store):
    background = Pacer("key", Allowance(), store=store, low_priority=True, sleep=no_waiting)
    for _ in range(3):
        background.acquire()
    assert background.left() is None


def test_a_call_of_low_priority_continues_when_there_is_room_again(store, monkeypatch):
    monkeypatch.setattr(pacing, "_MARGIN", -59.95)
    background = Pacer("key", Allowance(per_minute=5), store=store, low_priority=True)
    started = time.monotonic()
    for _ in range(10):
        background.acquire()
    assert time.monotonic() - started >= 0.09  # four in each window of 50 ms


def test_a_crowd_of_calls_of_low_priority_delays_no_other(store, monkeypatch):
    monkeypatch.setattr(pacing, "_MARGIN", -59)  # windows of a second
    allowance, wanted, crowd = Allowance(per_minute=50), 40, 24
    calls, under_way, enough = itertools.count(1), threading.Event(), threading.Event()

    def press() -> None:
        background = Pacer("key", allowance, store=store, low_priority=True)
        while not enough.is_set():
            background.acquire()
            if next(calls) == 40:  # no more fit into a second
                under_way.set()

    with ThreadPoolExecutor(crowd) as pool:
        pressing = [pool.submit(press) for _ in range(crowd)]
        try:
            assert under_way.wait(30)
            due, started = Pacer("key", allowance, store=store), time.monotonic()
            for _ in range(wanted):
                due.acquire()
            took = time.monotonic() - started
        finally:
            enough.set()
    for one in pressing:
        one.result()
    assert took < 6  # ten are kept free in each second; on equal terms with the crowd it would be 40 / 50 s times 25
