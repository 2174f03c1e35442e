"""The way to Debitoor's consent page and back, and those who would abuse it."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests
import sqlalchemy as sa
from airflow.models.connection import Connection
from airflow.utils.session import create_session
from starlette.testclient import TestClient

from debitoor_provider.sync.ledger import LedgerUnavailable, consents
from debitoor_provider.sync.ledger.database.tables import consents as table
from debitoor_provider.ui import connections
from tests.ui.conftest import ORIGIN, token_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.models.log import Log
    from httpx import Response

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
    from debitoor_provider.sync.ledger import Ledger

ASK = "/api/connections/debitoor_new/consent"
BACK = "/oauth/callback"
CALLBACK = f"{ORIGIN}/debitoor/oauth/callback"


@pytest.fixture
def app_(airflow: None, acme: CompanyAdmin, sandbox: SandboxAdmin) -> None:
    """Register the app, in the connection that new ones are made by."""
    acme.change(oauth_redirect_uri=CALLBACK)
    extra = {
        "allow_http": True,
        "client_id": acme.oauth_client_id,
        "client_secret": acme.oauth_client_secret,
        "authorize_url": sandbox.authorize_url,
        "exchange_url": sandbox.token_url,
    }
    with create_session() as session:
        row = Connection(conn_id="debitoor_default", conn_type="debitoor", host=sandbox.debitoor_url)
        row.set_extra(json.dumps(extra))
        session.add(row)


@dataclass
class Browser:
    """A person with a browser, logged in to Airflow."""

    client: TestClient
    company: CompanyAdmin

    def ask(self, connection: str = "debitoor_new", **wish: object) -> str:
        """Press *Authorise*; return the address of Debitoor's page."""
        answer = self.client.post(f"/api/connections/{connection}/consent", json=wish)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["url"])

    def consent(self, url: str, answer: str = "allow") -> str:
        """Answer Debitoor's page; return the address that it sends the browser to."""
        session = requests.Session()
        session.trust_env = False
        assert "Allow access?" in session.get(url, timeout=30).text
        form = {"company": str(self.company.id), "answer": answer}
        reply = session.post(url, data=form, allow_redirects=False, timeout=30)
        assert reply.status_code == 302, reply.text
        return reply.headers["location"]

    def come_back(self, address: str) -> Response:
        """Follow the address, as browsers do across sites."""
        return self.client.get(
            address, follow_redirects=False, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        )


@pytest.fixture
def browser(page: Callable[..., TestClient], app_: None, acme: CompanyAdmin) -> Callable[..., Browser]:
    return lambda role="admin", company=acme: Browser(page(role), company)


def token_kept(connection: str = "debitoor_new") -> str | None:
    with create_session() as session:
        row = session.scalar(sa.select(Connection).where(Connection.conn_id == connection))
        return None if row is None else row.password


def refused(answer: Response, status: int, words: str) -> None:
    """See that nothing but a harmless page came, and nothing was kept."""
    assert answer.status_code == status
    assert words in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none';")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "<script" not in answer.text
    assert token_kept() is None


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.mark.parametrize(("language", "shown"), [("fr", "fr-FR"), ("de", "de-DE"), ("da", "da-DK"), ("en", "en-US")])
def test_debitoor_s_page_is_asked_for_in_the_reader_s_language(
    browser: Callable[..., Browser], language: str, shown: str
) -> None:
    opened = browser()
    opened.client.headers["Accept-Language"] = language
    assert parse_qs(urlsplit(opened.ask()).query)["lang"] == [shown]


class TestTheWay:
    def test_the_token_ends_up_in_the_connection(
        self, browser: Callable[..., Browser], acme: CompanyAdmin, audit_log: Callable[[], list[Log]]
    ):
        person = browser("op")
        address = person.consent(person.ask(email=acme.debitoor_email.upper(), back="accounts/acme/edit"))
        answer = person.come_back(address)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/plugin/synchronisation/accounts/acme/edit?connected=debitoor_new"
        acme.refresh()
        assert token_kept() == acme.debitoor_token
        kept = connections.find("debitoor_new")
        assert kept is not None
        assert kept.extra_dejson == {"allow_http": True, "email": acme.debitoor_email}
        assert person.client.post("/api/connections/debitoor_new/test").json()["works"]
        (entry,) = audit_log()
        assert (entry.event, entry.owner) == ("debitoor.connected", "op")
        assert json.loads(str(entry.extra))["connection_id"] == "debitoor_new"

    def test_the_requested_address_is_exact(self, browser: Callable[..., Browser], acme: CompanyAdmin):
        asked = dict(parse_qsl(urlsplit(browser().ask()).query))
        assert asked["redirect_uri"] == CALLBACK
        assert asked["client_id"] == acme.oauth_client_id
        assert asked["response_type"] == "code"
        assert len(asked["state"]) >= 43

    def test_a_connection_with_an_app_of_its_own_uses_that_and_nothing_of_the_pattern(
        self, browser: Callable[..., Browser], sandbox: SandboxAdmin
    ):
        own = {"client_id": "own-app", "authorize_url": sandbox.authorize_url, "allow_http": True}
        with create_session() as session:
            row = Connection(conn_id="debitoor_new", conn_type="debitoor", host=sandbox.debitoor_url)
            row.set_extra(json.dumps(own))
            session.add(row)
        assert parse_qs(urlsplit(browser().ask()).query)["client_id"] == ["own-app"]
        found = connections.find("debitoor_new")
        assert found is not None
        assert connections.app_of(found).extra_dejson == own

    def test_an_own_address_never_gets_the_pattern_s_secret(self, browser: Callable[..., Browser]):
        """Who may edit one connection could otherwise send the app's secret where they like."""
        with create_session() as session:
            row = Connection(conn_id="debitoor_new", conn_type="debitoor")
            row.set_extra(
                json.dumps({"exchange_url": "https://thief.example/", "authorize_url": "https://thief.example/"})
            )
            session.add(row)
        found = connections.find("debitoor_new")
        assert found is not None
        app = connections.app_of(found)
        assert app.conn_id == "debitoor_default"
        assert "thief" not in str(app.extra)
        assert "thief" not in browser().ask()

    def test_a_missing_app_registration_is_reported_before_the_redirect(
        self, page: Callable[..., TestClient], ledger: Ledger
    ):
        answer = page().post(ASK, json={})
        assert answer.status_code == 502
        assert answer.json()["detail"] == "The field 'client_id' is empty."
        assert waiting(ledger) == 0

    def test_expired_entries_are_deleted(
        self, browser: Callable[..., Browser], ledger: Ledger, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(consents, "LIFETIME", timedelta(seconds=-1))
        browser().ask()
        monkeypatch.undo()
        assert waiting(ledger) == 1
        browser().ask()
        assert waiting(ledger) == 1

    def test_the_path_of_a_proxy_is_kept(self, browser: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("AIRFLOW__API__BASE_URL", f"{ORIGIN}/airflow")
        person = browser()
        url = person.ask(back="new")
        assert parse_qs(urlsplit(url).query)["redirect_uri"] == [f"{ORIGIN}/airflow/debitoor/oauth/callback"]
        answer = person.come_back(person.consent(url).replace("/airflow/debitoor", "/debitoor"))
        assert answer.headers["location"] == "/airflow/plugin/synchronisation/new?connected=debitoor_new"


def waiting(ledger: Ledger) -> int:
    with ledger._database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


class TestAttacks:
    def test_without_a_state(self, browser: Callable[..., Browser]):
        refused(browser().come_back(f"{BACK}?code=stolen"), 400, "did not request this authorisation")

    def test_with_an_unknown_state(self, browser: Callable[..., Browser]):
        refused(browser().come_back(f"{BACK}?code=stolen&state=guessed"), 400, "did not request this authorisation")

    def test_with_a_state_that_was_used(self, browser: Callable[..., Browser]):
        person = browser()
        address = person.consent(person.ask())
        assert person.come_back(address).status_code == 303
        before = token_kept()
        again = person.come_back(address)
        assert (again.status_code, token_kept()) == (400, before)
        assert "was already used" in again.text

    def test_with_a_state_whose_first_use_failed(self, browser: Callable[..., Browser]):
        person = browser()
        address = person.consent(person.ask())
        state = parse_qs(urlsplit(address).query)["state"][0]
        refused(person.come_back(f"{BACK}?code=wrong&state={state}"), 502, "refused to exchange this code")
        refused(person.come_back(address), 400, "was already used")

    def test_with_a_state_that_is_too_old(self, browser: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(consents, "LIFETIME", timedelta(seconds=-1))
        person = browser()
        refused(person.come_back(person.consent(person.ask())), 400, "more than ten minutes")

    def test_with_another_user_s_state(self, browser: Callable[..., Browser]):
        """A thief gives the victim an address with the thief's own code, so that the victim uploads to the thief."""
        thief, victim = browser("op"), browser("admin")
        address = thief.consent(thief.ask())
        refused(victim.come_back(address), 400, "did not request this authorisation")
        assert thief.come_back(address).status_code == 303  # another user cannot use it up

    def test_a_state_stands_for_its_own_connection_whatever_the_address_says(self, browser: Callable[..., Browser]):
        person = browser()
        address = person.consent(person.ask())
        answer = person.come_back(f"{address}&connection_id=other&connected=other&redirect_uri=https://thief.example")
        assert answer.headers["location"].endswith("?connected=debitoor_new")
        assert token_kept("other") is None

    def test_a_code_that_was_given_for_another_company_s_connection(
        self, browser: Callable[..., Browser], sandbox: SandboxAdmin, acme: CompanyAdmin
    ):
        """Two consents at once: the code of one with the state of the other ends at the check of the e-mail."""
        other = other_company(sandbox, acme)
        person, elsewhere = browser(), browser(company=other)
        first = person.ask(email=acme.debitoor_email)
        code = parse_qs(urlsplit(elsewhere.consent(elsewhere.ask("debitoor_other"))).query)["code"][0]
        state = parse_qs(urlsplit(first).query)["state"][0]
        refused(person.come_back(f"{BACK}?code={code}&state={state}"), 409, "Nothing was saved")

    def test_consent_refused(self, browser: Callable[..., Browser]):
        person = browser()
        address = person.consent(person.ask(back="new"), "refuse")
        answer = person.come_back(address)
        refused(answer, 400, "was not allowed")
        assert 'href="/plugin/synchronisation/new"' in answer.text

    def test_an_error_with_markup(self, browser: Callable[..., Browser]):
        person = browser()
        state = parse_qs(urlsplit(person.ask()).query)["state"][0]
        answer = person.come_back(
            f"{BACK}?state={state}&error=%3Cscript%3Ealert(1)%3C/script%3E%0D%0AX: y&error_description=%3Cimg src=x%3E"
        )
        refused(answer, 400, "&lt;script&gt;alert(1)&lt;/script&gt;")
        assert "<img" not in answer.text
        assert "x" not in answer.headers

    def test_an_error_with_another_user_s_state_changes_nothing(self, browser: Callable[..., Browser]):
        person = browser("op")
        address = person.consent(person.ask())
        state = parse_qs(urlsplit(address).query)["state"][0]
        refused(browser("admin").come_back(f"{BACK}?state={state}&error=access_denied"), 400, "did not request")
        assert person.come_back(address).status_code == 303

    @pytest.mark.parametrize("query", ["", "&code="])
    def test_without_a_code(self, browser: Callable[..., Browser], query: str):
        person = browser()
        state = parse_qs(urlsplit(person.ask()).query)["state"][0]
        refused(person.come_back(f"{BACK}?state={state}{query}"), 400, "without a code")

    @pytest.mark.parametrize("double", ["code=other", "state=other", "error=x&error=y"])
    def test_with_a_part_given_twice(self, browser: Callable[..., Browser], double: str):
        person = browser()
        address = person.consent(person.ask())
        refused(person.come_back(f"{address}&{double}"), 400, "is not one of")

    def test_by_one_who_has_lost_the_right_meanwhile(self, browser: Callable[..., Browser]):
        person = browser("op")
        address = person.consent(person.ask())
        from airflow.api_fastapi.app import get_auth_manager
        from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

        lesser = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username="op", role="viewer"))
        person.client.cookies.set("_token", lesser)
        refused(person.come_back(address), 403, "You may not edit the connection debitoor_new.")
        person.client.cookies.set("_token", token_of("op"))
        refused(person.come_back(address), 400, "was already used")

    def test_without_a_login(self, browser: Callable[..., Browser]):
        person = browser("op")
        address = person.consent(person.ask())
        refused(browser(None).come_back(address), 401, "You are not logged in")
        assert person.come_back(address).status_code == 303

    def test_with_the_books_of_another_company(
        self, browser: Callable[..., Browser], sandbox: SandboxAdmin, acme: CompanyAdmin
    ):
        other = other_company(sandbox, acme)
        person = browser(company=other)
        answer = person.come_back(person.consent(person.ask(email=acme.debitoor_email)))
        refused(answer, 409, f"the books of {other.debitoor_email}")

    def test_with_a_code_that_is_none(self, browser: Callable[..., Browser]):
        person = browser()
        state = parse_qs(urlsplit(person.ask()).query)["state"][0]
        refused(person.come_back(f"{BACK}?code=none&state={state}"), 502, "refused to exchange this code")

    def test_a_forged_host_does_not_change_where_the_code_goes(
        self, browser: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("AIRFLOW__API__BASE_URL", ORIGIN)
        person = browser()
        headers = {"Host": "thief.example", "X-Forwarded-Host": "thief.example", "Origin": ORIGIN}
        answer = person.client.post(ASK, json={}, headers=headers)
        assert parse_qs(urlsplit(answer.json()["url"]).query)["redirect_uri"] == [CALLBACK]

    @pytest.mark.parametrize(
        "back",
        [
            "//thief.example",
            "/thief",
            "https://thief.example",
            "javascript:alert(1)",
            "..",
            "a/../../b",
            "a//b",
            "a?b=c",
            "a#b",
            "a\\b",
            "a\r\nX: y",
            "a/",
            "a\n",
        ],
    )
    def test_a_way_back_that_leads_elsewhere(self, browser: Callable[..., Browser], ledger: Ledger, back: str):
        answer = browser().client.post(ASK, json={"back": back})
        assert answer.status_code == 422
        assert waiting(ledger) == 0

    def test_neither_code_nor_token_nor_secret_is_disclosed(
        self,
        browser: Callable[..., Browser],
        acme: CompanyAdmin,
        ledger: Ledger,
        log: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
        audit_log: Callable[[], list[Log]],
    ):
        person = browser()
        url = person.ask()
        address = person.consent(url)
        answer = person.come_back(address)
        known = parse_qs(urlsplit(address).query)
        acme.refresh()
        secrets = [known["code"][0], str(acme.debitoor_token), acme.oauth_client_secret]
        out, err = capfd.readouterr()
        browsers = ("httpx", "/login/oauth2/authorize")  # the test's own calls, in the place of a browser
        lines = [line for line in (log.text + out + err).splitlines() if not any(word in line for word in browsers)]
        outputs = [url, answer.text, str(answer.headers), "\n".join(lines), *(str(row.extra) for row in audit_log())]
        assert not [secret for secret in secrets for text in outputs if secret in text]
        assert known["state"][0] not in "".join(outputs[1:])
        with ledger._database.read() as connection:
            assert connection.execute(sa.select(table)).all() == []

    def test_the_state_lies_in_the_database_as_a_digest_only(self, browser: Callable[..., Browser], ledger: Ledger):
        state = parse_qs(urlsplit(browser().ask()).query)["state"][0]
        with ledger._database.read() as connection:
            (row,) = connection.execute(sa.select(table)).all()
        assert state not in str(row)

    def test_the_server_s_log_of_addresses_has_neither_code_nor_state(self, page: Callable[..., TestClient]):
        browser, seen = page(), []

        async def server(scope: Any, receive: Any, send: Any) -> None:
            await browser.app(scope, receive, send)
            seen.append(scope.get("query_string"))  # afterwards, when servers write their log

        client = TestClient(server, base_url=f"{ORIGIN}/debitoor", cookies=browser.cookies)
        assert client.get(f"{BACK}?code=stolen&state=guessed").status_code == 400
        assert seen == [b""]


class TestWhatGoesWrong:
    def test_a_connection_of_another_type_is_reported_before_the_redirect(self, browser: Callable[..., Browser]):
        with create_session() as session:
            session.add(Connection(conn_id="debitoor_new", conn_type="http"))
        answer = browser().client.post(ASK, json={})
        assert answer.status_code == 409
        assert "of another type" in answer.json()["detail"]

    def test_one_that_is_kept_elsewhere_too(self, browser: Callable[..., Browser]):
        answer = browser().client.post("/api/connections/debitoor/consent", json={})
        assert answer.status_code == 409

    def test_debitoor_cannot_be_reached(self, browser: Callable[..., Browser], sandbox: SandboxAdmin):
        person = browser()
        address = person.consent(person.ask())
        sandbox.fault("status", operation="debitoor.environment", status=503)
        answer = person.come_back(address)
        refused(answer, 502, "Debitoor")

    def test_the_ledger_cannot_be_used(self, browser: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch):
        person = browser()
        address = person.consent(person.ask())

        def busy(*_: object) -> None:
            raise LedgerUnavailable("The ledger is busy.")

        monkeypatch.setattr(consents.Consents, "take", busy)
        refused(person.come_back(address), 503, "The ledger is busy.")

    @pytest.mark.parametrize(("role", "status"), [(None, 401), ("viewer", 403), ("user", 403)])
    def test_who_may_not_edit_connections(self, browser: Callable[..., Browser], role: str | None, status: int):
        assert browser(role).client.post(ASK, json={}).status_code == status


def other_company(sandbox: SandboxAdmin, acme: CompanyAdmin) -> CompanyAdmin:
    """Return a company whose people may allow the same app."""
    return sandbox.create_company(
        "Other Ltd",
        limits=None,
        oauth_client_id=acme.oauth_client_id,
        oauth_client_secret=acme.oauth_client_secret,
        oauth_redirect_uri=CALLBACK,
    )
