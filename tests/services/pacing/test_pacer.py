from __future__ import annotations

import multiprocessing
import time

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.services.errors import Misconfigured, QuotaUsedUp, RateLimited
from debitoor_provider.services.http.retry import Backoff
from debitoor_provider.services.http.session import ServiceSession
from debitoor_provider.services.http.transport import Call, Transport
from debitoor_provider.services.pacing import memory as pacing_memory
from debitoor_provider.services.pacing import pacer as pacing
from debitoor_provider.services.pacing.pacer import Allowance, Pacer, slow_down
from tests.services.scripted import CANARY, Reply
from tests.services.waiting import Woken, allowed_at_once, no_waiting

MEMORY = "memory://"


@pytest.fixture(autouse=True)
def forget_opened_stores():
    yield
    pacing._opened.cache_clear()


class TestAllowance:
    def test_calls_within_it_do_not_wait(self, store):
        pacer = Pacer("key", Allowance(per_minute=5), store=store, sleep=no_waiting)
        for _ in range(5):
            pacer.acquire()

    def test_the_call_after_the_last_one_waits_for_the_first_to_leave_the_minute(self, store):
        pacer = Pacer("key", Allowance(per_minute=5), store=store, sleep=no_waiting)
        for _ in range(5):
            pacer.acquire()
        with pytest.raises(Woken) as waited:
            pacer.acquire()
        assert 59 < waited.value.seconds < 61

    def test_a_call_continues_when_its_wait_is_over(self, store, monkeypatch):
        monkeypatch.setattr(pacing, "_MARGIN", -59.95)
        pacer = Pacer("key", Allowance(per_minute=2), store=store)
        started = time.monotonic()
        for _ in range(5):
            pacer.acquire()
        assert time.monotonic() - started >= 0.09

    def test_the_day_s_end_is_not_slept_through(self, store):
        pacer = Pacer("key", Allowance(per_minute=100, per_day=3), store=store, sleep=no_waiting)
        for _ in range(3):
            pacer.acquire()
        with pytest.raises(QuotaUsedUp, match=r"in about 24 h 0 min|in about 23 h") as used_up:
            pacer.acquire()
        assert 86_000 < used_up.value.retry_after < 86_500

    def test_pacers_of_one_key_share_it(self, store):
        first, second = (Pacer("key", Allowance(per_minute=2), store=store, sleep=no_waiting) for _ in range(2))
        first.acquire()
        second.acquire()
        for pacer in (first, second):
            with pytest.raises(Woken):
                pacer.acquire()

    def test_another_key_has_one_of_its_own(self, store):
        spent = Pacer("key", Allowance(per_minute=1), store=store, sleep=no_waiting)
        spent.acquire()
        with pytest.raises(Woken):
            spent.acquire()
        Pacer("other", Allowance(per_minute=1), store=store, sleep=no_waiting).acquire()

    def test_how_much_of_it_is_left(self, store):
        pacer = Pacer("key", Allowance(per_minute=10, per_day=50), store=store, sleep=no_waiting)
        assert pacer.left() == 50
        for _ in range(3):
            pacer.acquire()
        assert pacer.left() == 47

    def test_an_unlimited_allowance_has_no_remaining_number(self, store):
        assert Pacer("key", Allowance(), store=store).left() is None

    def test_calls_outside_the_window_are_not_counted(self, store, monkeypatch):
        monkeypatch.setattr(pacing, "_MARGIN", -59.99)
        monkeypatch.setattr(pacing_memory, "SWEEP_EVERY", 1)
        pacer = Pacer("key", Allowance(per_minute=5), store=store)
        for _ in range(3):
            pacer.acquire()
        time.sleep(0.015)
        pacer.acquire()
        assert pacer.left() >= 4

    def test_many_threads_never_get_more(self, store):
        pacer = Pacer("key", Allowance(per_minute=20), store=store, sleep=no_waiting)
        assert allowed_at_once(pacer, 60) == 20

    def test_a_call_asks_the_store_once_at_most(self, store, monkeypatch):
        pacer = Pacer("key", Allowance(per_minute=100_000, per_day=1_000_000), store=store)
        counted = pacer._counting()._store
        take, asked = counted.take, []
        monkeypatch.setattr(counted, "take", lambda share, calls: asked.append(calls) or take(share, calls))
        for _ in range(50):
            pacer.acquire()
        assert len(asked) <= 50 <= sum(asked)


class TestPause:
    def test_a_wait_that_the_service_requested_is_kept(self):
        now = [100.0]
        naps: list[float] = []
        pacer = Pacer("key", Allowance(), sleep=naps.append, clock=lambda: now[0])
        pacer.pause(7)
        pacer.pause(3)
        pacer.acquire()
        now[0] += 8
        pacer.acquire()
        assert naps == [7]

    def test_a_wait_that_is_extended_meanwhile_is_waited_completely(self):
        now = [100.0]
        naps: list[float] = []

        def nap(seconds: float) -> None:
            naps.append(seconds)
            now[0] += seconds
            if len(naps) == 1:
                pacer.pause(5)  # as another thread does after an answer

        pacer = Pacer("key", Allowance(), sleep=nap, clock=lambda: now[0])
        pacer.pause(7)
        pacer.acquire()
        assert naps == [7, 5]

    @pytest.mark.parametrize("seconds", [61, 85, 600])
    def test_one_of_more_than_a_minute_is_left_to_the_scheduler(self, store, seconds):
        pacer = Pacer("key", Allowance(), store=store, sleep=no_waiting, clock=lambda: 100.0)
        pacer.pause(seconds)
        with pytest.raises(RateLimited) as later:
            pacer.acquire()
        assert later.value.retry_after == seconds

    @pytest.mark.parametrize("allowance", [Allowance(), Allowance(per_minute=5)], ids=["no limit", "limit"])
    def test_a_wait_requested_from_one_client_is_kept_by_all_with_the_same_key(self, shared_store, allowance):
        asked, other = (Pacer("key", allowance, store=shared_store, sleep=no_waiting) for _ in range(2))
        other.acquire()
        asked.pause(30)
        asked.pause(3)
        with pytest.raises(Woken) as waited:
            other.acquire()
        assert 29 < waited.value.seconds <= 30
        Pacer("another key", allowance, store=shared_store, sleep=no_waiting).acquire()

    @pytest.mark.parametrize(("asked_for", "said"), [(85, "1 min"), (600, "10 min")])
    def test_a_long_wait_of_another_client_is_left_to_the_scheduler_too(self, shared_store, asked_for, said):
        """As when a step meets what is left of the wait that the step before it was asked for."""
        asked, other = (Pacer("key", Allowance(5), store=shared_store, sleep=no_waiting) for _ in range(2))
        asked.pause(asked_for)
        with pytest.raises(RateLimited) as later:
            other.acquire()
        assert asked_for - 1 < later.value.retry_after <= asked_for
        assert str(later.value) == f"The service asked to slow down. The next call is possible in about {said}."

    def test_no_pause_is_longer_than_a_day(self, shared_store):
        asked, other = (Pacer("key", Allowance(5), store=shared_store, sleep=no_waiting) for _ in range(2))
        asked.pause(10**9)
        with pytest.raises(RateLimited) as later:
            other.acquire()
        assert later.value.retry_after <= 86400

    @pytest.mark.parametrize(
        ("headers", "seconds"), [({"Retry-After": "30"}, 30), ({}, 20)], ids=["with a delay", "without a delay"]
    )
    def test_an_answer_that_asks_to_wait_holds_for_all_clients(self, shared_store, service, headers, seconds):
        service.on("GET", "/a", Reply({}, status=429, headers=headers), Reply({}))
        asked, other = (
            Transport(
                ServiceSession(service.url, allow_http=True),
                service="Acme",
                explain=lambda answer, _: slow_down("Acme", answer.retry_after) if answer.status == 429 else None,
                pacing=Pacer("key", Allowance(5), store=shared_store, sleep=no_waiting),
                backoff=Backoff(slow_down=(20,), longest=0, sleep=no_waiting),
            )
            for _ in range(2)
        )
        with pytest.raises((RateLimited, Woken)):
            asked.call(Call("read", "GET", "/a"), lambda payload: payload)
        with pytest.raises(Woken) as waited:
            other.call(Call("read", "GET", "/a"), lambda payload: payload)
        asked.close()
        other.close()
        assert seconds - 2 < waited.value.seconds <= seconds
        assert len(service.calls("GET", "/a")) == 1

    def test_one_that_is_made_longer_again_and_again_is_left_to_the_scheduler(self):
        now = [100.0]

        def nap(seconds: float) -> None:
            now[0] += seconds
            pacer.pause(50)  # another thread met one

        pacer = Pacer("key", Allowance(), sleep=nap, clock=lambda: now[0])
        pacer.pause(50)
        with pytest.raises(RateLimited) as later:
            pacer.acquire()
        assert later.value.retry_after == 50
        assert now[0] == 150

    def test_calls_continue_when_it_is_over(self, shared_store):
        asked, other = (Pacer("key", Allowance(5), store=shared_store) for _ in range(2))
        started = time.monotonic()
        asked.pause(0.2)
        other.acquire()
        assert 0.15 < time.monotonic() - started < 10


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


def _pause(store: str) -> None:
    Pacer("key", Allowance(per_minute=30), store=store, sleep=no_waiting).pause(30)


class TestProcesses:
    def test_many_never_get_more_than_allowed(self, shared_store):
        context = multiprocessing.get_context("spawn")
        taken = context.Queue()
        workers = [context.Process(target=_take, args=(shared_store, 20, taken)) for _ in range(3)]
        for worker in workers:
            worker.start()
        counts = [taken.get(timeout=60) for _ in workers]
        for worker in workers:
            worker.join()
        taken.close()
        taken.join_thread()
        assert sum(counts) == 30

    def test_a_pause_that_one_met_is_kept_by_another(self, shared_store):
        worker = multiprocessing.get_context("spawn").Process(target=_pause, args=(shared_store,))
        worker.start()
        worker.join()
        with pytest.raises(Woken) as waited:
            Pacer("key", Allowance(per_minute=30), store=shared_store, sleep=no_waiting).acquire()
        assert 0 < waited.value.seconds <= 30

    def test_a_forked_one_counts_with_connections_of_its_own(self, shared_store):
        pacer = Pacer("key", Allowance(per_minute=3), store=shared_store, sleep=no_waiting)
        pacer.acquire()
        context = multiprocessing.get_context("fork")
        child = context.Process(target=pacer.acquire)
        child.start()
        child.join()
        assert child.exitcode == 0
        pacer.acquire()
        with pytest.raises(Woken):
            pacer.acquire()


@pytest.mark.parametrize("shared_store", ["redis", "postgresql"], indirect=True)
def test_machines_whose_clocks_differ_count_together(shared_store):
    pacer = Pacer("key", Allowance(per_minute=2), store=shared_store, sleep=no_waiting)
    pacer.acquire()
    with time_machine.travel(time.time() + 7200):
        pacer.acquire()
    with time_machine.travel(time.time() - 7200), pytest.raises(Woken) as waited:
        pacer.acquire()
    assert 55 < waited.value.seconds < 61


def test_without_a_limit_no_store_is_opened():
    Pacer("key", Allowance(), sleep=no_waiting).acquire()
    assert pacing._opened.cache_info().currsize == 0


@pytest.mark.parametrize(
    "url", ["mysql://db/x", "redis", "sqlite://", "sqlite://host/x", "", "x", "postgresql", f"amqp://{CANARY}@h"]
)
def test_an_unknown_store_is_reported(url):
    with pytest.raises(Misconfigured, match="pacing") as caught:
        Pacer("key", Allowance(per_minute=1), store=url)
    assert CANARY not in str(caught.value)


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
    Pacer("key", Allowance(per_minute, per_hour, per_day), store=MEMORY, sleep=no_waiting).acquire()
