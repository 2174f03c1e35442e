from __future__ import annotations

import json

import pytest
from airflow.sdk import Connection

from debitoor_provider.hooks.debitoor import DebitoorHook
from debitoor_provider.hooks.fields import Fields
from debitoor_provider.services.errors import CredentialsRefused, Misconfigured, Unavailable
from tests.services.scripted import CANARY, Reply

ENVIRONMENT = "/api/environment/v1"
EXPENSES = "/api/expenses/v4"
CALLBACK = "https://airflow.example/debitoor/oauth/callback"


@pytest.fixture
def hook():
    with DebitoorHook() as made:
        yield made


def test_three_lines_in_a_custom_dag(service, connect):
    connect("debitoor")
    service.on("GET", EXPENSES, Reply([{"id": "5e", "date": "2026-01-01", "lines": []}]), Reply([]))
    with DebitoorHook("debitoor_default") as hook:
        assert [expense.id for expense in hook.client.expenses()] == ["5e"]
    assert service.asked[0].headers["x-token"] == CANARY


def test_airflow_finds_the_connection_under_these_names():
    hook = DebitoorHook(debitoor_conn_id="mine")
    assert getattr(hook, DebitoorHook.conn_name_attr) == "mine"
    assert (hook.conn_type, hook.default_conn_name) == ("debitoor", "debitoor_default")


def test_a_connection_that_works(service, connect, hook):
    connect("debitoor", extra={"email": "Books@acme.example"})
    service.on("GET", ENVIRONMENT, Reply({"id": "1", "email": "books@acme.example"}))
    assert hook.test_connection() == (True, "Connected to books@acme.example.")


def test_an_environment_without_e_mail_is_asked_for_in_the_settings(service, connect, hook):
    connect("debitoor")
    service.on("GET", ENVIRONMENT, Reply({"id": "1"}))
    service.on("GET", "/api/settings/v3", Reply({"id": "1", "accountEmail": "books@acme.example"}))
    assert hook.test_connection() == (True, "Connected to books@acme.example.")


def test_each_field_that_no_run_needs_is_read_once(service, connect, hook, monkeypatch):
    read: list[str] = []

    def note(self: Fields, name: str) -> str:
        read.append(name)
        return ""

    monkeypatch.setattr(Fields, "record_page", note)
    connect("debitoor")
    service.on("GET", ENVIRONMENT, Reply({"id": "1", "email": "books@acme.example"}))
    assert hook.test_connection()[0]
    assert read == ["web_url", "sales_web_url"]


def test_a_token_of_another_account_is_reported(service, connect, hook):
    connect("debitoor", extra={"email": "books@acme.example"})
    service.on("GET", ENVIRONMENT, Reply({"id": "1", "email": "else@other.example"}))
    works, sentence = hook.test_connection()
    assert not works
    assert "else@other.example" in sentence


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply({"code": 401, "message": CANARY}, status=401), "revoked"),
        (Reply(b"<html>", status=404), "not the address"),
        (Reply({}, status=429), "slow down"),
        (Reply(b"timeout", status=503), "reported an internal error"),
        (Reply(b"<html>"), "could not be understood"),
        (Reply({"id": ""}), "could not be understood"),
        (Reply({}, status=301, headers={"Location": "https://elsewhere.example"}), "redirect"),
    ],
)
def test_the_test_says_what_is_wrong(service, connect, hook, reply, said):
    connect("debitoor")
    service.on("GET", ENVIRONMENT, reply)
    works, sentence = hook.test_connection()
    assert not works
    assert said in sentence
    assert CANARY not in sentence


def test_a_connection_that_airflow_does_not_keep(service):
    extra = json.dumps({"allow_http": True})
    given = Connection(conn_id="unowned", conn_type="debitoor", host=service.url, password=CANARY, extra=extra)
    service.on("GET", ENVIRONMENT, Reply({"id": "1", "email": "books@acme.example"}))
    with DebitoorHook.of(given) as hook:
        assert hook.test_connection() == (True, "Connected to books@acme.example.")
    assert service.asked[0].headers["x-token"] == CANARY
    assert given.password == CANARY


def test_whose_books_they_are(service, connect, hook):
    connect("debitoor")
    service.on("GET", ENVIRONMENT, Reply({"id": "1"}))
    service.on("GET", "/api/settings/v3", Reply({"id": "1", "accountEmail": "books@acme.example"}))
    assert hook.whose() == "books@acme.example"


def test_a_person_who_waits_gets_an_answer_at_once(service, connect, hook):
    connect("debitoor")
    service.on("GET", ENVIRONMENT, Reply({}, status=503))
    with pytest.raises(Unavailable):
        hook.whose()
    assert len(service.asked) == 1


def test_a_configured_limit_applies(connect, hook):
    connect("debitoor", extra={"calls_per_minute": 3})
    assert hook.client.transport._pacing._windows == ((3, 60.0),)
    hook.close()
    connect("debitoor")
    assert hook.client.transport._pacing._windows == ()


def test_consent_and_the_exchange_of_its_code(service, connect, hook, monkeypatch):
    masked = []
    monkeypatch.setattr("debitoor_provider.hooks.debitoor.mask_secret", masked.append)
    token_url = f"{service.url}/login/oauth2/access_token"
    connect("debitoor", extra={"client_id": "app", "client_secret": "s3cret", "exchange_url": token_url})
    service.on("POST", "/login/oauth2/access_token", Reply({"access_token": "t0ken"}), Reply({}, status=400))
    assert "client_id=app" in hook.consent_url("https://a.example/cb", "st4te")
    assert hook.exchange_code("c0de", "https://a.example/cb") == "t0ken"
    assert masked == ["s3cret", "c0de", "t0ken"]
    with pytest.raises(CredentialsRefused):
        hook.exchange_code("c0de", "https://a.example/cb")


@pytest.mark.parametrize("field", ["authorize_url", "exchange_url"])
@pytest.mark.parametrize(
    ("address", "allow_http", "said"),
    [
        ("http://invoices.sumup.com/login", False, "is plain HTTP"),
        ("HTTP://invoices.sumup.com/login", False, "is plain HTTP"),
        ("https://books:s3cret@invoices.sumup.com/login", False, "has to be an address of a host"),
        ("https://invoices.sumup.com/login?client_id=x", True, "has to be an address of a host"),
        ("ftp://invoices.sumup.com/login", True, "has to be an address of a host"),
        ("invoices.sumup.com", True, "has to be an address of a host"),
    ],
)
def test_an_address_of_the_consent_that_cannot_work_is_reported(connect, hook, field, address, allow_http, said):
    extra = {"client_id": "app", "client_secret": "s3cret", "allow_http": allow_http, field: address}
    connect("debitoor", extra=extra)
    works, sentence = hook.test_connection()
    assert (works, f"'{field}' {said}" in sentence, "s3cret" in sentence) == (False, True, False)
    used = {
        "authorize_url": lambda: hook.consent_url(CALLBACK, "st"),
        "exchange_url": lambda: hook.exchange_code("c", CALLBACK),
    }
    with pytest.raises(Misconfigured, match=said):
        used[field]()


def test_the_consent_is_where_the_connection_says(connect, hook):
    moved = "https://invoices.sumup.com/login/oauth2/authorize"
    connect("debitoor", extra={"client_id": "app", "authorize_url": moved, "allow_http": False})
    assert hook.consent_url(CALLBACK, "st").startswith(f"{moved}?client_id=app&")


def test_the_usual_address_of_the_consent_is_that_of_the_contract(connect, hook):
    connect("debitoor", extra={"client_id": "app", "authorize_url": "", "allow_http": False})
    assert hook.consent_url(CALLBACK, "st").startswith("https://app.debitoor.com/login/oauth2/authorize?")


def test_consent_needs_a_registered_app(connect, hook):
    connect("debitoor")
    with pytest.raises(Misconfigured, match="client_id"):
        hook.consent_url("https://a.example/cb", "st4te")
    with pytest.raises(Misconfigured, match="client_secret"):
        hook.exchange_code("c0de", "https://a.example/cb")
