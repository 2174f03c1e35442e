from __future__ import annotations

import pytest

from debitoor_provider.services.debitoor.explain import explain
from debitoor_provider.services.errors import (
    CredentialsRefused,
    FileRefused,
    Misconfigured,
    NotFound,
    PathGone,
    PathInDoubt,
    PermissionMissing,
    RateLimited,
    Refused,
    Unavailable,
)
from debitoor_provider.services.http.answer import Answer
from debitoor_provider.services.http.call import Call, Subject

READ_EXPENSE = Call("read_expense", "GET", "/api/expenses/7/v4")
LIST_EXPENSES = Call("list_expenses", "GET", "/api/expenses/v4", subject=Subject.ACCOUNT)
CREATE_EXPENSE = Call("create_expense", "POST", "/api/expenses/v4", subject=Subject.NEW_RECORD)
UPLOAD_FILE = Call("upload_file", "POST", "/api/files/v1", subject=Subject.NEW_RECORD, sends_file=True)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, CredentialsRefused),
        (408, Unavailable),
        (421, Unavailable),
        (425, Unavailable),
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
    error = explain(Answer(status, payload, retry_after=5), READ_EXPENSE)
    assert type(error) is kind
    assert error.status == status


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("payload", [{"code": 404, "message": "x"}, "text", []])
def test_a_record_that_is_not_found_is_about_the_record(status, payload):
    assert type(explain(Answer(status, payload), READ_EXPENSE)) is NotFound


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("call", [LIST_EXPENSES, CREATE_EXPENSE, UPLOAD_FILE])
def test_not_found_is_about_the_path_where_no_record_is_requested(status, call):
    doubt = explain(Answer(status, {"code": 404, "message": "x"}), call)
    assert isinstance(doubt, PathInDoubt)
    assert type(doubt.here) is PathGone
    assert doubt.here.path == call.path
    assert type(doubt.everywhere) is Misconfigured
    assert doubt.here.remedy
    assert doubt.everywhere.remedy
    assert (doubt.here.status, doubt.everywhere.status) == (status, status)


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("answer", [{"payload": None}, {"payload": {}, "is_page": True}])
def test_a_missing_record_without_the_service_s_own_body_may_be_the_path(status, answer):
    assert isinstance(explain(Answer(status, **answer), READ_EXPENSE), PathInDoubt)


@pytest.mark.parametrize("payload", [None, {"code": 403, "message": "x"}])
def test_403_means_the_token_unless_the_token_works_elsewhere(payload):
    doubt = explain(Answer(403, payload), READ_EXPENSE)
    assert isinstance(doubt, PathInDoubt)
    assert type(doubt.here) is PermissionMissing
    assert type(doubt.everywhere) is CredentialsRefused


def test_403_with_a_web_page_is_not_about_the_token():
    doubt = explain(Answer(403, is_page=True), READ_EXPENSE)
    assert isinstance(doubt, PathInDoubt)
    assert type(doubt.here) is PathGone
    assert type(doubt.everywhere) is Misconfigured


def test_a_refusal_that_concerns_all_says_what_to_do():
    assert explain(Answer(400, None), LIST_EXPENSES).remedy
    wrong_field = {"code": 400, "errors": [{"property": "date", "message": "is required"}]}
    assert explain(Answer(400, wrong_field), LIST_EXPENSES).remedy
    assert not explain(Answer(400, wrong_field), CREATE_EXPENSE).remedy  # the document's own remedy is shown


def test_a_wait_is_passed_on():
    assert explain(Answer(429, None, 5), READ_EXPENSE).retry_after == 5
    assert explain(Answer(503, None, 5), READ_EXPENSE).retry_after == 5


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_success_is_no_error(status):
    assert explain(Answer(status, {}), READ_EXPENSE) is None


@pytest.mark.parametrize("status", [412, 413, 415])
def test_an_upload_that_is_not_taken_is_about_the_file(status):
    assert isinstance(explain(Answer(status), UPLOAD_FILE), FileRefused)


def problems(*names: str) -> dict[str, object]:
    return {"code": 400, "errors": [{"property": name, "message": "is required", "value": "v4lue"} for name in names]}


def test_the_fields_are_named():
    error = explain(Answer(400, problems("date", "lines.0.taxRate")), CREATE_EXPENSE)
    assert [problem.field for problem in error.fields] == ["date", "lines.0.taxRate"]
    assert "date (is required); lines.0.taxRate (is required)" in str(error)
    assert "v4lue" not in str(error)


def test_many_fields_are_counted():
    error = explain(Answer(400, problems(*"abcdefg")), CREATE_EXPENSE)
    assert str(error).endswith("d (is required) and 3 more.")
    assert len(error.fields) == 7


def test_text_of_the_service_is_sanitised():
    errors = [{"property": "x\x1b[31m\n<b>" + "y" * 500, "message": "<script>" + "z" * 500}, "text", None, {}]
    error = explain(Answer(400, {"errors": errors}), CREATE_EXPENSE)
    assert len(str(error)) < 400
    assert not set("<>\x1b\n") & set(str(error))


@pytest.mark.parametrize("errors", ["x", 5, None, {}, [1], [[]]])
def test_an_odd_body_is_no_stumbling_block(errors):
    assert explain(Answer(400, {"errors": errors}), CREATE_EXPENSE).fields == ()
