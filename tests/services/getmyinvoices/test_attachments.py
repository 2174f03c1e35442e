from __future__ import annotations

import base64

import pytest

from debitoor_provider.services.errors import AlreadyExists, FileRefused, NotFound, Refused, UnclearOutcome
from tests.services.scripted import PDF, Reply

LIST = "/accounts/v3/documents/7/attachments"
ONE = f"{LIST}/3"


def test_the_list_and_the_single_call_spell_the_name_differently(service, client):
    row = {"attachmentUid": 3, "fileName": "terms.pdf", "description": "d", "attachedAt": "2017-08-17T12:00"}
    meta = {"attachmentUid": "3", "filename": "terms.pdf"}
    service.on("GET", LIST, Reply({"totalCount": 1, "records": [row]}))
    service.on("GET", ONE, Reply({"meta_data": meta, "fileContent": base64.b64encode(PDF).decode()}))
    (listed,) = client.attachments(7)
    found = client.attachment(7, 3)
    assert (listed.attachment_uid, listed.file_name, listed.content) == (3, "terms.pdf", None)
    assert (found.attachment_uid, found.file_name, found.content) == (3, "terms.pdf", PDF)


def test_attaching_gives_the_id(service, client):
    service.on("POST", LIST, Reply({"success": True, "attachmentUid": 4}))
    assert client.add_attachment(7, "terms.pdf", PDF) == 4
    assert service.asked[0].json == {"fileName": "terms.pdf", "fileContent": base64.b64encode(PDF).decode()}


@pytest.mark.parametrize(
    ("code", "kind"), [(141, Refused), (142, FileRefused), (143, FileRefused), (144, AlreadyExists), (106, NotFound)]
)
def test_why_a_file_was_not_attached(service, client, code, kind):
    service.on("POST", LIST, Reply({"error_code": code, "detail": "x"}, status=422))
    with pytest.raises(kind):
        client.add_attachment(7, "terms.pdf", PDF)


def test_an_attachment_that_may_be_there_is_not_sent_again(service, client):
    service.on("POST", LIST, Reply({}, status=503))
    with pytest.raises(UnclearOutcome):
        client.add_attachment(7, "terms.pdf", PDF)
    assert len(service.asked) == 1


def test_an_empty_file_is_not_sent(service, client):
    with pytest.raises(FileRefused):
        client.add_attachment(7, "terms.pdf", b"")
    assert service.asked == []


def test_removing(service, client):
    service.on("DELETE", ONE, Reply({"success": True}), Reply({"error_code": 145}, status=422))
    client.delete_attachment(7, 3)
    with pytest.raises(NotFound):
        client.delete_attachment(7, 3)
