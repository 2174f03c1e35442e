from __future__ import annotations

import os
import sys

import pytest

from debitoor_provider.services.errors import Misconfigured, NotSent
from debitoor_provider.services.pacing import pacer as pacing
from debitoor_provider.services.pacing import redis as pacing_redis
from debitoor_provider.services.pacing.pacer import Allowance, Pacer
from tests.services.scripted import CANARY
from tests.services.waiting import no_waiting


@pytest.fixture(autouse=True)
def forget_opened_stores():
    yield
    pacing._opened.cache_clear()
    pacing_redis._client.cache_clear()


def client_of(store: str):
    return pacing_redis._client(store, os.getpid())


def test_the_key_itself_is_not_there(redis_store):
    pacer = Pacer(CANARY, Allowance(per_minute=5), store=redis_store)
    pacer.acquire()
    pacer.pause(1)
    client = client_of(redis_store)
    held = [(key, client.dump(key)) for key in client.scan_iter()]
    assert len(held) == 2
    assert CANARY.encode() not in b"".join(part for pair in held for part in pair)


def test_an_entry_unused_for_a_day_is_forgotten(redis_store):
    pacer = Pacer("key", Allowance(per_minute=5, per_day=100), store=redis_store)
    pacer.acquire()
    pacer.pause(100)
    client = client_of(redis_store)
    left = [client.ttl(key) for key in client.scan_iter()]
    assert len(left) == 2
    assert all(0 < seconds <= 86401 for seconds in left)


def test_after_the_server_s_clock_was_set_back_the_count_starts_again(redis_store):
    pacer = Pacer("key", Allowance(per_minute=2), store=redis_store, sleep=no_waiting)
    pacer.acquire()
    pacer.acquire()
    client = client_of(redis_store)
    (calls,) = client.scan_iter()
    for call in client.zrange(calls, 0, -1):
        client.zincrby(calls, 86_400_000, call)
    pacing._opened.cache_clear()
    other = Pacer("key", Allowance(per_minute=2), store=redis_store, sleep=no_waiting)
    other.acquire()
    assert other.left() == 1


def test_an_unavailable_server_is_reported_and_asked_again(redis_server, redis_store):
    pacer = Pacer("key", Allowance(per_minute=5), store=redis_store, sleep=no_waiting)
    pacer.acquire()
    redis_server.stop()
    try:
        with pytest.raises(NotSent) as away:
            pacer.acquire()
        pacer.pause(0.001)
    finally:
        redis_server.start()
    pacer.acquire()  # its memory is empty: it does not even know the script any more
    assert str(away.value) == "The store that counts the calls (Redis) does not answer, so nothing was sent."
    assert away.value.__suppress_context__


def test_an_answer_that_was_lost_counts_once(redis_store, monkeypatch):
    monkeypatch.setattr(pacing_redis.secrets, "token_hex", lambda _: "the same call")
    pacer = Pacer("key", Allowance(per_minute=5), store=redis_store)
    pacer.acquire()
    pacer.acquire()
    assert pacer.left() == 4


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("of-the-tests", CANARY),
        lambda url: f"{url}?nonsense={CANARY}",
        lambda url: url.replace("/0", "/100000"),
        lambda url: f"redis://:{CANARY}@127.0.0.1:port/0",
    ],
    ids=["password", "option", "database", "port"],
)
def test_what_a_person_has_to_correct_is_reported(redis_server, change):
    with pytest.raises(Misconfigured, match="pacing") as caught:
        Pacer("key", Allowance(per_minute=5), store=change(redis_server.url)).acquire()
    assert caught.value.remedy
    assert CANARY not in repr(vars(caught.value)) + str(caught.value)
    assert caught.value.__suppress_context__


def test_a_key_of_another_type_is_reported(redis_store):
    pacer = Pacer("key", Allowance(per_minute=5), store=redis_store)
    pacer.acquire()
    client = client_of(redis_store)
    (key,) = client.scan_iter()
    client.set(key, "not a sorted set")
    with pytest.raises(Misconfigured, match="cannot be used"):
        pacer.acquire()


def test_a_driver_that_is_not_installed_is_reported(monkeypatch):
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(Misconfigured, match=r"not installed.*airflow-provider-debitoor\[redis\]"):
        Pacer("key", Allowance(per_minute=5), store="redis://127.0.0.1:9/0")
