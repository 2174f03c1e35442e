from __future__ import annotations

import pytest

from debitoor_provider.services.debitoor.explain import explain
from debitoor_provider.services.http.answer import Answer
from debitoor_provider.services.http.errors import (
    CredentialsRefused,
    FileRefused,
    Misconfigured,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, CredentialsRefused),
        (403, CredentialsRefused),
        (404, NotFound),
        (408, Unavailable),
        (412, Refused),
        (429, RateLimited),
        (500, Unavailable),
        (502, Unavailable),
        (503, Unavailable),
        (504, Unavailable),
    ],
)
@pytest.mark.parametrize("payload", [None, {"code": 1, "message": "x"}, "text", []])
def test_the_status_decides(status, kind, payload):
    error = explain(Answer(status, payload, retry_after=5), "read expense")
    assert type(error) is kind
    assert error.status == status


@pytest.mark.parametrize("operation", ["list expenses", "read environment", "create expense", "upload file"])
def test_not_found_means_the_address_where_no_record_is_asked_for(operation):
    error = explain(Answer(404, {"code": 404, "message": "x"}), operation)
    assert type(error) is Misconfigured
    assert error.remedy


@pytest.mark.parametrize("operation", ["list expenses", "read environment"])
def test_a_refusal_that_concerns_all_says_what_to_do(operation):
    assert explain(Answer(400, None), operation).remedy
    wrong_field = {"code": 400, "errors": [{"property": "date", "message": "is required"}]}
    assert explain(Answer(400, wrong_field), operation).remedy
    assert not explain(Answer(400, wrong_field), "create expense").remedy  # the document's own mend is told


def test_a_wait_is_passed_on():
    assert explain(Answer(429, None, 5), "x").retry_after == 5
    assert explain(Answer(503, None, 5), "x").retry_after == 5


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_success_is_no_error(status):
    assert explain(Answer(status, {}), "x") is None


@pytest.mark.parametrize("status", [412, 413, 415])
def test_an_upload_that_is_not_taken_is_about_the_file(status):
    assert isinstance(explain(Answer(status), "upload file"), FileRefused)


def problems(*names: str) -> dict[str, object]:
    return {"code": 400, "errors": [{"property": name, "message": "is required", "value": "v4lue"} for name in names]}


def test_the_fields_are_named():
    error = explain(Answer(400, problems("date", "lines.0.taxRate")), "create expense")
    assert [problem.field for problem in error.fields] == ["date", "lines.0.taxRate"]
    assert "date (is required); lines.0.taxRate (is required)" in str(error)
    assert "v4lue" not in str(error)


def test_many_fields_are_counted():
    error = explain(Answer(400, problems(*"abcdefg")), "create expense")
    assert str(error).endswith("d (is required) and 3 more.")
    assert len(error.fields) == 7


def test_what_the_service_writes_is_made_harmless():
    errors = [{"property": "x\x1b[31m\n<b>" + "y" * 500, "message": "<script>" + "z" * 500}, "text", None, {}]
    error = explain(Answer(400, {"errors": errors}), "create expense")
    assert len(str(error)) < 400
    assert not set("<>\x1b\n") & set(str(error))


@pytest.mark.parametrize("errors", ["x", 5, None, {}, [1], [[]]])
def test_an_odd_body_is_no_stumbling_block(errors):
    assert explain(Answer(400, {"errors": errors}), "create expense").fields == ()
