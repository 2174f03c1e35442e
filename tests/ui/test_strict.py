"""Wrong requests are refused in plain words, and no request at all makes the server fail."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import schemathesis
from airflow.models.connection import Connection
from airflow.utils.session import create_session
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from debitoor_provider.hooks import base
from debitoor_provider.services.http.retry import Backoff
from debitoor_provider.sync.ledger import PlannedDocument
from debitoor_provider.ui.app import app
from tests.ui.conftest import ORIGIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

ACCOUNT = "api/accounts/acme"
EXAMPLES = 12
_PATH = ("%00", "%ff", "..%2f", "9" * 40, "-1", "%D0%B0cme", "x" * 300, "acme", "1")
_PIECES = ("\0", "%00", "\ud800", "../", "9" * 40, "-1", "1e9", "NaN", "\u0430cme", "x" * 300, "acme", "1", ";=1+1")
OPERATIONS = {
    result.ok().label: result.ok() for result in schemathesis.openapi.from_dict(app.openapi()).get_all_operations()
}


@pytest.fixture
def client(
    page: Callable[..., TestClient],
    account_file: Callable[..., Any],
    ledger: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> TestClient:
    """Return an admin's page with one document, and with a connection to a service that does not answer."""
    monkeypatch.setattr(base, "Backoff", lambda: Backoff(fault=(0, 0, 0)))  # it does not answer later either
    account_file()
    ledger.plans.enter("acme", "export", "debitoor__acme/1", [PlannedDocument("1", exchange_key="k:1", snapshot="{}")])
    ledger.documents.ignore(ledger.documents.entries(), "user:ada")  # no preview looks at it
    with create_session() as session:
        for name in ("gmi", "debitoor"):
            kind = "getmyinvoices" if name == "gmi" else name
            session.add(
                Connection(conn_id=name, conn_type=kind, host="https://127.0.0.1:9", login="G-1-0", password="key")
            )
    return page("admin")


@pytest.mark.parametrize(
    ("path", "unknown", "meant"),
    [
        (f"{ACCOUNT}/documents", "stat", "Did you mean state?"),
        (f"{ACCOUNT}/documents.csv", "serach", "Did you mean search?"),
        (f"{ACCOUNT}/runs", "limits", "Did you mean limit?"),
        (f"{ACCOUNT}/backfill?from=2026-01-01&to=2026-01-31", "form", "Did you mean from?"),
        ("api/attention", "acount", "Did you mean account?"),
        ("api/accounts", "page", "There are: "),
        ("api/me", "x", "This is unknown here."),
    ],
)
def test_an_unknown_parameter_is_refused_and_the_nearest_one_named(client, path, unknown, meant):
    answer = client.get(
        path, params={**dict(pair.split("=") for pair in path.partition("?")[2].split("&") if pair), unknown: "1"}
    )
    assert answer.status_code == 422
    (problem,) = answer.json()["detail"]
    assert problem["loc"] == ["query", unknown]
    assert meant in problem["msg"]


@pytest.mark.parametrize(
    "body",
    [
        {"action": "send_again", "ids": [1], "reason": "x", "dry_run": True},
        {"action": "send_again", "ids": ["1"], "reason": "x"},
        {"action": "send_again", "ids": [True], "reason": "x"},
        {"action": "send_again", "ids": [1.0], "reason": "x"},
        {"action": "send_again", "ids": [0], "reason": "x"},
        {"action": "send_again", "ids": [10**40], "reason": "x"},
        {"action": "send_again", "fitting": {"state": ["planned"]}, "reason": "x"},
        {"action": "send_agin", "ids": [1], "reason": "x"},
    ],
)
def test_a_body_that_is_not_understood_changes_nothing(client, ledger, body):
    assert client.post(f"{ACCOUNT}/documents/actions", json=body).status_code == 422
    assert [str(entry.state) for entry in ledger.documents.entries()] == ["ignored"]


@pytest.mark.parametrize("id_", ["9" * 40, "-1", "0", str(2**63), "1.5", "%00", "x"])
def test_a_document_that_cannot_be_is_refused(client, id_):
    for path in (f"{ACCOUNT}/documents/{id_}", f"{ACCOUNT}/documents/{id_}/file?at=source"):
        assert client.get(path).status_code == 422


@pytest.mark.parametrize("path", ["%00", "app.js%00", "x" * 5000, "%ff", "a%0ab", "words/%C3%BC.json"])
def test_a_file_that_cannot_be_is_not_found(client, path):
    assert client.get(f"static/0/{path}").status_code == 404


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_no_request_makes_the_server_fail(label: str, client: TestClient) -> None:
    operation = OPERATIONS[label]
    failed: list[str] = []

    def send(case: Any, data: Any) -> None:
        for name in case.path_parameters or {}:
            case.path_parameters[name] = data.draw(st.sampled_from(_PATH)) if data.draw(st.booleans()) else "acme"
        for name in list(case.query or {}):
            if data.draw(st.booleans()):
                case.query[name] = data.draw(st.sampled_from(_PIECES))
        with suppress(httpx.InvalidURL, UnicodeEncodeError):  # no client can send it
            sent = case.as_transport_kwargs(base_url=f"{ORIGIN}/debitoor")
            allowed = {name: sent[name] for name in ("method", "url", "params", "json") if sent.get(name) is not None}
            if isinstance(sent.get("data"), bytes | str):
                allowed["content"] = sent["data"]
            answer = client.request(**allowed)
            if answer.status_code in {500, 501} or "Traceback" in answer.text:
                failed.append(f"{answer.status_code}: {allowed}")

    for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
        try:
            strategy = operation.as_strategy(generation_mode=mode)
            settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )(seed(len(label))(given(case=strategy, data=st.data())(send)))()
        except Exception as error:
            if type(error).__name__ not in ("Unsatisfiable", "SkipTest"):  # nothing that does not fit can be made
                raise
    assert failed == []
