from __future__ import annotations

import pytest
from airflow.sdk import Connection

from debitoor_provider.hooks.fields import Fields


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
