"""The databases and the first user that the initialisation makes."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from docker import init
from tests.postgresql import cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    with cluster(tmp_path_factory.mktemp("postgresql") / "log") as running:
        yield running.url


def address(server: URL, name: str, password: str) -> URL:
    return server.set(username=name, password=password, database=name)


def ask(url: URL, statement: str) -> object:
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        return connection.execute(statement).fetchone()  # type: ignore[arg-type]


def test_each_database_has_a_role_of_its_own_that_gets_into_no_other(server: URL) -> None:
    airflow = address(server, "air'flow", "it's")
    ledger = make_url(str(address(server, "books", "x"))).set(drivername="postgresql+psycopg", password="a@b/c")
    for wanted in (airflow, ledger):
        init.database(server, wanted)
    for url in (airflow, ledger.set(drivername="postgresql")):
        assert ask(url, "SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)") == (
            url.username, False,
        )  # fmt: skip
    with psycopg.connect(airflow.render_as_string(hide_password=False)) as connection:
        connection.execute("CREATE TABLE mine (one integer)")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        ask(airflow.set(database="books"), "SELECT 1")


def test_a_second_run_keeps_existing_data_and_sets_a_new_password(server: URL) -> None:
    first = address(server, "kept", "one")
    init.database(server, first)
    with psycopg.connect(first.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute("CREATE TABLE mine AS SELECT 5 AS one")
    second = first.set(password="two")
    init.database(server, second)
    assert ask(second, "SELECT one FROM mine") == (5,)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(first, "SELECT 1")


def test_the_first_user_gets_the_password_of_the_secret_and_the_others_keep_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(init, "secret", {"admin_password": "new"}.__getitem__)
    file = tmp_path / "passwords.json"
    init.first_user("boss:admin,vic:viewer", file)
    assert json.loads(file.read_text()) == {"boss": "new"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text(json.dumps({"boss": "old", "vic": "own"}))
    init.first_user("boss:admin,vic:viewer", file)
    assert json.loads(file.read_text()) == {"boss": "new", "vic": "own"}
