from __future__ import annotations

import base64
import http.client
import io
from decimal import Decimal

import pytest

from debitoor_provider.services.errors import (
    AlreadyExists,
    BadAnswer,
    CredentialsRefused,
    FileRefused,
    Misconfigured,
    NotFound,
    PathGone,
    RateLimited,
    Refused,
    Unavailable,
    UnclearOutcome,
    WrongUserAgent,
)
from debitoor_provider.services.getmyinvoices.models import NewDocument
from tests.services.scripted import HANG_UP, PDF, Asked, Reply, pdf

DOCUMENTS = "/accounts/v3/documents"
ONE = f"{DOCUMENTS}/7"
FILE = f"{DOCUMENTS}/7/file"
OK = Reply({"success": True, "documentUid": 7})
NEW = NewDocument("INV-1.pdf", "SALES_INVOICE", gross_amount=Decimal("11.90"), tags=("debitoor",))


def refused(code: int, status: int = 422, **extra: object) -> Reply:
    return Reply({"success": False, "errors": [{"code": code, "detail": "x", **extra}]}, status=status)


def detail(content: bytes | None = None, **meta: object) -> Reply:
    encoded = {"fileContent": base64.b64encode(content).decode()} if content is not None else {}
    return Reply({"meta_data": {"documentUid": 7, "filename": "r.pdf", **meta}, **encoded})


def test_an_answer_about_another_document_is_a_bad_answer(service, client):
    service.on("GET", f"{DOCUMENTS}/7", Reply({"meta_data": {"documentUid": 8}}))
    with pytest.raises(BadAnswer, match="another document"):
        client.document(7)


def test_attachments_that_the_list_counts_are_not_missing(service, client):
    service.on("GET", f"{DOCUMENTS}/7/attachments", Reply({"totalCount": 2, "records": [{"attachmentUid": 1}]}))
    with pytest.raises(BadAnswer, match="1 of the 2 records"):
        client.attachments(7)


def test_the_detail_request_is_explicit(service, client):
    service.on("GET", ONE, detail(PDF, workflowDetails={"isCompleted": True}))
    found = client.document(7, content=True)
    assert found.content == PDF
    assert found.workflow is not None
    assert found.workflow.is_completed
    assert service.asked[0].query == {
        "loadLineItems": ["true"],
        "readableText": ["false"],
        "includeDocument": ["true"],
        "transactions": ["false"],
        "documentApproval": ["true"],
    }


def test_a_document_that_is_not_there(service, client):
    service.on("GET", ONE, refused(106))
    with pytest.raises(NotFound):
        client.document(7)


def test_a_file_comes_as_bytes(service, client):
    service.on("GET", FILE, pdf())
    into = io.BytesIO()
    assert client.download(7, into, filename="r.PDF") == len(PDF)
    assert into.getvalue() == PDF


def test_a_file_may_come_inside_json(service, client):
    service.on("GET", FILE, Reply({"fileContent": base64.b64encode(PDF).decode(), "fileName": "r.pdf"}))
    into = io.BytesIO()
    assert client.download(7, into, filename="r.pdf") == len(PDF)
    assert into.getvalue() == PDF


@pytest.mark.parametrize("status", [400, 404, 405])
def test_without_a_file_route_the_detail_gives_the_file(service, client, status):
    service.on("GET", FILE, Reply({"errors": [{"code": status, "detail": "Action is not valid."}]}, status=status))
    service.on("GET", ONE, detail(PDF))
    into = io.BytesIO()
    assert client.download(7, into, filename="r.pdf") == len(PDF)
    assert into.getvalue() == PDF


def test_a_missing_file_route_is_tried_once_only(service, client):
    service.on("GET", FILE, Reply({"errors": [{"code": 400, "detail": "Action is not valid."}]}, status=400))
    service.on("GET", ONE, detail(PDF))
    client.download(7, io.BytesIO())
    client.download(7, io.BytesIO())
    assert [asked.path for asked in service.asked] == [FILE, ONE, ONE]


def test_a_file_of_an_unknown_document_is_not_asked_for_twice(service, client):
    service.on("GET", FILE, refused(106))
    with pytest.raises(NotFound):
        client.download(7, io.BytesIO())
    assert len(service.asked) == 1


def test_a_refused_user_agent_is_no_missing_route(service, client):
    service.on("GET", FILE, Reply({"errors": [{"detail": "Invalid user agent."}]}, status=400))
    with pytest.raises(WrongUserAgent):
        client.download(7, io.BytesIO())


@pytest.mark.parametrize("route", ["file", "detail"])
@pytest.mark.parametrize(
    ("content", "filename", "why"), [(b"", "r.pdf", "empty"), (b"<html>", "r.pdf", "not a PDF"), (PDF, "r", "larger")]
)
def test_a_wrong_file_is_refused_on_both_routes(service, client, route, content, filename, why):
    client.max_file_bytes = 100
    service.on("GET", FILE, pdf(content) if route == "file" else refused(0, status=405))
    service.on("GET", ONE, detail(content))
    into = io.BytesIO()
    with pytest.raises(FileRefused, match=why):
        client.download(7, into, filename=filename)
    assert into.getvalue() == b""


def test_a_file_that_is_no_pdf_may_be_anything(service, client):
    service.on("GET", FILE, Reply(b"<xml/>", headers={"Content-Type": "application/xml"}))
    assert client.download(7, io.BytesIO(), filename="invoice.xml") == 6


def test_an_upload_sends_the_file_and_what_is_known(service, client):
    service.on("POST", DOCUMENTS, OK)
    assert client.upload(NEW, PDF) == 7
    sent = service.asked[0]
    assert sent.headers["Content-Type"] == "application/json"
    assert base64.b64decode(sent.json["fileContent"]) == PDF
    assert sent.json["grossAmount"] == "11.90"
    assert sent.json["runOCR"] is False


def test_a_large_upload_is_made_while_it_is_sent(service, client, monkeypatch):
    parts = []
    monkeypatch.setattr("http.client.HTTPConnection.send", recording(parts))
    service.on("POST", DOCUMENTS, OK)
    client.upload(NEW, bytes(3_000_000))
    assert max(map(len, parts)) < 100_000
    assert base64.b64decode(service.asked[0].json["fileContent"]) == bytes(3_000_000)


def recording(parts: list[bytes]):
    send = http.client.HTTPConnection.send

    def recorded(self, data):
        parts.append(data)
        send(self, data)

    return recorded


def test_the_same_file_again_names_the_existing_document(service, client):
    service.on("POST", DOCUMENTS, refused(127, duplicate_invoice_id=28715))
    with pytest.raises(AlreadyExists) as there:
        client.upload(NEW, PDF)
    assert there.value.document_uid == 28715


@pytest.mark.parametrize(
    "broken", [HANG_UP, Reply({}, status=500), Reply({}, status=503), Reply({}, missing=9), Reply({"success": True})]
)
def test_an_upload_that_may_have_happened_is_never_repeated(service, client, broken):
    service.on("POST", DOCUMENTS, broken)
    with pytest.raises(UnclearOutcome):
        client.upload(NEW, PDF)
    assert len(service.asked) == 1


def test_a_rate_limited_upload_is_sent_again_completely(service, client, naps):
    service.on("POST", DOCUMENTS, Reply({}, status=429), refused(429, status=403), OK)
    assert client.upload(NEW, PDF) == 7
    assert naps == [10, 20]
    assert len({asked.body for asked in service.asked}) == 1


def test_the_hourly_limit_of_uploads_ends_the_run(service, client):
    service.on("POST", DOCUMENTS, refused(105))
    with pytest.raises(RateLimited) as used_up:
        client.upload(NEW, PDF)
    assert used_up.value.retry_after == 3600
    assert len(service.asked) == 1
    service.on("POST", DOCUMENTS, OK)
    assert client.upload(NEW, PDF) == 7  # other calls with the key do not wait for it


@pytest.mark.parametrize("content", [b"", bytes(101)])
def test_a_file_that_cannot_be_taken_is_not_sent(service, client, content):
    client.max_file_bytes = 100
    with pytest.raises(FileRefused):
        client.upload(NEW, content)
    assert service.asked == []


def test_a_file_is_looked_up_by_its_content(service, client):
    service.on("POST", f"{DOCUMENTS}/exists", Reply({"success": True, "exists": True}))
    assert client.exists(PDF) is True
    assert service.asked[0].json == {"fileContent": base64.b64encode(PDF).decode()}


def test_checking_whether_a_file_exists_is_never_an_unclear_outcome(service, client):
    service.on("POST", f"{DOCUMENTS}/exists", Reply({}, status=503))
    with pytest.raises(Unavailable):
        client.exists(PDF)


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        (lambda client: client.archive(7), {"isArchived": 1}),
        (lambda client: client.unarchive(7), {"isArchived": 0}),
        (lambda client: client.set_tags(7, ["a", "b"]), {"tags": ["a", "b"]}),
        (lambda client: client.set_tags(7, []), {"tags": []}),
        (
            lambda client: client.update_document(7, note="", document_number="R-1"),
            {"note": "", "documentNumber": "R-1"},
        ),
    ],
)
def test_a_change_sends_what_changes(service, client, change, sent):
    service.on("PUT", ONE, OK)
    change(client)
    assert service.asked[0].json == sent
    assert service.asked[0].headers["Content-Type"] == "application/json"


def test_a_locked_document_cannot_be_changed(service, client):
    service.on("PUT", ONE, refused(147))
    with pytest.raises(Refused, match="locked"):
        client.archive(7)


def test_deleting_needs_a_body_and_its_type(service, client):
    service.on("DELETE", ONE, OK)
    client.delete_document(7)
    assert service.asked[0].body == b"{}"
    assert service.asked[0].headers["Content-Type"] == "application/json"


def test_a_read_survives_trouble(service, client, naps):
    service.on("GET", ONE, Reply({}, status=503), HANG_UP, Reply(b"<html>gateway"), detail())
    assert client.document(7).document.document_uid == 7
    assert naps == [1, 2, 4]


def test_the_state_of_the_service(service, client):
    service.on("GET", "/accounts/v3/apiStatus", Reply({"success": True}), refused(403, status=403))
    client.check()


def test_a_flat_error_with_status_200_is_one(service, client):
    service.on("PUT", ONE, Reply({"success": False, "error_code": 136, "detail": "x"}))
    with pytest.raises(Refused, match="nothing to change"):
        client.update_document(7)


def echo(asked: Asked) -> Reply:
    return detail(documentNumber=asked.headers["Host"])


def test_ids_are_part_of_no_path_but_their_own(service, client):
    service.on("GET", ONE, echo)
    with pytest.raises(Refused):
        client.document("7/../8")
    assert service.asked == []


STATUS = "/accounts/v3/apiStatus"
RETIRED = [
    Reply({"detail": "x"}, status=404),
    Reply({"errors": [{"code": 405, "detail": "x"}]}, status=405),
    Reply({"errors": [{"code": 410, "detail": "x"}]}, status=410),
    Reply({"errors": [{"code": 400, "detail": "Action is not valid."}]}, status=400),
    Reply(b"<html>Forbidden</html>", status=403, headers={"Content-Type": "text/html"}),
    Reply(b"", status=301, headers={"Location": "/elsewhere"}),
]


@pytest.mark.parametrize("reply", RETIRED, ids=["404", "405", "410", "400", "403 page", "301"])
class TestOneRetiredPath:
    def test_it_is_named_while_the_others_answer(self, service, client, reply):
        service.on("GET", "/accounts/v3/tags", reply)
        service.on("GET", STATUS, OK)
        with pytest.raises(PathGone, match="answers at /tags"):
            client.tags()

    def test_it_is_the_key_when_that_is_refused_elsewhere(self, service, client, reply):
        service.on("GET", "/accounts/v3/tags", reply)
        service.on("GET", STATUS, refused(407, 403))
        with pytest.raises(CredentialsRefused, match="blocked"):
            client.tags()

    def test_it_is_the_address_when_no_path_answers(self, service, client, reply):
        service.answer_all(reply)
        with pytest.raises(Misconfigured, match="address"):
            client.tags()

    def test_a_document_is_not_uploaded_where_that_is_gone(self, service, client, reply):
        service.on("POST", DOCUMENTS, reply)
        service.on("GET", STATUS, OK)
        with pytest.raises(PathGone):
            client.upload(NEW, PDF)
        assert len(service.calls("POST", DOCUMENTS)) == 1

    def test_a_file_comes_in_the_other_way(self, service, client, reply):
        service.on("GET", FILE, reply)
        service.on("GET", ONE, detail(PDF))
        for _ in range(2):
            assert client.download(7, io.BytesIO(), filename="r.pdf") == len(PDF)
        assert len(service.calls("GET", FILE)) <= 2


def test_the_clock_of_the_service_is_known_from_its_answers(service, client):
    assert client.clock_offset is None
    service.on("GET", STATUS, OK)
    client.check()
    assert abs(client.clock_offset.total_seconds()) < 2
