from __future__ import annotations

from itertools import count

import pytest
from airflow.sdk import Connection

from debitoor_provider.hooks import kept as module
from debitoor_provider.hooks.base import NoConnection
from debitoor_provider.hooks.getmyinvoices import GetMyInvoicesHook
from debitoor_provider.hooks.kept import SECONDS, KeptConnections


@pytest.fixture
def clock(monkeypatch):
    """Set the time that has passed."""
    now = [1000.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    return lambda seconds: now.__setitem__(0, now[0] + seconds)


@pytest.fixture
def look_up():
    """Return a connection with the number of the look-up in its host."""
    numbers = count(1)
    return lambda conn_id: Connection(conn_id=conn_id, host=str(next(numbers)))


def test_a_connection_is_looked_up_once_within_some_minutes(clock, look_up):
    kept = KeptConnections()
    assert [kept.find("gmi", look_up).host for _ in range(3)] == ["1", "1", "1"]
    clock(SECONDS)
    assert kept.find("gmi", look_up).host == "2"


def test_each_has_its_own(clock, look_up):
    kept = KeptConnections()
    assert [kept.find(conn_id, look_up).host for conn_id in ("a", "b", "a")] == ["1", "2", "1"]


def test_it_is_looked_up_again_once_it_is_forgotten(clock, look_up):
    kept = KeptConnections()
    kept.find("gmi", look_up)
    kept.forget("gmi", "unknown")
    assert kept.find("gmi", look_up).host == "2"


class TestIsCurrent:
    KEY = Connection(conn_id="gmi", host="gmi.example", password="old", extra="{}")

    @pytest.fixture
    def kept(self, clock):
        kept = KeptConnections()
        kept.find("gmi", lambda _: self.KEY)
        return kept

    @pytest.mark.parametrize("forgets", [False, True])
    def test_one_that_is_as_it_was(self, kept, forgets):
        """Also when another run of the same connection has forgotten it in the meantime."""
        if forgets:
            kept.forget("gmi")
        assert kept.is_current("gmi", lambda _: Connection(**vars_of(self.KEY)))

    @pytest.mark.parametrize("change", [{"password": "new"}, {"host": "other.example"}, {"extra": '{"a": 1}'}])
    def test_one_that_was_changed(self, kept, change):
        assert not kept.is_current("gmi", lambda _: Connection(**{**vars_of(self.KEY), **change}))

    def test_one_that_is_not_known_or_not_there_any_more(self, kept, look_up, clock):
        def nothing(_: str) -> Connection:
            raise LookupError

        assert not kept.is_current("other", look_up)
        assert not kept.is_current("gmi", nothing)
        clock(SECONDS)
        assert not kept.is_current("gmi", lambda _: self.KEY)


def vars_of(connection: Connection) -> dict[str, object]:
    return {name: getattr(connection, name) for name in ("conn_id", "host", "password", "extra")}


def test_those_kept_longest_make_room(clock, look_up):
    kept = KeptConnections(most=2)
    for conn_id in ("a", "b", "c"):
        kept.find(conn_id, look_up)
    assert [kept.find(conn_id, look_up).host for conn_id in ("c", "b", "a")] == ["3", "2", "4"]


def test_one_that_is_not_there_is_not_kept(look_up):
    def nothing(_: str) -> Connection:
        raise LookupError

    kept = KeptConnections()
    with pytest.raises(LookupError):
        kept.find("gmi", nothing)
    assert kept.find("gmi", look_up).host == "1"


def test_a_hook_may_use_the_one_that_is_kept(acme, monkeypatch):
    with GetMyInvoicesHook.kept("gmi") as hook:
        hook.client.account()
    monkeypatch.delenv("AIRFLOW_CONN_GMI")
    with GetMyInvoicesHook.kept("gmi") as hook:
        assert hook.client.account().account_id


def test_an_empty_id_is_no_connection():
    with (
        pytest.raises(NoConnection, match="The id of the connection to GetMyInvoices is empty"),
        GetMyInvoicesHook("") as hook,
    ):
        assert hook.client
