"""Users of Airflow's FAB provider: what its stock roles see before and after the remedy, and do on the page in French.

The tests follow each other on one Airflow.
"""

from __future__ import annotations

import os
import re
import shlex
from contextlib import closing
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import requests
from playwright.sync_api import expect

from tests.browser import test_roles as ways
from tests.browser.conftest import without_accounts
from tests.browser.test_pages import settled
from tests.browser.test_roles import ADMIN, OP, SAY, USER, VIEWER, company, signed_in
from tests.postgresql import new_database
from tests.ui.test_access import LEAST_ROLE, OPEN_TO_ALL_USERS, ROLES, filled_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, StorageState
    from sqlalchemy.engine import URL

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
    from demo.airflow import LocalAirflow

    Calls = Callable[..., requests.Response]

ROOT = Path(__file__).parent.parent.parent
PROVIDER = ROOT / ".fab"
pytestmark = [
    pytest.mark.system,
    pytest.mark.takes(100),
    pytest.mark.skipif(not (PROVIDER / ".ready").exists(), reason="needs the FAB provider: make .fab/.ready"),
]
__all__ = ["company"]

DAG = "debitoor__dupont-sarl-justificatifs"
APPROVED = {"chosen_options": ["Approve"], "params_input": {}}
STOCK = {VIEWER: "Viewer", USER: "User", OP: "Op", "public": "Public"}


@pytest.fixture(scope="module")
def database(postgresql_server: URL) -> Iterator[str]:
    """Create a database for Airflow that says who has left a transaction open."""
    yield from new_database(postgresql_server)


@pytest.fixture(scope="module")
def airflow(
    database: str, company: CompanyAdmin, sandbox: SandboxAdmin, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalAirflow]:
    """Start an Airflow with a person of each stock role of the FAB provider."""
    settings = {
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database.replace("postgresql://", "postgresql+psycopg://"),
        "AIRFLOW__FAB__CACHE_TTL": "1",  # for how many seconds a user's rights are kept
        "PYTHONPATH": os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(PROVIDER)]),
    }
    with without_accounts(tmp_path_factory.mktemp("fab"), sandbox, company, **settings) as running:
        person = {"--username": ADMIN, "--password": ADMIN, "--role": "Admin", "--email": "admin@example.com"}
        names = {"--firstname": "Ada", "--lastname": "Admin"}
        running.command("users", "create", *[word for pair in (person | names).items() for word in pair])
        running.log_in(ADMIN, ADMIN)
        for who, role in STOCK.items():
            add(running, who, role)
        yield running


def add(airflow: LocalAirflow, who: str, role: str) -> None:
    person = {"username": who, "password": who, "email": f"{who}@example.com", "first_name": who, "last_name": role}
    airflow.send("POST", "/auth/fab/v1/users", {**person, "roles": [{"name": role}]})


@pytest.fixture
def as_(airflow: LocalAirflow) -> Callable[[str], Calls]:
    """Return how a person's script calls the server."""

    def logged_in(who: str) -> Calls:
        answer = requests.post(f"{airflow.url}/auth/token", json={"username": who, "password": who}, timeout=60)
        token = {"Authorization": f"Bearer {answer.json()['access_token']}"}

        def call(method: str, path: str, **options: object) -> requests.Response:
            options = {"timeout": 60, "allow_redirects": False} | options
            return requests.request(method, f"{airflow.url}{path}", headers=token, **options)

        return call

    return logged_in


@pytest.fixture(scope="module")
def cookies(browser: Browser, airflow: LocalAirflow) -> Callable[[str], StorageState]:
    """Log in by the form of FAB's own page, whose script fails, and return what the browser keeps of it."""

    @cache
    def of(who: str) -> StorageState:
        with closing(browser.new_context(base_url=airflow.url, locale="fr-FR")) as context:
            signed_in(context, who)
            return context.storage_state()

    return of


@pytest.fixture
def browser_of(
    open_context: Callable[..., BrowserContext], cookies: Callable[[str], StorageState]
) -> Callable[[str], Page]:
    """Open a French browser in which a person has logged in."""
    return lambda who: open_context(locale="fr-FR", storage_state=cookies(who)).new_page()


@pytest.fixture
def page_of(browser_of: Callable[[str], Page]) -> Callable[[str], Page]:
    """Open the page as a person with a French browser."""

    def opened(who: str) -> Page:
        page = browser_of(who)
        settled(page, "")
        return page

    return opened


def test_an_operator_adds_an_account(page_of: Callable[[str], Page], company: CompanyAdmin) -> None:
    ways.test_an_operator_adds_an_export_account(page_of, company)


def test_stock_roles_that_may_not_read_plugins_find_no_page(
    browser_of: Callable[[str], Page], as_: Callable[[str], Calls]
) -> None:
    read = {who: as_(who)("GET", "/api/v2/plugins").status_code for who in [*STOCK, ADMIN]}
    assert read == {VIEWER: 403, USER: 403, OP: 200, "public": 403, ADMIN: 200}
    page = browser_of(USER)
    page.goto("/plugin/synchronisation")
    expect(page.get_by_role("heading", name="404")).to_be_visible()
    expect(page.get_by_role("link", name="Synchronisation")).to_have_count(0)


def test_who_connects_reads_which_roles_these_are_and_the_command_that_mends_it(
    airflow: LocalAirflow, page_of: Callable[[str], Page], as_: Callable[[str], Calls]
) -> None:
    assert as_(USER)("GET", "/debitoor/api/me").json()["roles_without_page"] == []
    page = page_of(OP)
    hint = page.get_by_role("status").filter(has=page.locator("code"))
    expect(hint).to_contain_text(SAY["accounts.rolesWithoutPage"].replace("{roles}", "User et Viewer"))
    ways.seen(page, "fab-hint")
    command = shlex.split(hint.locator("code").inner_text())
    assert f"`{shlex.join(command)}`" in (ROOT / "docs" / "page.md").read_text()
    airflow.command(*command[1:])
    settled(page, "")
    expect(hint).to_have_count(0)


@pytest.mark.parametrize("who", [*STOCK, ADMIN])
def test_a_route_opens_to_a_stock_role_as_to_the_one_of_its_name(as_: Callable[[str], Calls], who: str) -> None:
    call = as_(who)
    rank = ROLES.index(who) if who in ROLES else -1
    opened = set()
    for name in LEAST_ROLE:
        method, path = filled_in(name)
        answer = call(method, f"/debitoor{path}", json=None if method == "GET" else {})
        assert answer.status_code not in {401, 405}, name
        assert answer.status_code < 500, name
        if answer.status_code != 403:
            opened.add(name)
    allowed = {name for name, least in LEAST_ROLE.items() if ROLES.index(least) <= rank}
    assert opened == allowed | OPEN_TO_ALL_USERS


def documented(account: str) -> list[dict[str, dict[str, str]]]:
    """Return the permissions that docs/deployment.md gives to a role for one account, in its order."""
    page = (ROOT / "docs" / "deployment.md").read_text().replace("acme-sales", account)
    given = re.findall(r"airflow roles add-perms Sales --resource (.+) --action (.+)", page)
    pairs = [pair for what, how in given for pair in product(shlex.split(what), how.split())]
    return [{"resource": {"name": what}, "action": {"name": how}} for what, how in pairs]


def test_a_role_for_one_account_sees_that_one(airflow: LocalAirflow, as_: Callable[[str], Calls]) -> None:
    sales = "dupont-sarl-ventes"
    text = (airflow.accounts / "dupont-sarl-justificatifs.yaml").read_text()
    (airflow.accounts / f"{sales}.yaml").write_text(text)
    airflow.until(lambda: f"debitoor__{sales}" in airflow.dag_ids(), "to find the other account", 60)
    permissions = documented(sales)
    sight = [one for one in permissions if one["resource"]["name"] == f"DAG:debitoor__{sales}"][:1]
    airflow.send("POST", "/auth/fab/v1/roles", {"name": "Ventes", "actions": sight})
    assert "Ventes" in as_(OP)("GET", "/debitoor/api/me").json()["roles_without_page"]
    airflow.send("PATCH", "/auth/fab/v1/roles/Ventes", {"name": "Ventes", "actions": permissions})
    assert "Ventes" not in as_(OP)("GET", "/debitoor/api/me").json()["roles_without_page"]
    add(airflow, "jeanne", "Ventes")
    call = as_("jeanne")
    (row,) = call("GET", "/debitoor/api/accounts").json()["accounts"]
    assert row["id"] == sales
    assert {right for right, given in row["rights"].items() if given} == {"run", "stop", "approve", "edit"}
    assert call("GET", "/debitoor/api/documents").json()["total"] == 0
    assert call("GET", f"/debitoor/api{ways.ACCOUNT}").status_code == 403
    own = f"/api/v2/dags/debitoor__{sales}"
    asked = [
        call("PATCH", own, json={"is_paused": True}),
        call("POST", f"{own}/dagRuns", json={"dag_run_id": "hers", "logical_date": None}),
        call("PATCH", f"{own}/dagRuns/hers", json={"state": "failed"}),
        call("PATCH", f"/api/v2/dags/{DAG}", json={"is_paused": True}),
    ]
    assert [answer.status_code for answer in asked] == [200, 200, 200, 403]


def test_a_user_is_offered_what_can_be_finished(page_of: Callable[[str], Page], company: CompanyAdmin) -> None:
    ways.test_a_user_is_offered_what_can_be_finished(page_of, company)
    ways.test_a_user_decides_on_a_contradiction_and_sees_the_document(page_of)
    page = page_of(USER)
    settled(page, "/new")
    expect(page.get_by_text(SAY["wizard.mayNotCreate"])).to_be_visible()


def test_a_viewer_looks_on(page_of: Callable[[str], Page]) -> None:
    ways.test_a_viewer_looks_on_and_reads_who_can_act(page_of)


def test_somebody_without_rights_sees_nothing(as_: Callable[[str], Calls]) -> None:
    call = as_("public")
    assert call("GET", "/debitoor/api/accounts").json()["accounts"] == []
    assert call("GET", "/debitoor/api/documents").json()["total"] == 0


@pytest.mark.parametrize("who", [VIEWER, USER, OP])
def test_airflow_grants_what_the_page_offers(as_: Callable[[str], Calls], who: str) -> None:
    call = as_(who)
    may = call("GET", f"/debitoor/api{ways.ACCOUNT}").json()["rights"]
    may_act = who != VIEWER
    assert may == dict.fromkeys(("run", "stop", "approve", "edit", "delete"), may_act)
    run, period = f"by-{who}", {"from_date": "2026-11-01T00:00:00Z", "to_date": "2026-11-02T00:00:00Z"}
    asked = [
        call("PATCH", f"/api/v2/dags/{DAG}", json={"is_paused": True}),
        call("POST", f"/api/v2/dags/{DAG}/dagRuns", json={"dag_run_id": run, "logical_date": None}),
        call("PATCH", f"/api/v2/dags/{DAG}/dagRuns/{run}", json={"state": "failed"}),
        call("POST", "/api/v2/backfills/dry_run", json={"dag_id": DAG, **period}),
        call("PATCH", f"/api/v2/dags/{DAG}/dagRuns/{run}/taskInstances/approval/-1/hitlDetails", json=APPROVED),
    ]
    assert [answer.status_code for answer in asked] == ([200, 200, 200, 200, 404] if may_act else [403] * 5)


def test_no_transaction_is_left_open(as_: Callable[[str], Calls], database: str) -> None:
    assert as_(ADMIN)("GET", "/debitoor/api/me").status_code == 200
    with psycopg.connect(database) as connection:
        asked = connection.execute("SELECT query FROM pg_stat_activity WHERE state = 'idle in transaction'").fetchall()
    assert not [query for (query,) in asked if "ab_role" in query]
