"""What people of a role are offered: nothing that they could not finish."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from airflow.api_fastapi.app import get_auth_manager
from airflow.models.connection import Connection
from airflow.utils.session import create_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.api_fastapi.auth.managers.models.resource_details import ConnectionDetails
    from starlette.testclient import TestClient


def test_an_auth_manager_without_such_roles_has_none(page: Callable[..., TestClient]) -> None:
    assert page("op").get("api/me").json()["roles_without_page"] == []


@pytest.fixture
def connected(airflow: None) -> None:
    """Enter a connection to each service."""
    with create_session() as session:
        for conn_type in ("getmyinvoices", "debitoor"):
            session.add(Connection(conn_id=f"{conn_type}_1", conn_type=conn_type, password="secret"))


@pytest.mark.parametrize(
    ("who", "create", "connect"),
    [("viewer", False, False), ("user", False, False), ("op", True, True), ("admin", True, True)],
)
def test_an_account_is_added_only_by_who_may_use_connections(
    page: Callable[..., TestClient], connected: None, who: str, create: bool, connect: bool
) -> None:
    assert page(who).get("api/me").json()["rights"] == {"create": create, "connect": connect}


@pytest.mark.parametrize(("editable", "create"), [("getmyinvoices_1", False), ("getmyinvoices_1 debitoor_1", True)])
def test_who_may_edit_one_connection_to_each_service_may_add_an_account(
    page: Callable[..., TestClient],
    connected: None,
    monkeypatch: pytest.MonkeyPatch,
    editable: str,
    create: bool,
) -> None:
    def decide(*, details: ConnectionDetails | None = None, **_: object) -> bool:
        return bool(details and details.conn_id in editable.split())

    monkeypatch.setattr(get_auth_manager(), "is_authorized_connection", decide)
    assert page("user").get("api/me").json()["rights"] == {"create": create, "connect": False}


def test_who_may_only_edit_connections_adds_none(
    page: Callable[..., TestClient], connected: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decide(*, method: str, **_: object) -> bool:
        return method == "PUT"

    monkeypatch.setattr(get_auth_manager(), "is_authorized_connection", decide)
    client = page("user")
    assert client.get("api/me").json()["rights"]["connect"] is True  # such as one that has to be renewed
    new, known = (
        [
            client.put(f"api/connections/getmyinvoices_{number}/getmyinvoices", json={"api_key": "k"}).status_code,
            client.post(f"api/connections/debitoor_{number}/consent", json={}).status_code,
        ]
        for number in (2, 1)
    )
    assert new == [403, 403]
    assert 403 not in known
    monkeypatch.setattr(get_auth_manager(), "is_authorized_connection", lambda *, method, **_: method == "POST")
    assert client.put("api/connections/getmyinvoices_2/getmyinvoices", json={"api_key": "k"}).status_code != 403


def test_connections_are_listed_by_their_right_where_the_auth_manager_lists_all(
    page: Callable[..., TestClient], connected: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The FAB provider's does, whatever a user's role is (seen with 3.10.2)."""
    everything = {"getmyinvoices_1", "debitoor_1"}
    monkeypatch.setattr(get_auth_manager(), "get_authorized_connections", lambda **_: everything)
    listed = {who: page(who).get("api/connections").json()["connections"] for who in ("viewer", "user", "op")}
    assert {who: {row["id"] for row in rows} for who, rows in listed.items()} == {
        "viewer": set(),
        "user": set(),
        "op": everything,
    }
