"""What is wrong with a request is said in the language of the page: every address, with every kind of bad input."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.dependencies.utils import get_flat_dependant
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from debitoor_provider.messages.catalogue import entries
from debitoor_provider.ui.app import app
from debitoor_provider.ui.routes import me
from debitoor_provider.ui.strict import StrictRoute
from tests.messages.english import english_in, words_in
from tests.ui.conftest import ORIGIN, token_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def test_the_parameters_that_a_route_knows_are_those_of_the_description() -> None:
    """``get_flat_dependant`` is not documented by FastAPI: it has to find those of nested dependencies, too."""
    known = {
        (route.path_format, method.lower()): {field.alias for field in get_flat_dependant(route.dependant).query_params}
        for route in app.routes
        if isinstance(route, StrictRoute)
        for method in route.methods
    }
    described = {
        (path, method): {each["name"] for each in operation.get("parameters", []) if each["in"] == "query"}
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    }
    assert known == described
    assert len(known) > 30


def names_in(described: Any) -> Iterator[str]:
    """Return the names of fields, parameters and values in a part of the API's description."""
    if isinstance(described, list):
        yield from chain.from_iterable(map(names_in, described))
    elif isinstance(described, dict):
        yield from (value for value in described.get("enum", ()) if isinstance(value, str))
        yield from described.get("properties", ())
        yield from (described[key] for key in ("name",) if isinstance(described.get(key), str))
        yield from chain.from_iterable(map(names_in, described.values()))


LANGUAGES = ("fr", "de", "da")
ROUTES = sorted(
    (method, route.path)
    for route in app.routes
    if isinstance(route, APIRoute) and route.path.startswith("/api")
    for method in route.methods
)
NAMES = frozenset(words_in(" ".join(names_in(app.openapi()))))
BAD = ("x" * 1001, "-1", "0", "1e9", "qqq xyz", "2026-13-40", "99999999999999999999999")
BODIES: tuple[Any, ...] = (
    None, "{", [], {}, {"unknown": 1}, {"reason": 7, "ids": "x", "action": "x", "fitting": 3},
    {"reason": " ", "ids": [0, "1"], "action": "ignore"},
    {"reason": "x", "ids": [1], "fitting": {}, "action": "ignore"},
    {"reason": "x" * 501, "ids": [], "action": "ignore"},
    {"reason": "x", "ids": [1] * 10_001, "action": "ignore"}, {"stated": {"date": "31.1.2026", "currency": "X" * 30,
    "tax": [{"rate": "x", "gross": "NaN"}, {"rate": "1" * 30}], "exchange_rate": [], "supply": "moon"}, "reason": "x"},
    {"settings": [], "version": 1, "from": 5, "to": "x", "limit": 0}, {"settings": {"type": "x"}, "version": None},
    {"settings": {"a": [[[[{}]]]]}, "limit": 10_000, "from": "2026-02-30"}, {"api_key": "", "account_id": "x" * 101},
    {"api_key": 7, "timezone": "Europa/Berlin"}, {"email": "qqq", "back": "https://qqq.example"},
    {"email": "qqq@x", "back": "x" * 301}, {"from": "2026-02-01", "to": "2026-01-01"}, {"version": 3}, {"ids": [[]]},
)  # fmt: skip


@pytest.fixture
def client(page: Callable[..., TestClient], account_file: Callable[..., Any]) -> TestClient:
    """Return an admin's page with one account, whose connections are not there."""
    account_file()
    return page("admin")


def requests_to(method: str, path: str) -> Iterator[dict[str, Any]]:
    """Return requests that are wrong in many ways."""
    address = path.removeprefix("/")
    known = address.format(account_id="acme", document_id=1, connection_id="gmi")
    if "{" in address:
        for odd in ("qqq", "..", "x" * 300, "%00", "a b"):
            yield {"url": address.format(account_id=odd, document_id=odd, connection_id=odd)}
        yield {"url": address.format(account_id="acme", document_id="x", connection_id="-")}
    names = {query["name"] for query in app.openapi()["paths"][path][method.lower()].get("parameters", ())}
    for name, value in ((name, value) for name in sorted(names - {"account_id"}) for value in BAD):
        yield {"url": known, "params": {name: value}}
    yield {"url": known, "params": {"no_such_parameter": 1, "serch": "x", "limits": 2}}
    if method != "GET":
        for body in BODIES:
            yield {"url": known, "content": body} if isinstance(body, str) else {"url": known, "json": body}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_refusal_is_english_on_a_page_in_another_language(client, method, path):
    refused = 0
    for request in requests_to(method, path):
        for language in LANGUAGES:
            answer = client.request(method, **request, headers={"Accept-Language": language})
            if answer.status_code < 400:
                break
            refused += 1
            assert (request, english_in(" ".join(sentences(answer.json())), language, NAMES)) == (request, set())
    assert refused


def sentences(answer: Any) -> Iterator[str]:
    """Return every text that an answer says to people."""
    if isinstance(answer, list):
        yield from chain.from_iterable(map(sentences, answer))
    elif isinstance(answer, dict):
        said = {name: value for name, value in answer.items() if name not in {"loc", "type", "field", "code", "file"}}
        yield from chain.from_iterable(map(sentences, said.values()))
    elif isinstance(answer, str):
        yield answer


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "api/nothing", "request_no_such_address"),
        ("GET", "static/x/nothing.js", "request_no_such_address"),
        ("PATCH", "api/accounts", "request_not_this_method"),
    ],
)
def test_an_address_that_there_is_not_is_refused_in_the_language_of_the_page(client, method, path, code, language):
    answer = client.request(method, path, headers={"Accept-Language": language})
    assert answer.status_code in {404, 405}
    assert answer.json()["detail"] == entries(language)[code]["text"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_not_logged_in_reads_so_in_the_language_of_the_page(page, language):
    answer = page(None).get("api/accounts", headers={"Accept-Language": language})
    assert answer.status_code == 401
    assert answer.json()["detail"] == entries(language)["request_logged_out"]["text"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_of_the_server_is_reported_in_the_language_of_the_page(page, language, monkeypatch):
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    page()
    monkeypatch.setattr(me, "may_connect", fail)
    client = TestClient(app, ORIGIN, raise_server_exceptions=False, cookies={"_token": token_of("admin")})
    answer = client.get("/api/me", headers={"Accept-Language": language})
    assert answer.status_code == 500
    assert answer.json()["detail"] == entries(language)["request_failed"]["text"]
