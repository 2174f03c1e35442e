"""Who may add connections reads which roles do not get to see the page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.ui.roles import roles_without_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient


def role(name: str, *readable: str) -> SimpleNamespace:
    """Return a role as the FAB provider has it."""
    may = [
        SimpleNamespace(action=SimpleNamespace(name="can_read"), resource=SimpleNamespace(name=what))
        for what in readable
    ]
    edit = SimpleNamespace(action=SimpleNamespace(name="can_edit"), resource=SimpleNamespace(name="Plugins"))
    return SimpleNamespace(name=name, permissions=[*may, edit])


@pytest.fixture
def fab(page: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the auth manager the roles of the FAB provider, as far as they matter here."""
    from airflow.api_fastapi.app import get_auth_manager

    roles = [
        role("Admin", "DAGs", "Plugins"),
        role("Viewer", "DAGs", "Website"),
        role("User", "DAGs"),
        role("Public"),
    ]
    security = SimpleNamespace(get_all_roles=lambda: roles)
    monkeypatch.setattr(get_auth_manager(), "security_manager", security, raising=False)


def test_roles_that_read_dags_but_no_plugins_are_named(fab: None) -> None:
    assert roles_without_page() == ["User", "Viewer"]


def test_only_who_may_add_connections_reads_them(fab: None, page: Callable[..., TestClient]) -> None:
    assert page("op").get("api/me").json()["roles_without_page"] == ["User", "Viewer"]
    assert page("user").get("api/me").json()["roles_without_page"] == []


def test_an_auth_manager_without_such_roles_has_none(page: Callable[..., TestClient]) -> None:
    assert page("op").get("api/me").json()["roles_without_page"] == []
