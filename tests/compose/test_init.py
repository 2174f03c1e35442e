"""The databases and the first user that the initialisation makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from docker import init
from tests.postgresql import cluster

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    with cluster(tmp_path_factory.mktemp("postgresql") / "log") as running:
        yield running.url


def address(server: URL, name: str, password: str) -> URL:
    return server.set(username=name, password=password, database=name)


def ask(url: URL, statement: str) -> object:
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        return connection.execute(statement).fetchone()


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


class Known:
    """The users and roles of the FAB provider, as far as the initialisation asks for them."""

    def __init__(self, *users: str) -> None:
        self.users = list(users)
        self.roles: dict[str, set[str]] = {"Admin": set(), "Viewer": set(), "Books": set()}

    def get_all_users(self) -> list[str]:
        return self.users

    def find_role(self, name: str) -> str | None:
        return name if name in self.roles else None

    def add_user(self, username: str, first_name: str, last_name: str, email: str, role: str, password: str) -> bool:
        self.users.append(f"{username}:{role}:{password}")
        return email == "boss@localhost"

    def create_permission(self, action_name: str, resource_name: str) -> str:
        return f"{action_name} on {resource_name}"

    def add_permission_to_role(self, role: str, permission: str) -> None:
        self.roles[role].add(permission)


def test_the_first_user_is_an_administrator_with_the_password_of_the_secret() -> None:
    known = Known()
    assert init.first_user(known, "boss", "secret")
    assert known.users == ["boss:Admin:secret"]


def test_no_user_is_added_where_there_are_some() -> None:
    known = Known("vic")
    assert not init.first_user(known, "boss", "secret")
    assert known.users == ["vic"]


def test_users_are_made_where_the_fab_provider_keeps_them_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(init, "airflow", lambda *_, **__: True)
    monkeypatch.setattr(init, "make_users", lambda: made.append("users"))
    monkeypatch.delenv("POSTGRES_SERVER", raising=False)
    for manager in ("here.KeycloakAuthManager", "there.FabAuthManager"):
        monkeypatch.setenv("AIRFLOW__CORE__AUTH_MANAGER", manager)
        init.main()
        assert bool(made) == manager.endswith("FabAuthManager")


def test_a_first_user_who_could_not_be_added_ends_the_initialisation() -> None:
    with pytest.raises(SystemExit, match="other"):
        init.first_user(Known(), "other", "secret")


def test_those_of_the_stock_roles_that_are_there_may_open_the_pages_of_plugins() -> None:
    known = Known()
    init.readers_of_pages(known)
    assert known.roles == {"Admin": set(), "Viewer": {"can_read on Plugins"}, "Books": set()}
