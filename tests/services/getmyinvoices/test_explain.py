from __future__ import annotations

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import (
    AlreadyExists,
    CredentialsRefused,
    FileRefused,
    Misconfigured,
    NotFound,
    PathGone,
    PathInDoubt,
    PermissionMissing,
    RateLimited,
    Refused,
    StopError,
    Unavailable,
    WrongUserAgent,
)
from debitoor_provider.services.getmyinvoices.explain import _CODES, _KEY_CODES, ATTACHMENT_CODES, explain
from debitoor_provider.services.http.answer import Answer
from debitoor_provider.services.http.call import Call, Subject

SHAPES = {
    "list": lambda code, detail: {"success": False, "errors": [{"code": code, "detail": detail}]},
    "flat": lambda code, detail: {"success": False, "error_code": code, "detail": detail},
    "gateway": lambda code, detail: {"code": code, "detail": detail},
    "keyed": lambda code, detail: {"errors": {"0": {"code": str(code), "detail": detail}}},
}


READ_DOCUMENT = Call("read_document", "GET", "/documents/7")
LIST_DOCUMENTS = Call("list_documents", "GET", "/documents", subject=Subject.ACCOUNT)
UPLOAD_DOCUMENT = Call("upload_document", "POST", "/documents", subject=Subject.NEW_RECORD, sends_file=True)
CREATE_COMPANY = Call("create_company", "POST", "/companies", subject=Subject.ACCOUNT)
ADD_ATTACHMENT = Call("add_attachment", "POST", "/documents/7/attachments", sends_file=True, codes=ATTACHMENT_CODES)


@pytest.fixture(params=SHAPES)
def shape(request):
    return SHAPES[request.param]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, 403, CredentialsRefused),
        (403, 407, CredentialsRefused),
        (403, 429, RateLimited),
        (403, 430, PermissionMissing),
        (403, 431, CredentialsRefused),
        (422, 101, FileRefused),
        (422, 102, Refused),
        (422, 105, RateLimited),
        (422, 106, NotFound),
        (422, 127, AlreadyExists),
        (422, 132, FileRefused),
        (422, 135, NotFound),
        (422, 140, Refused),
        (422, 146, Refused),
        (422, 147, Refused),
        (422, 100, Unavailable),
        (422, 999, Refused),
    ],
)
def test_the_inner_code_decides_in_every_shape(shape, status, code, kind):
    error = explain(Answer(status, shape(code, "x")), READ_DOCUMENT)
    assert type(error) is kind
    assert (error.status, error.code) == (status, code)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, CredentialsRefused),
        (403, CredentialsRefused),
        (404, PathInDoubt),
        (405, PathInDoubt),
        (408, Unavailable),
        (421, Unavailable),
        (425, Unavailable),
        (410, PathInDoubt),
        (413, FileRefused),
        (415, Refused),
        (422, Refused),
        (429, RateLimited),
        (500, Unavailable),
        (502, Unavailable),
        (503, Unavailable),
        (504, Unavailable),
    ],
)
def test_an_empty_body_leaves_the_status(status, kind):
    assert type(explain(Answer(status), UPLOAD_DOCUMENT)) is kind


def test_a_missing_record_and_a_wrong_address_are_different_errors():
    assert isinstance(explain(Answer(422, {"error_code": 106}), READ_DOCUMENT), NotFound)
    assert type(explain(Answer(404, {"detail": "x"}), READ_DOCUMENT)) is Refused
    for payload, call in ((None, READ_DOCUMENT), ({"detail": "x"}, LIST_DOCUMENTS)):
        doubt = explain(Answer(404, payload), call)
        assert isinstance(doubt, PathInDoubt)
        assert (type(doubt.here), doubt.here.path) == (PathGone, call.path)
        assert type(doubt.everywhere) is Misconfigured


def test_403_with_a_web_page_is_not_about_the_key():
    doubt = explain(Answer(403, is_page=True), READ_DOCUMENT)
    assert isinstance(doubt, PathInDoubt)
    assert type(doubt.everywhere) is Misconfigured


def test_a_refusal_that_concerns_all_says_what_to_do():
    assert explain(Answer(400, {"detail": "x"}), LIST_DOCUMENTS).remedy
    assert explain(Answer(413, {"detail": "x"}), CREATE_COMPANY).remedy
    assert explain(Answer(400, {"detail": "x"}), UPLOAD_DOCUMENT).remedy
    assert not explain(Answer(422, {"error_code": 107}), UPLOAD_DOCUMENT).remedy  # the document's own remedy is shown


def test_the_user_agent_and_a_wrong_path_are_different_errors(shape):
    assert isinstance(explain(Answer(400, shape(400, "Invalid user agent.")), READ_DOCUMENT), WrongUserAgent)
    assert isinstance(explain(Answer(400, shape(400, "Action is not valid.")), READ_DOCUMENT), PathInDoubt)


def test_success_false_is_an_error_even_with_status_200():
    assert isinstance(explain(Answer(200, {"success": False, "error_code": 147}), READ_DOCUMENT), Refused)


@pytest.mark.parametrize("payload", [None, {"success": True}, {"records": []}, [], {"success": "true"}])
def test_a_success_is_no_error(payload):
    assert explain(Answer(200, payload), READ_DOCUMENT) is None


@pytest.mark.parametrize("uid", [28715, "28715"])
def test_a_duplicate_names_the_existing_document(uid):
    payload = {"errors": [{"code": 127, "detail": "Document already exists", "duplicate_invoice_id": uid}]}
    assert explain(Answer(422, payload), UPLOAD_DOCUMENT).document_uid == 28715


def test_a_duplicate_without_id_is_one_nevertheless(shape):
    assert explain(Answer(422, shape(127, "x")), UPLOAD_DOCUMENT).document_uid is None


def test_a_code_of_attachments_means_something_else(shape):
    assert isinstance(explain(Answer(422, shape(141, "x")), UPLOAD_DOCUMENT), FileRefused)
    full = explain(Answer(422, shape(141, "x")), ADD_ATTACHMENT)
    assert isinstance(full, Refused)
    assert "25" in str(full)


def test_a_wait_is_passed_on():
    assert explain(Answer(429, None, retry_after=30), READ_DOCUMENT).retry_after == 30
    assert explain(Answer(503, None, retry_after=30), READ_DOCUMENT).retry_after == 30


def test_uploads_used_up_are_back_within_an_hour_and_no_matter_of_other_calls():
    error = explain(Answer(422, {"code": 105}), READ_DOCUMENT)
    assert (error.retry_after, error.of_all_calls) == (3600, False)
    assert "next hour" in str(error)


def test_a_stop_has_a_remedy():
    for status, code in [(403, 403), (403, 407), (403, 430), (403, 431), (405, 0)]:
        error = explain(Answer(status, {"code": code}), READ_DOCUMENT)
        assert isinstance(error, StopError)
        assert error.remedy


def test_every_code_is_a_sentence():
    sentences = [
        Message(name).text() for _, name in [*_CODES.values(), *_KEY_CODES.values(), *ATTACHMENT_CODES.values()]
    ]
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in sentences)


@pytest.mark.parametrize("payload", ["x", 5, {"errors": "x"}, {"errors": []}, {"errors": [1]}, {"code": {}}])
def test_an_odd_body_is_no_stumbling_block(payload):
    assert isinstance(explain(Answer(422, payload), READ_DOCUMENT), Refused)


def test_the_service_s_words_are_kept_apart_from_the_sentence():
    error = explain(
        Answer(422, {"errors": [{"code": 102, "detail": "Required parameters not set: fileName"}]}), READ_DOCUMENT
    )
    assert error.fields[0].message == "Required parameters not set: fileName"
    assert "fileName" not in str(error)
