"""The page as a browser meets it: mounted like in Airflow's API server, with Airflow's own auth manager."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from airflow.api_fastapi.app import init_auth_manager, purge_cached_app
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.models.connection import Connection
from airflow.models.dag import DagModel
from airflow.models.dagbundle import DagBundleModel
from airflow.models.dagrun import DagRun
from airflow.models.log import Log
from airflow.models.team import Team
from airflow.utils.session import create_session
from fastapi import FastAPI
from starlette.testclient import TestClient

from debitoor_provider.plugin import PREFIX
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.ui.app import app
from debitoor_provider.ui.ledger import opened_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from debitoor_provider.sync.ledger import Ledger

ORIGIN = "http://testserver"
_TABLES = (Log, DagRun, DagModel, Connection, DagBundleModel, Team)


@pytest.fixture
def airflow(airflow_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Prepare Airflow's own tables, empty, and its auth manager as the API server has it."""
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "server")  # connections come from the database
    monkeypatch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "a secret of the tests that is long enough for HS512, " * 2)
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", str(tmp_path / "passwords.json"))
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", "admin:admin,op:op,user:user,viewer:viewer")
    _empty()
    init_auth_manager()
    yield
    purge_cached_app()
    _empty()


def _empty() -> None:
    with create_session() as session:
        for table in _TABLES:
            session.execute(sa.delete(table))


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the account files."""
    folder = tmp_path / "accounts"
    folder.mkdir(exist_ok=True)
    monkeypatch.setenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", str(folder))
    return folder


@pytest.fixture
def ledger(ledger_file: Path) -> Iterator[Ledger]:
    """Open the ledger that the page shows; a separate one for each test."""
    ledger = opened_ledger()
    yield ledger
    ledger.close()


@pytest.fixture
def page(airflow: None, accounts: Path, ledger: Ledger) -> Iterator[Callable[..., TestClient]]:
    """Open the page as a user of a role, or anonymously. Changes are sent as the page itself sends them."""
    outer = FastAPI()
    outer.mount(PREFIX, app)
    with ExitStack() as stack:
        stack.enter_context(TestClient(app))  # Airflow enters the lifespans of the apps it mounts

        def open_page(role: str | None = "admin", team: str | None = None) -> TestClient:
            client = TestClient(outer, base_url=f"{ORIGIN}{PREFIX}", headers={"Origin": ORIGIN})
            if role is not None:
                client.cookies.set("_token", token_of(role, team))
            return client

        yield open_page


def token_of(role: str, team: str | None = None) -> str:
    """Sign a user in; the user is named like the role."""
    user = SimpleAuthManagerUser(username=role, role=role, teams=[team] if team else None)
    return init_auth_manager().generate_jwt(user)


@pytest.fixture
def dag_models(airflow: None) -> Callable[..., None]:
    """Register DAGs of accounts in Airflow, as if it had read their files."""

    def enter(*account_ids: str, team: str | None = None, **fields: Any) -> None:
        bundle = f"bundle-of-{team}" if team else "dags-folder"
        with create_session() as session:
            if session.get(DagBundleModel, bundle) is None:
                row = DagBundleModel(name=bundle)
                if team:
                    row.teams = [session.get(Team, team) or Team(name=team)]
                session.add(row)
                session.flush()
            for account_id in account_ids:
                known = {"is_paused": False, "is_stale": False, "fileloc": "sync.py", "relative_fileloc": "sync.py"}
                session.add(DagModel(dag_id=DAG_ID_PREFIX + account_id, bundle_name=bundle, **known | fields))

    return enter


@pytest.fixture
def account_file(accounts: Path) -> Callable[..., Path]:
    """Write account files; return their paths."""

    def write(stem: str = "acme", direction: str = "export", **settings: object) -> Path:
        described = {
            "type": direction,
            "name": stem.title(),
            "debitoor_id": f"books@{stem}.example",
            "connections": {"getmyinvoices": "gmi", "debitoor": "debitoor"},
            **settings,
        }
        path = accounts / f"{stem}.yaml"
        path.write_text(json.dumps(described))
        return path

    return write


@pytest.fixture
def audit_log(airflow: None) -> Callable[[], list[Log]]:
    """Read Airflow's audit log, oldest entry first."""

    def read() -> list[Log]:
        with create_session() as session:
            rows = list(session.scalars(sa.select(Log).order_by(Log.id)))
            session.expunge_all()
            return rows

    return read


@pytest.fixture
def rows(page: Callable[..., TestClient]) -> Callable[..., dict[str, dict[str, Any]]]:
    """Return the rows of the list by id, in its order."""
    client = page()

    def read(**query: Any) -> dict[str, dict[str, Any]]:
        answer = client.get("api/accounts", params=query)
        assert answer.status_code == 200, answer.text
        return {row["id"]: row for row in answer.json()["accounts"]}

    return read
