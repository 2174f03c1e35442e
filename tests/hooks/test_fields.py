from __future__ import annotations

import json

import pytest
from airflow.sdk import Connection

from debitoor_provider.hooks.fields import Fields, address_of
from debitoor_provider.services.errors import Misconfigured


def address(**fields: object) -> str:
    return Fields(Connection(conn_id="c", conn_type="debitoor", **fields)).base_url("https://default.example/api")


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ({}, "https://default.example/api"),
        ({"host": "  "}, "https://default.example/api"),
        ({"host": "https://a.example/v3"}, "https://a.example/v3"),
        ({"host": "a.example/v3"}, "https://a.example/v3"),
        ({"host": "a.example", "schema": "http"}, "http://a.example"),
        ({"host": "a.example", "schema": "ledger"}, "https://a.example"),
        ({"host": "a.example/v3", "port": 8443}, "https://a.example:8443/v3"),
        ({"host": "http://127.0.0.1:8000/x"}, "http://127.0.0.1:8000/x"),
    ],
)
def test_the_address_is_made_of_host_schema_and_port(fields, url):
    assert address(**fields) == url


@pytest.mark.parametrize("extra", ["[]", '"text"', "5", None])
def test_extras_that_are_no_object_count_as_none(extra):
    fields = Fields(Connection(conn_id="c", conn_type="debitoor", extra=extra))
    assert fields.text("x") == ""
    assert fields.whole("x", at_least=1, at_most=2) is None
    assert fields.switch("x") is False


@pytest.mark.parametrize("yes", ["true", "on", "1", "YES"])
def test_a_switch_may_be_written_as_text(yes):
    assert Fields(Connection(conn_id="c", conn_type="debitoor", extra=f'{{"x": "{yes}"}}')).switch("x") is True


@pytest.mark.parametrize("neither", ["tru", "ja", "2", "none"])
def test_a_switch_that_says_neither_yes_nor_no_is_refused(neither):
    with pytest.raises(Misconfigured, match="true or false"):
        Fields(Connection(conn_id="c", conn_type="debitoor", extra=f'{{"x": "{neither}"}}')).switch("x")


def page(text: str) -> str:
    extra = json.dumps({"web_url": text})
    return Fields(Connection(conn_id="c", conn_type="debitoor", extra=extra)).record_page("web_url")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://app.example/expenses/{id}", "https://app.example/expenses/7"),
        (" https://app.example/{id}/edit?of={id}#{id} ", "https://app.example/7/edit?of=7#7"),
        ("http://127.0.0.1:8123/?record={id}", "http://127.0.0.1:8123/?record=7"),
        ("https://[::1]/{id}", "https://[::1]/7"),
        ("", ""),
    ],
)
def test_the_page_of_a_record_has_its_id(text: str, address: str) -> None:
    assert address_of(page(text), "7") == address


def test_an_id_stays_within_its_place() -> None:
    assert (
        address_of(page("https://app.example/{id}/edit"), '../x?y#z"<')
        == "https://app.example/..%2Fx%3Fy%23z%22%3C/edit"
    )


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert({id})",
        "JavaScript://app.example/%0Aalert({id})",
        "data:text/html,{id}",
        "file:///{id}",
        "//app.example/{id}",
        "app.example/{id}",
        "https:///{id}",
        "https://{id}.example/",
        "https://app.example@other.example/{id}",
        "https://app.example\\@other.example/{id}",
        "java\tscript:alert({id})",
        "https://app.example/ {id}",
        "https://app.exa\nmple/{id}",
        "https://[app/{id}",
        "https://app.example/expenses",
        "https://app.example/{number}",
        "https://app.example/{id}" + "x" * 2000,
    ],
)
def test_the_page_of_a_record_is_of_the_web_and_of_one_host(text: str) -> None:
    with pytest.raises(Misconfigured, match="web_url"):
        page(text)
