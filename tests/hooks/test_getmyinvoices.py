from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from airflow.sdk import Connection
from airflow.sdk.log import redact

from debitoor_provider.hooks.getmyinvoices import GetMyInvoicesHook
from debitoor_provider.policies.retry import is_permanent
from debitoor_provider.services.errors import CredentialsRefused, Misconfigured, QuotaUsedUp, Refused
from tests.services.scripted import CANARY, Reply

BASE = "/accounts/v3"
STATUS = f"{BASE}/apiStatus"
ACCOUNT = f"{BASE}/account"
DOCUMENTS = f"{BASE}/documents"
ACME = {"accountId": "G-20707-0", "organization": "Acme GmbH", "timezone": "Europe/Berlin"}
EMPTY = Reply({"totalCount": 0, "maxPages": 0, "records": []})


@pytest.fixture
def connection(connect):
    connect("getmyinvoices", BASE, login="G-20707-0")


@pytest.fixture
def hook():
    with GetMyInvoicesHook() as made:
        yield made


def healthy(service, **account: object) -> None:
    service.on("GET", ACCOUNT, Reply({**ACME, **account}))
    service.on("GET", STATUS, Reply({"success": True}))


def test_three_lines_in_a_custom_dag(service, connection):
    service.on("GET", DOCUMENTS, Reply({"totalCount": 1, "maxPages": 1, "records": [{"documentUid": 7}]}))
    with GetMyInvoicesHook("getmyinvoices_default") as hook:
        assert [document.document_uid for document in hook.client.documents()] == [7]
    assert "G-20707-0" in service.asked[0].headers["User-Agent"]


def test_airflow_finds_the_connection_under_these_names():
    hook = GetMyInvoicesHook(getmyinvoices_conn_id="mine")
    assert getattr(hook, GetMyInvoicesHook.conn_name_attr) == "mine"
    assert (hook.conn_type, hook.default_conn_name) == ("getmyinvoices", "getmyinvoices_default")


def test_the_client_is_made_once_and_closed_with_the_hook(connection):
    hook = GetMyInvoicesHook()
    client = hook.client
    assert hook.client is client
    hook.close()
    assert hook.client is not client
    hook.close()
    hook.close()


def test_it_works_where_a_connection_is_a_row_of_airflow_s_database(service, connection, monkeypatch):
    """Behave as the API server, whose connections are released as soon as they are unused."""
    from airflow.models.connection import Connection

    row = {"conn_id": "acme", "conn_type": "getmyinvoices", "password": CANARY, "extra": '{"allow_http": true}'}
    service.on("GET", DOCUMENTS, EMPTY)
    monkeypatch.setattr(
        GetMyInvoicesHook, "get_connection", lambda *_: Connection(**row, host=service.url + BASE, login="G-1")
    )
    with GetMyInvoicesHook("acme") as hook:
        assert list(hook.client.documents()) == []


def test_extras_are_settings_and_never_headers(service, connect, hook):
    connect("getmyinvoices", BASE, {"client_secret": "s3cret", "page_size": 50, "X-Evil": "1"}, login="G-1")
    service.on("GET", STATUS, Reply({"success": True}))
    hook.run("apiStatus")
    sent = service.asked[0].headers
    assert "s3cret" not in str(sent)
    assert not {"client_secret", "page_size", "X-Evil"} & set(sent)


def test_run_goes_through_the_safe_session(service, connection, hook):
    service.on("GET", DOCUMENTS, EMPTY)
    response = hook.run("/documents", {"archivedFilter": 1}, headers={"X-Note": "n"})
    assert response.json()["records"] == []
    assert service.asked[0].query == {"archivedFilter": ["1"]}
    assert service.asked[0].headers["X-Note"] == "n"
    assert service.asked[0].headers["X-API-KEY"] == CANARY
    assert "G-20707-0" in service.asked[0].headers["User-Agent"]


def test_run_writes_json(service, connection):
    service.on("PUT", f"{DOCUMENTS}/7", Reply({"success": True}))
    with GetMyInvoicesHook(method="PUT") as hook:
        hook.run("documents/7", json={"note": "x"}, extra_options={"timeout": 5})
    assert service.asked[0].json == {"note": "x"}
    assert service.asked[0].headers["Content-Type"] == "application/json"


def test_run_raises_the_error_and_logs_no_body(service, connection, hook, caplog):
    caplog.set_level(logging.DEBUG)
    service.on("GET", DOCUMENTS, Reply({"error_code": 102, "detail": "personal data"}, status=422))
    with pytest.raises(Refused):
        hook.run("documents")
    assert "personal data" not in caplog.text


@pytest.mark.parametrize("address", ["https://evil.example/x", "http://127.0.0.1:1/x"])
def test_run_goes_to_no_other_host(connection, hook, address):
    with pytest.raises(Refused, match="another host"):
        hook.run(address)


def test_run_knows_no_options_that_would_undo_its_safety(connection, hook):
    with pytest.raises(TypeError, match="allow_redirects"):
        hook.run("documents", extra_options={"allow_redirects": True})
    with pytest.raises(TypeError, match="files"):
        hook.run("documents", files={})
    with pytest.raises(TypeError, match="shared"):
        hook.get_conn({"X-Note": "n"})


def test_the_inherited_methods_are_safe_too(service, connection, hook):
    service.on("GET", DOCUMENTS, Reply({"error_code": 102, "detail": "x"}, status=422))
    assert hook.url_from_endpoint("documents") == f"{service.url}{DOCUMENTS}"
    response = hook.get_conn().get("documents")
    with pytest.raises(Refused):
        hook.check_response(response)


def test_one_session_serves_all_calls(service, connection, hook):
    assert hook.get_conn() is hook.get_conn() is hook.client.session


@pytest.mark.parametrize(
    ("extra", "field"),
    [
        ({"calls_per_minute": 0}, "calls_per_minute"),
        ({"calls_per_minute": "many"}, "calls_per_minute"),
        ({"calls_per_day": 1.5}, "calls_per_day"),
        ({"calls_per_hour": True}, "calls_per_hour"),
        ({"max_file_megabytes": 5000}, "max_file_megabytes"),
        ({"read_timeout": -1}, "read_timeout"),
        ({"allow_http": "perhaps"}, "allow_http"),
        ({"timezone": ["x"]}, "timezone"),
    ],
)
def test_a_wrong_setting_is_named_with_its_bounds(connect, hook, extra, field):
    connect("getmyinvoices", BASE, extra)
    with pytest.raises(Misconfigured, match=f"'{field}' has to be") as wrong:
        _ = hook.client
    assert "getmyinvoices_default" in wrong.value.remedy


def test_settings_reach_the_client(connect, hook):
    connect(
        "getmyinvoices",
        BASE,
        {
            "timezone": "UTC",
            "max_file_megabytes": "3",
            "read_timeout": 7,
            "calls_per_minute": "",
            "calls_per_day": None,
        },
    )
    assert hook.client.zone.key == "UTC"
    assert hook.client.max_file_bytes == 3 * 1024 * 1024
    assert hook.client.session.timeouts == (5.0, 7)


def test_the_allowance_of_the_connection_holds(service, connect, hook):
    connect("getmyinvoices", BASE, {"calls_per_day": 2}, login="G-1")
    service.on("GET", STATUS, Reply({"success": True}))
    hook.client.check()
    hook.client.check()
    with pytest.raises(QuotaUsedUp):
        hook.client.check()


def test_a_hook_of_low_priority_leaves_a_part_of_the_allowance(service, connect, hook):
    connect("getmyinvoices", BASE, {"calls_per_day": 3}, login="G-1")
    service.on("GET", STATUS, Reply({"success": True}))
    hook.low_priority = True
    hook.client.check()
    hook.client.check()
    with pytest.raises(QuotaUsedUp, match="long periods"):
        hook.client.check()
    with GetMyInvoicesHook() as other:
        other.client.check()


def test_https_is_the_rule(connect, hook):
    connect("getmyinvoices", BASE, {"allow_http": False})
    with pytest.raises(Misconfigured, match="plain HTTP"):
        _ = hook.client


def test_the_secret_is_masked_in_the_log_of_tasks(connect, hook):
    connect("getmyinvoices", BASE, password="k9q7-that-only-this-test-has")
    assert redact("a k9q7-that-only-this-test-has") == "a k9q7-that-only-this-test-has"
    _ = hook.client
    assert redact("a k9q7-that-only-this-test-has") == "a ***"


def test_secrets_of_a_connection_that_airflow_does_not_keep_are_masked():
    given = Connection(
        conn_id="c", conn_type="getmyinvoices", password="n0t-kept-yet", extra='{"client_secret": "n0t-either"}'
    )
    GetMyInvoicesHook.of(given).client  # noqa: B018 - it masks as it is made
    assert redact("n0t-kept-yet, n0t-either") == "***, ***"


def test_a_connection_that_works(service, connection, hook):
    healthy(service)
    assert hook.test_connection() == (True, "Connected to Acme GmbH (G-20707-0).")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply({"errors": [{"code": 403, "detail": "API Key does not exist"}]}, status=403), "not known"),
        (Reply({"errors": [{"code": 407, "detail": "x"}]}, status=403), "blocked"),
        (Reply({"errors": [{"code": 431, "detail": "x"}]}, status=403), "cancelled"),
        (Reply({"errors": [{"code": 430, "detail": "x"}]}, status=403), "may not do this"),
        (Reply({"errors": [{"code": 400, "detail": "Invalid user agent."}]}, status=400), "account id"),
        (Reply({"errors": [{"code": 400, "detail": "Action is not valid."}]}, status=400), "base URL"),
        (Reply(b"<h1>Not found</h1>", status=404), "base URL"),
        (Reply({}, status=429), "slow down"),
        (Reply({}, status=503), "reported an internal error"),
        (Reply(b"<html>", headers={"Content-Type": "text/html"}), "could not be understood"),
    ],
)
def test_the_test_says_what_is_wrong(service, connection, hook, reply, said):
    healthy(service)
    service.on("GET", STATUS, reply)
    works, sentence = hook.test_connection()
    assert not works
    assert said in sentence
    assert CANARY not in sentence


def test_a_service_that_is_not_there(connect, hook, service):
    connect("getmyinvoices", BASE, host="http://127.0.0.1:1")
    works, sentence = hook.test_connection()
    assert not works
    assert "could not be reached" in sentence


def test_a_used_up_allowance_is_reported(service, connect, hook):
    connect("getmyinvoices", BASE, {"calls_per_day": 1}, login="G-1")
    healthy(service)
    works, sentence = hook.test_connection()
    assert not works
    assert "used up" in sentence


def test_a_wrong_setting_is_reported(connect, hook):
    connect("getmyinvoices", BASE, {"timezone": "Europe/Atlantis"})
    works, sentence = hook.test_connection()
    assert not works
    assert "time zone" in sentence


def test_a_missing_key_is_reported(connect, hook):
    connect("getmyinvoices", BASE, password="")
    assert hook.test_connection() == (
        False,
        "The API key is missing. Enter the API key again in the connection's form.",
    )


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (-timedelta(minutes=20), "20 minutes fast"),
        (timedelta(minutes=20), "20 minutes slow"),
        (timedelta(seconds=70), "1 minute slow"),
    ],
)
def test_a_wrong_clock_is_reported(service, connection, hook, monkeypatch, off, said):
    healthy(service)
    theirs = format_datetime(datetime.now(UTC) + off, usegmt=True)
    monkeypatch.setattr("http.server.BaseHTTPRequestHandler.date_time_string", lambda *_: theirs)
    works, sentence = hook.test_connection()
    assert not works
    assert said in sentence


def test_another_time_zone_is_reported(service, connection, hook):
    healthy(service, timezone="America/New_York")
    works, sentence = hook.test_connection()
    assert not works
    assert "America/New_York" in sentence
    assert "Europe/Berlin" in sentence


@pytest.mark.parametrize("zone", ["Europe/Vienna", "", "somewhere", "../etc/passwd"])
def test_a_zone_of_the_same_time_or_none_is_no_trouble(service, connection, hook, zone):
    healthy(service, timezone=zone)
    assert hook.test_connection()[0]


def test_the_test_does_not_wait_and_try_again(service, connection, hook):
    healthy(service)
    service.on("GET", STATUS, Reply({}, status=503))
    hook.test_connection()
    assert len(service.calls("GET", STATUS)) == 1


def test_a_refused_key_stops_every_call(service, connection, hook):
    service.on("GET", DOCUMENTS, Reply({"errors": [{"code": 403}]}, status=403))
    with pytest.raises(CredentialsRefused):
        hook.client.documents()


def test_calls_are_counted_in_airflow_s_home_by_default(service, connection, hook, monkeypatch, tmp_path):
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "a home with blanks"))
    monkeypatch.delenv("AIRFLOW__DEBITOOR__PACING_URL")
    service.on("GET", STATUS, Reply({"success": True}))
    hook.client.check()
    store = tmp_path / "a home with blanks" / "debitoor_pacing.db"
    assert store.exists()
    assert CANARY.encode() not in store.read_bytes()


def test_a_response_with_an_invalid_date_is_accepted(service, connection, hook, monkeypatch):
    healthy(service)
    monkeypatch.setattr("http.server.BaseHTTPRequestHandler.date_time_string", lambda *_: "now")
    assert hook.test_connection()[0]


def test_a_connection_of_another_service_gives_away_no_key(service, connect):
    connect("debitoor", "")
    hook = GetMyInvoicesHook("debitoor_default")
    with pytest.raises(Misconfigured, match="debitoor_default is of the type debitoor, not getmyinvoices"):
        _ = hook.client
    works, sentence = hook.test_connection()
    assert not works
    assert "no key reaches another service" in sentence
    assert service.asked == []


def test_a_connection_that_airflow_does_not_have_is_an_error_for_a_person():
    with pytest.raises(Misconfigured, match="Airflow has no connection nowhere") as met:
        _ = GetMyInvoicesHook("nowhere").client
    assert is_permanent(met.value)
