from __future__ import annotations

import traceback
from urllib.parse import parse_qs, urlsplit

import pytest

from debitoor_provider.services.debitoor.oauth import authorize_url, exchange_code
from debitoor_provider.services.errors import BadAnswer, CredentialsRefused, Misconfigured, Unavailable
from tests.services.scripted import CANARY, Reply

TOKEN = "/login/oauth2/access_token"
CALLBACK = "https://airflow.example/callback"


def test_the_address_of_the_consent_page():
    found = urlsplit(authorize_url("app & co", CALLBACK, "st=te", "de-DE"))
    assert f"{found.scheme}://{found.netloc}{found.path}" == "https://app.debitoor.com/login/oauth2/authorize"
    assert parse_qs(found.query) == {
        "client_id": ["app & co"],
        "response_type": ["code"],
        "redirect_uri": [CALLBACK],
        "state": ["st=te"],
        "lang": ["de-DE"],
    }


def test_the_consent_page_is_protected_unless_plain_http_is_allowed():
    with pytest.raises(Misconfigured, match="plain HTTP"):
        authorize_url("app", CALLBACK, "state", authorize_url="http://127.0.0.1/consent")
    url = authorize_url("app", CALLBACK, "state", authorize_url="http://127.0.0.1/consent", allow_http=True)
    assert url.startswith("http://127.0.0.1/consent?")


def test_a_code_becomes_a_token(service):
    service.on("POST", TOKEN, Reply({"access_token": "t0ken"}))
    assert exchange_code(CANARY, "c0de", CALLBACK, service.url + TOKEN, allow_http=True) == "t0ken"
    (asked,) = service.asked
    assert asked.query == {}
    assert parse_qs(asked.body.decode()) == {"client_secret": [CANARY], "code": ["c0de"], "redirect_uri": [CALLBACK]}
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply({"code": 400, "message": CANARY}, status=400), CredentialsRefused),
        (Reply({}, status=401), CredentialsRefused),
        (Reply(b"busy", status=503), Unavailable),
        (Reply({}), BadAnswer),
        (Reply(b"<html>"), BadAnswer),
        (Reply({}, status=302, headers={"Location": "https://evil.example/"}), Misconfigured),
    ],
)
def test_a_failed_exchange_is_tried_once_and_shows_no_secret(service, reply, kind):
    service.on("POST", TOKEN, reply)
    with pytest.raises(kind) as failed:
        exchange_code(CANARY, "c0de", CALLBACK, service.url + TOKEN, allow_http=True)
    assert len(service.asked) == 1
    assert CANARY not in "".join(traceback.format_exception(failed.value))


def test_a_secret_is_not_sent_unprotected():
    with pytest.raises(Misconfigured, match="plain HTTP"):
        exchange_code(CANARY, "c0de", CALLBACK, "http://127.0.0.1:9/token")
