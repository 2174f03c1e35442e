"""The descriptions of both services."""

from __future__ import annotations

import pytest
import requests

from debitoor_provider.sandbox.debitoor.operations import OPERATIONS as DEBITOOR
from debitoor_provider.sandbox.gmi.operations import OPERATIONS as GMI
from debitoor_provider.sandbox.openapi import PATHS, describe


@pytest.mark.parametrize(("service", "operations"), [("gmi", GMI), ("debitoor", DEBITOOR)])
def test_every_operation_is_described_under_its_name(sandbox, service, operations):
    served = requests.get(sandbox.base_url + PATHS[service], timeout=10).json()
    assert served == describe(service)
    for operation in operations:
        described = served["paths"][operation.path][operation.method.lower()]
        assert described["operationId"].removesuffix(".2") == operation.name
        assert described["parameters"] or "{" not in operation.path


def test_what_needs_no_token_says_so():
    paths = describe("debitoor")["paths"]
    assert paths["/api/schemas/{name}/{version}"]["get"]["security"] == []
    assert "security" not in paths["/api/expenses/v4"]["get"]


def test_a_body_has_nothing_that_is_read_only():
    body = describe("debitoor")["paths"]["/api/expenses/v4"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert "createdDate" not in schema["properties"]
    assert {"date", "lines"} <= set(schema["required"])
