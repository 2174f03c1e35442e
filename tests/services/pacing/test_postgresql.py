from __future__ import annotations

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy.engine import make_url

from debitoor_provider.services.errors import Misconfigured, NotSent
from debitoor_provider.services.pacing import pacer as pacing
from debitoor_provider.services.pacing import postgresql as pacing_postgresql
from debitoor_provider.services.pacing.pacer import Allowance, Pacer
from tests.postgresql import cluster
from tests.services.scripted import CANARY
from tests.services.waiting import Woken, no_waiting


@pytest.fixture(autouse=True)
def forget_opened_stores():
    yield
    pacing._opened.cache_clear()
    pacing_postgresql._engine.cache_clear()


def run(url: str, statement: str) -> list[tuple]:
    with psycopg.connect(url, autocommit=True) as connection:
        done = connection.execute(statement)
        return done.fetchall() if done.description else []


def test_the_key_itself_is_not_there(postgresql_store):
    pacer = Pacer(CANARY, Allowance(per_minute=5), store=postgresql_store)
    pacer.acquire()
    pacer.pause(1)
    held = run(postgresql_store, "SELECT k::text || c::text FROM debitoor_pacing_keys k, debitoor_pacing_calls c")
    assert len(held) == 1
    assert CANARY not in str(held)


def test_calls_outside_the_window_are_deleted(postgresql_store, monkeypatch):
    monkeypatch.setattr(pacing, "_MARGIN", -59.99)
    pacer = Pacer("key", Allowance(per_minute=1000), store=postgresql_store)
    for _ in range(501):
        pacer.acquire()
    assert run(postgresql_store, "SELECT count(*) FROM debitoor_pacing_calls")[0][0] < 500


def test_after_the_server_s_clock_was_set_back_the_count_starts_again(postgresql_store):
    pacer = Pacer("key", Allowance(per_minute=2), store=postgresql_store, sleep=no_waiting)
    pacer.acquire()
    pacer.acquire()
    pacer.pause(50)
    run(postgresql_store, "UPDATE debitoor_pacing_calls SET at = at + interval '1 day'")
    run(postgresql_store, "UPDATE debitoor_pacing_keys SET paused_until = paused_until + interval '1 day'")
    other = Pacer("key", Allowance(per_minute=2), store=postgresql_store, sleep=no_waiting)
    pacing._opened.cache_clear()
    other.acquire()
    assert other.left() == 1


def test_an_unavailable_server_is_reported_and_asked_again(tmp_path):
    with cluster(tmp_path / "log") as server:
        url = server.url.render_as_string(hide_password=False)
        pacer = Pacer("key", Allowance(per_minute=5), store=url, sleep=no_waiting)
        pacer.acquire()
        server.stop(signal.SIGINT)
        with pytest.raises(NotSent) as away:
            pacer.acquire()
        pacer.pause(0.001)
        server.start()
        pacer.acquire()
        assert pacer.left() == 3
        server.stop(signal.SIGQUIT)  # as in a crash, after which the count starts again
        server.start()
        pacer.acquire()
        assert pacer.left() == 4
        pacing_postgresql._engine(url, os.getpid()).dispose()
    assert str(away.value) == "The store that counts the calls (PostgreSQL) does not answer, so nothing was sent."
    assert away.value.__suppress_context__


def test_the_tables_come_from_migrations(postgresql_store):
    Pacer("key", Allowance(per_minute=5), store=postgresql_store).acquire()
    assert run(postgresql_store, "SELECT version_num FROM debitoor_pacing_version") == [("0001",)]


def test_tables_from_before_the_migrations_are_taken_over(postgresql_store):
    pacer = Pacer("key", Allowance(per_minute=5), store=postgresql_store)
    pacer.acquire()
    run(postgresql_store, "DROP TABLE debitoor_pacing_version")
    run(postgresql_store, "DROP FUNCTION debitoor_pacing_count")  # as one with other parameters would not count either
    pacing._opened.cache_clear()
    later = Pacer("key", Allowance(per_minute=5), store=postgresql_store)
    later.acquire()
    assert later.left() == 3


def test_many_that_begin_at_once_migrate_once(postgresql_store):
    def begin(_: int) -> None:
        pacing_postgresql._ensure(pacing_postgresql._engine(postgresql_store, os.getpid()))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(begin, range(4)))
    assert run(postgresql_store, "SELECT version_num FROM debitoor_pacing_version") == [("0001",)]


def test_a_user_who_may_not_create_tables_uses_existing_ones(postgresql_store):
    address = make_url(postgresql_store)
    user = f"worker_{os.getpid()}"
    theirs = address.set(username=user, password="theirs").render_as_string(hide_password=False)
    run(postgresql_store, f"CREATE USER {user} PASSWORD 'theirs'")
    try:
        with pytest.raises(Misconfigured, match="cannot be used"):
            Pacer("key", Allowance(per_minute=1), store=theirs, sleep=no_waiting).acquire()
        Pacer("key", Allowance(per_minute=1), store=postgresql_store).acquire()
        run(
            postgresql_store,
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON debitoor_pacing_keys, debitoor_pacing_calls TO {user}",
        )
        with pytest.raises(Woken):
            Pacer("key", Allowance(per_minute=1), store=theirs, sleep=no_waiting).acquire()
    finally:
        pacing_postgresql._engine(theirs, os.getpid()).dispose()
        run(postgresql_store, f"DROP OWNED BY {user}")
        run(postgresql_store, f"DROP USER {user}")


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.set(password=CANARY),
        lambda url: url.set(database="nowhere"),
        lambda url: url.set(query={"nonsense": CANARY}),
    ],
    ids=["password", "database", "option"],
)
def test_what_a_person_has_to_correct_is_reported(postgresql_server, change):
    url = change(postgresql_server).render_as_string(hide_password=False)
    with pytest.raises(Misconfigured, match="pacing") as caught:
        Pacer("key", Allowance(per_minute=5), store=url).acquire()
    assert caught.value.remedy
    assert CANARY not in repr(vars(caught.value)) + str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("url", ["postgresql+nonsense://db/x", "postgresql://db:port/x"])
def test_an_address_that_cannot_work_is_reported(url):
    with pytest.raises(Misconfigured):
        Pacer("key", Allowance(per_minute=5), store=url)


def test_a_driver_that_is_not_installed_is_reported(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Misconfigured, match=r"not installed.*airflow-provider-debitoor\[postgres\]"):
        Pacer("key", Allowance(per_minute=5), store="postgresql://127.0.0.1:9/x")
