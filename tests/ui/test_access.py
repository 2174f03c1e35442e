"""Every route of the page has one rule, and opens to whom the table below says: a route that is not in it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.models.connection import Connection
from airflow.models.dag import DagModel
from airflow.models.team import Team
from airflow.utils.session import create_session
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import PlannedDocument, State
from debitoor_provider.ui.access import AccessRule, Right, rights, visible
from debitoor_provider.ui.app import app
from tests.ui.conftest import token_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.testclient import TestClient

    from debitoor_provider.sandbox.client import SandboxAdmin
    from debitoor_provider.sync.ledger import Ledger

ROLES = [None, "viewer", "user", "op", "admin"]
"""Each may do what those before it may."""
ANYBODY = "viewer"
"""Any signed-in user, of any team; the answer is narrowed to what that user may see."""

ONE = "/api/accounts/{account_id}"
CONNECTION = "/api/connections/{connection_id}"
OPEN_TO_ALL_USERS = {
    "GET /api/me",
    "GET /api/accounts",
    "GET /api/attention",
    "GET /api/attention/count",
    "GET /api/documents",
    "GET /api/documents.csv",
    "GET /api/documents/sums",
    "GET /api/folders/problems",
    "GET /api/runs",
    "GET /api/choices",
    "GET /api/connections",
    "GET /oauth/callback",
    "GET /openapi.json",
    "GET /static/{version}/{path:path}",
}
LEAST_ROLE = dict.fromkeys(OPEN_TO_ALL_USERS, ANYBODY) | {
    f"GET {ONE}": "viewer",
    f"GET {ONE}/documents": "viewer",
    f"GET {ONE}/documents.csv": "viewer",
    f"GET {ONE}/documents/sums": "viewer",
    f"GET {ONE}/documents/{{document_id}}": "viewer",
    f"GET {ONE}/runs": "viewer",
    f"POST {ONE}/limits/allow": "user",
    f"GET {ONE}/documents/{{document_id}}/file": "user",
    f"GET {ONE}/backfill": "user",
    f"POST {ONE}/preview": "user",
    f"POST {ONE}/check": "user",
    f"GET {ONE}/check.csv": "user",
    f"POST {ONE}/documents/actions": "user",
    f"POST {ONE}/documents/{{document_id}}/corrections": "user",
    f"GET {ONE}/documents/{{document_id}}/books-currency": "user",
    f"PUT {ONE}": "user",
    f"DELETE {ONE}": "user",
    f"GET {ONE}/draft/source": "user",
    f"GET {ONE}/draft/home-rate": "user",
    f"GET {ONE}/wrong": "user",
    f"POST {ONE}/draft/check": "user",
    f"POST {ONE}/draft/names": "user",
    f"POST {ONE}/draft/record": "user",
    f"POST {ONE}/draft/preview": "user",
    f"PUT {CONNECTION}/getmyinvoices": "op",
    f"POST {CONNECTION}/test": "op",
    f"POST {CONNECTION}/consent": "op",
}
PATH = {"account_id": "red", "connection_id": "gmi_red", "document_id": "1", "version": "0", "path:path": "app.js"}


def routes(router: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield all routes, with those of mounted apps: ``GET /path`` and the route."""
    for route in router.routes:
        if isinstance(route, Mount):
            yield from routes(route, prefix + route.path)
        else:
            assert isinstance(route, Route), route
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield f"{method} {prefix}{route.path}", route


ALL = dict(routes(app))


def test_every_route_is_declared_here_and_nothing_else_is():
    assert ALL.keys() == LEAST_ROLE.keys()


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_route_has_exactly_one_rule(name: str):
    route = ALL[name]
    assert isinstance(route, APIRoute)
    rules = [dependency.call for dependency in route.dependant.dependencies if isinstance(dependency.call, AccessRule)]
    assert len(rules) == 1, name
    (rule,) = rules
    assert (rule.right is not None) == ("{account_id}" in name), "who names an account has a right on it"
    assert rule.connection == ("{connection_id}" in name), "who names a connection may edit it"


@pytest.fixture
def teams(
    sandbox: SandboxAdmin,
    monkeypatch: pytest.MonkeyPatch,
    dag_models: Callable[..., None],
    account_file: Callable[..., Any],
) -> None:
    """Create two teams with an account and a connection each, whose keys both services refuse."""
    monkeypatch.setenv("AIRFLOW__CORE__MULTI_TEAM", "True")
    hosts = {"getmyinvoices": sandbox.gmi_url, "debitoor": sandbox.debitoor_url}
    with create_session() as session:
        session.add_all([Team(name="red"), Team(name="blue")])
    for team in ("red", "blue"):
        account_file(team, connections={"getmyinvoices": f"gmi_{team}", "debitoor": f"debitoor_{team}"})
        dag_models(team, team=team)
        with create_session() as session:
            for name, kind in (("gmi", "getmyinvoices"), ("debitoor", "debitoor")):
                known = {"host": hosts[kind], "password": "key", "extra": '{"allow_http": true}', "team_name": team}
                session.add(Connection(conn_id=f"{name}_{team}", conn_type=kind, **known))


def filled_in(name: str) -> tuple[str, str]:
    """Return the method and the path of a route, of an account that the tests have."""
    method, path = name.split(" ", 1)
    for field, value in PATH.items():
        path = path.replace(f"{{{field}}}", value)
    return method, path


def ask(client: TestClient, name: str) -> int:
    """Ask without saying anything sensible: it is about who gets that far."""
    method, path = filled_in(name)
    body = {"json": {}} if method in {"POST", "PUT", "DELETE"} else {}
    return client.request(method, path.lstrip("/"), follow_redirects=False, **body).status_code


@pytest.mark.parametrize("name", sorted(LEAST_ROLE))
def test_a_route_opens_from_its_role_upwards_and_for_the_own_team(
    page: Callable[..., TestClient], teams: None, ledger: Ledger, name: str
):
    ledger.plans.enter("red", "export", "r", [PlannedDocument("1", "k", "{}", state=State.HELD)])
    for role in ROLES:
        status = ask(page(role, "red"), name)
        if role is None:
            assert status == 401, role
        elif ROLES.index(role) < ROLES.index(LEAST_ROLE[name]):
            assert status == 403, role
        else:
            assert status not in {401, 403, 405}, role
    assert (ask(page("op", "blue"), name) == 403) == (name not in OPEN_TO_ALL_USERS), "a user of another team"
    assert (ask(page("op"), name) == 403) == (name not in OPEN_TO_ALL_USERS), "a user of no team"
    assert ledger.documents.count("red") == {State.HELD: 1}, "nothing was changed"


def test_a_new_account_gets_no_team_from_a_dag_whose_id_only_resembles_an_accounts(
    monkeypatch: pytest.MonkeyPatch, dag_models: Callable[..., None]
):
    monkeypatch.setenv("AIRFLOW__CORE__MULTI_TEAM", "True")
    dag_models("acme", team="red")
    dag_models("resembling", team="blue")
    with create_session() as session:
        session.get_one(DagModel, "debitoor__resembling").dag_id = "debitoor-1-x"
    user = SimpleAuthManagerUser(username="op", role="op", teams=["red"])
    assert rights(user, ["new"], [Right.EDIT]) == {"new": {Right.EDIT: True}}


@pytest.mark.parametrize("token", ["", "nonsense", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsInJvbGUiOiJhZG1pbiJ9."])
def test_a_token_that_is_none_opens_nothing(page: Callable[..., TestClient], token: str):
    with_cookie, script = page(None), page(None)
    with_cookie.cookies.set("_token", token)
    script.headers["Authorization"] = f"Bearer {token}"
    opened = [name for name in LEAST_ROLE for client in (with_cookie, script) if ask(client, name) not in {401, 403}]
    assert opened == []


def test_a_script_with_a_token_has_its_users_rights(page: Callable[..., TestClient], account_file: Any):
    account_file("red")
    script = page(None)
    script.headers["Authorization"] = f"Bearer {token_of('viewer')}"
    assert script.get("api/accounts/red").status_code == 200
    assert ask(script, f"POST {ONE}/documents/actions") == 403


class TestNarrowing:
    @pytest.mark.parametrize("team", ["red", "blue"])
    def test_lists_hold_only_what_the_users_team_has(self, page, teams, ledger, team):
        for account in ("red", "blue"):
            ledger.plans.enter(account, "export", "r", [PlannedDocument("1", account, "{}", state=State.HELD)])
            ledger.runs.start(run_of(account))
        client = page("user", team)
        assert [row["id"] for row in client.get("api/accounts").json()["accounts"]] == [team]
        found = client.get("api/attention").json()
        assert ([row["account"] for row in found["documents"]], found["total"]) == ([team], 1)
        assert sum(found["codes"].values()) == 1
        assert [run["account"] for run in client.get("api/runs").json()["runs"]] == [team]
        other = "blue" if team == "red" else "red"
        assert client.get("api/attention", params={"account": other}).status_code == 403

    @pytest.mark.parametrize("team", ["red", "blue"])
    def test_documents_sums_tables_and_counts_are_of_the_users_team(self, page, teams, ledger, team):
        for account in ("red", "blue"):
            found = PlannedDocument("1", account, "{}", state=State.HELD, company=account)
            ledger.plans.enter(account, "export", "r", [found])
        client, other = page("user", team), "blue" if team == "red" else "red"
        found = client.get("api/documents").json()
        assert ([row["account"] for row in found["documents"]], found["total"], found["states"]) == (
            [team],
            1,
            {"held": 1},
        )
        assert client.get("api/attention/count").json()["documents"] == 1
        assert [one["documents"] for one in client.get("api/documents/sums").json()["sums"]] == [1]
        table = client.get("api/documents.csv").text
        assert (team in table, other in table) == (True, False)
        assert client.get("api/documents", params={"search": other}).json()["total"] == 0
        assert client.get("api/documents", params={"account": other}).status_code == 403

    def test_a_possible_duplicate_of_another_teams_document_is_only_said_to_be_one(self, page, teams, ledger):
        where = Message("lookalike_document", source_id="77", account="blue")
        facts = {"number": "R-4711", "date": "2026-01-31", "gross": "119.00", "currency": "EUR", "party": "Paper Ltd"}
        record = Message("lookalike", what="Paper Ltd, R-4711", where=where, **facts)
        message = Message("possible_duplicate", records=[record], keys=["blue/77"])
        held = PlannedDocument("1", "red", "{}", state=State.HELD, message=message)
        ledger.plans.enter("red", "export", "r", [held])
        (entry,) = ledger.documents.entries("red")
        ledger.documents.distinguish([entry], ["blue/77"], "user:admin", "two deliveries")
        ledger.plans.enter("red", "export", "r", [held])
        client, place = page("user", "red"), "api/accounts/red/documents"
        shown = client.get(f"{place}/{entry.id}").json()
        elsewhere = "a document of another account"
        assert elsewhere in shown["reason"]
        nothing = dict.fromkeys(("account", "source_id", "number", "currency", "party"), "")
        assert shown["lookalikes"] == [{"where": elsewhere, **nothing, "date": None, "gross": None, "id": None}]
        assert [one["detail"]["distinct_from"] for one in shown["history"] if "distinct_from" in one["detail"]] == [
            [elsewhere]
        ]
        places = (f"{place}/{entry.id}", place, f"{place}.csv", "api/documents", "api/documents.csv", "api/attention")
        for path in places:
            text = client.get(path).text
            assert [said for said in ("blue", "document 77", "R-4711", "Paper", "119.00") if said in text] == [], path
        whole = page("admin").get(f"{place}/{entry.id}").json()
        assert "R-4711 (document 77 of the account blue)" in whole["reason"]
        assert whole["lookalikes"][0]["party"] == "Paper Ltd"

    def test_the_connections_of_another_team_are_not_listed(self, page, teams):
        found = page("op", "red").get("api/connections").json()["connections"]
        assert {row["id"] for row in found} == {"gmi_red", "debitoor_red"}


def run_of(account: str) -> Any:
    from debitoor_provider.sync.ledger import Run

    return Run(f"debitoor__{account}/r", account, "export", "manual")


class TestNewAccounts:
    def test_an_account_that_airflow_does_not_know_yet_belongs_to_the_team_of_the_others(self, page, teams):
        with create_session() as session:
            session.query(DagModel).filter_by(dag_id="debitoor__blue").delete()
        answer = page("user", "red").get("api/accounts/blue")
        assert answer.status_code == 200, answer.text
        assert page("user", "blue").get("api/accounts/blue").status_code == 403

    def test_rights_and_sight_agree(self, page, teams):
        from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

        page()
        anna = SimpleAuthManagerUser(username="anna", role="viewer", teams=["red"])
        assert visible(anna, ["red", "blue"]) == {"red"}
        assert rights(anna, ["red", "blue"], [Right.SEE, Right.RUN]) == {
            "red": {Right.SEE: True, Right.RUN: False},
            "blue": {Right.SEE: False, Right.RUN: False},
        }
