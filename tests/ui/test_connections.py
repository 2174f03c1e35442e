from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from airflow.models.connection import Connection
from airflow.models.crypto import get_fernet
from airflow.utils.session import create_session
from cryptography.fernet import Fernet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow.models.log import Log
    from starlette.testclient import TestClient

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

WEB = "https://app.example/documents/{id}"
NEW = "/api/connections/gmi_new/getmyinvoices"


@pytest.fixture
def encrypted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set an encryption key, as every real Airflow has one."""
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", Fernet.generate_key().decode())
    get_fernet.cache_clear()
    yield
    get_fernet.cache_clear()


@pytest.fixture
def kept(airflow: None) -> Callable[..., None]:
    """Enter a connection into Airflow's table."""

    def enter(conn_id: str, conn_type: str, **fields: Any) -> None:
        extra = fields.pop("extra", None)
        with create_session() as session:
            row = Connection(conn_id=conn_id, conn_type=conn_type, **fields)
            row.set_extra(json.dumps(extra) if extra else None)
            session.add(row)

    return enter


def row_of(conn_id: str) -> Connection | None:
    with create_session() as session:
        row = session.scalar(sa.select(Connection).where(Connection.conn_id == conn_id))
        session.expunge_all()
        return row


@pytest.fixture
def pattern(kept: Callable[..., None], sandbox: SandboxAdmin) -> None:
    """Set the pattern that operators set for all companies."""
    kept(
        "getmyinvoices_default",
        "getmyinvoices",
        host=sandbox.gmi_url,
        login="G-1-0",
        password="the pattern's own key",
        extra={
            "allow_http": True,
            "read_timeout": 20,
            "unknown": "x",
            "proxy": "",
            "client_secret": "of the pattern",
            "web_url": WEB,
        },
    )


class TestAKeyIsEntered:
    def test_it_is_tried_and_kept_encrypted_where_airflow_keeps_connections(
        self,
        encrypted: None,
        page: Callable[..., TestClient],
        acme: CompanyAdmin,
        pattern: None,
        sandbox: SandboxAdmin,
        audit_log: Callable[[], list[Log]],
    ):
        answer = page().put(NEW, json={"api_key": f" {acme.gmi_api_key} "})
        assert answer.json() == {
            "works": True,
            "sentence": f"Connected to {acme.name} ({acme.gmi_account_id}).",
            "connection_id": "gmi_new",
        }
        row = row_of("gmi_new")
        assert row is not None
        assert (row.conn_type, row.host, row.password) == ("getmyinvoices", sandbox.gmi_url, acme.gmi_api_key)
        assert acme.gmi_api_key not in str(row._password)
        (entry,) = audit_log()
        assert (entry.event, entry.owner) == ("debitoor.connected", "admin")
        assert json.loads(str(entry.extra)) == {"connection_id": "gmi_new", "service": "getmyinvoices"}

    def test_the_pattern_gives_the_address_and_the_limits_and_nothing_of_its_own(
        self, page: Callable[..., TestClient], acme: CompanyAdmin, pattern: None
    ):
        assert page().put(NEW, json={"api_key": acme.gmi_api_key}).json()["works"]
        row = row_of("gmi_new")
        assert row is not None
        assert row.login == acme.gmi_account_id
        known = {"allow_http": True, "read_timeout": 20, "proxy": "", "timezone": acme.timezone, "web_url": WEB}
        assert row.extra_dejson == known

    def test_an_address_with_a_password_is_not_copied(
        self, page: Callable[..., TestClient], acme: CompanyAdmin, kept: Callable[..., None], sandbox: SandboxAdmin
    ):
        # The sandbox is not behind this proxy, so what is tried here is only what the new connection would be.
        from debitoor_provider.ui import connections

        extra = {"allow_http": True, "proxy": "http://me:word@proxy.example:3128"}
        kept("getmyinvoices_default", "getmyinvoices", host=sandbox.gmi_url, extra=extra)
        assert connections.begin("gmi_new", "getmyinvoices").extra_dejson == {"allow_http": True}

    def test_the_time_zone_is_read_from_the_account(
        self, page: Callable[..., TestClient], sandbox: SandboxAdmin, acme: CompanyAdmin, pattern: None
    ):
        far = sandbox.create_company("Far Ltd", timezone="Asia/Tokyo", limits=None)
        assert page().put(NEW, json={"api_key": far.gmi_api_key}).json()["works"]
        row = row_of("gmi_new")
        assert row is not None
        assert row.extra_dejson["timezone"] == "Asia/Tokyo"

    def test_a_time_zone_that_is_not_the_account_s_is_put_right(
        self, page: Callable[..., TestClient], acme: CompanyAdmin, pattern: None
    ):
        body = {"api_key": acme.gmi_api_key, "timezone": "Asia/Tokyo", "account_id": acme.gmi_account_id}
        assert page().put(NEW, json=body).json()["works"]
        row = row_of("gmi_new")
        assert row is not None
        assert row.extra_dejson["timezone"] == acme.timezone

    @pytest.mark.parametrize("key", ["wrong-key-of-somebody", "with a blank", "ключ"])
    def test_one_that_does_not_work_is_not_kept_and_never_shown(
        self,
        page: Callable[..., TestClient],
        acme: CompanyAdmin,
        pattern: None,
        audit_log: Callable[[], list[Log]],
        caplog: pytest.LogCaptureFixture,
        key: str,
    ):
        caplog.set_level(logging.DEBUG)
        answer = page().put(NEW, json={"api_key": key})
        assert not answer.json()["works"]
        assert key not in answer.text + caplog.text
        assert row_of("gmi_new") is None
        assert audit_log() == []

    def test_an_existing_one_gets_the_new_key_and_keeps_the_rest(
        self,
        page: Callable[..., TestClient],
        acme: CompanyAdmin,
        kept: Callable[..., None],
        sandbox: SandboxAdmin,
    ):
        extra = {"allow_http": True, "calls_per_minute": 50, "somebody": "else's"}
        kept("gmi_new", "getmyinvoices", host=sandbox.gmi_url, password="old", description="Acme", extra=extra)
        assert page("op").put(NEW, json={"api_key": acme.gmi_api_key}).json()["works"]
        row = row_of("gmi_new")
        assert row is not None
        assert (row.description, row.password) == ("Acme", acme.gmi_api_key)
        assert row.extra_dejson == extra | {"timezone": acme.timezone}

    def test_an_unreachable_service_is_reported_in_one_sentence(
        self, page: Callable[..., TestClient], kept: Callable[..., None]
    ):
        kept("getmyinvoices_default", "getmyinvoices", host="http://127.0.0.1:9", extra={"allow_http": True})
        answer = page().put(NEW, json={"api_key": "a-key"}).json()
        assert not answer["works"]
        assert "reach" in answer["sentence"]


class TestWhatCannotBe:
    def test_one_of_another_type_is_left_alone(self, page: Callable[..., TestClient], kept: Callable[..., None]):
        kept("gmi_new", "http", password="theirs")
        answer = page().put(NEW, json={"api_key": "x"})
        assert answer.status_code == 409
        assert answer.json() == {
            "detail": "The connection gmi_new is of another type.",
            "remedy": "Choose another id.",
        }

    def test_one_that_is_kept_elsewhere_cannot_be_changed_here(
        self, page: Callable[..., TestClient], acme: CompanyAdmin
    ):
        answer = page().put("/api/connections/gmi/getmyinvoices", json={"api_key": acme.gmi_api_key})
        assert answer.status_code == 409
        assert "kept outside of Airflow's database" in answer.json()["detail"]

    @pytest.mark.parametrize(
        "body",
        [
            {"api_key": {"k": "canary-4711"}},
            {"api_key": "canary-4711" * 100},
            {"api_key": "canary-4711", "timezone": 5},
            {"api_key": "canary-4711", "more": 1},
            ["canary-4711"],
            "canary-4711",
        ],
    )
    def test_an_answer_never_repeats_what_was_entered(self, page: Callable[..., TestClient], body: Any):
        answer = page().put(NEW, json=body)
        assert answer.status_code == 422
        assert "canary" not in answer.text

    def test_a_body_that_is_broken_is_not_repeated_either(self, page: Callable[..., TestClient]):
        answer = page().put(NEW, content=b'{"api_key": "canary-4711', headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
        assert "canary" not in answer.text

    @pytest.mark.parametrize("conn_id", ["a b", "-x", "a%0Ab", "ä", "x" * 201])
    def test_an_id_that_could_not_stand_everywhere(self, page: Callable[..., TestClient], conn_id: str):
        answer = page().put(f"/api/connections/{conn_id}/getmyinvoices", json={"api_key": "x"})
        assert answer.status_code in (404, 422)

    @pytest.mark.parametrize(("role", "status"), [(None, 401), ("viewer", 403), ("user", 403)])
    def test_who_may_not_edit_connections(self, page: Callable[..., TestClient], role: str | None, status: int):
        client = page(role)
        assert client.put(NEW, json={"api_key": "x"}).status_code == status
        assert client.post("/api/connections/gmi/test").status_code == status


class TestTryingOne:
    def test_one_that_is_kept_anywhere(self, page: Callable[..., TestClient], acme: CompanyAdmin):
        answer = page().post("/api/connections/debitoor/test").json()
        assert answer == {
            "works": True,
            "sentence": f"Connected to {acme.debitoor_email}.",
            "connection_id": "debitoor",
        }

    def test_one_whose_token_was_revoked(self, page: Callable[..., TestClient], acme: CompanyAdmin):
        token = str(acme.debitoor_token)
        acme.revoke_token()
        answer = page().post("/api/connections/debitoor/test")
        assert not answer.json()["works"]
        assert token not in answer.text

    def test_none(self, page: Callable[..., TestClient]):
        answer = page().post("/api/connections/nobody/test")
        assert (answer.status_code, answer.json()["detail"]) == (404, "Airflow has no connection nobody.")

    def test_one_to_something_else(self, page: Callable[..., TestClient], kept: Callable[..., None]):
        kept("other", "http")
        assert page().post("/api/connections/other/test").status_code == 409


class TestTheList:
    def test_shows_those_of_both_services_without_anything_secret(
        self, page: Callable[..., TestClient], kept: Callable[..., None]
    ):
        kept("b", "getmyinvoices", password="canary")
        kept("a", "debitoor", password="canary")
        kept("c", "http", password="canary")
        answer = page().get("/api/connections")
        assert answer.json()["connections"] == [
            {"id": "a", "type": "debitoor", "email": "", "tested": None},
            {"id": "b", "type": "getmyinvoices", "email": "", "tested": None},
        ]
        assert "canary" not in answer.text

    @pytest.mark.parametrize("role", ["viewer", "user"])
    def test_is_empty_for_who_may_not_edit_them(
        self, page: Callable[..., TestClient], kept: Callable[..., None], role: str
    ):
        kept("a", "debitoor")
        assert page(role).get("/api/connections").json() == {"connections": []}
