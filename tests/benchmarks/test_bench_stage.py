"""A round that lost or doubled a document, or spoilt one, is no figure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from benchmarks import p5_killed, stage
from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
from debitoor_provider.sandbox.server import running


@pytest.fixture(scope="module")
def admin() -> Iterator[SandboxAdmin]:
    with running(thread=True) as sandbox:
        yield sandbox


def _upload(company: CompanyAdmin, content: bytes) -> str:
    answer = requests.post(
        f"{company.admin.debitoor_url}/api/files/v1",
        params={"fileName": "a.pdf"},
        files={"file": ("a.pdf", content)},
        headers={"x-token": company.debitoor_token or ""},
        timeout=9,
    )
    return str(answer.json()["id"])


def _book(company: CompanyAdmin, uid: int, content: bytes) -> None:
    line = {"taxRate": 19, "grossAmount": 119, "description": f"R-1 [GMI {uid}]"}
    requests.post(
        f"{company.admin.debitoor_url}/api/expenses/v4",
        params={"autonumber": "true"},
        json={"date": "2026-01-05", "fileId": _upload(company, content), "lines": [line]},
        headers={"x-token": company.debitoor_token or ""},
        timeout=9,
    ).raise_for_status()


def _content(company: CompanyAdmin, uid: int) -> bytes:
    return company.document_file(uid)


def test_a_company_gets_its_documents_and_no_limits(admin: SandboxAdmin) -> None:
    company = stage.furnish(admin, "Furnished", 3)

    documents = company.documents()
    assert len({document["sha256"] for document in documents}) == 3
    assert all(limit is None for limit in company.limits.values())
    assert all(document["createdAt"][:10] < admin.now().date().isoformat() for document in documents)


def test_equal_contents_are_documents_of_their_own(admin: SandboxAdmin) -> None:
    company = stage.furnish(admin, "Equal", 3, content=lambda number: b"%PDF-1.4 the same")

    assert len({document["uid"] for document in company.documents()}) == 3


def test_each_document_once_with_its_file_passes(admin: SandboxAdmin) -> None:
    company = stage.furnish(admin, "Right", 2)
    for document in company.documents():
        _book(company, document["uid"], _content(company, document["uid"]))
        company.edit_document(document["uid"], archived=True)

    stage.check(company)


@pytest.mark.parametrize("spoil", ["lost", "doubled", "another file", "not archived"])
def test_a_lost_doubled_or_spoilt_document_does_not(admin: SandboxAdmin, spoil: str) -> None:
    company = stage.furnish(admin, spoil, 2)
    first, second = (document["uid"] for document in company.documents())
    _book(company, first, _content(company, first))
    if spoil != "lost":
        _book(company, second, _content(company, first if spoil == "another file" else second))
    if spoil == "doubled":
        _book(company, second, _content(company, second))
    for uid in (first, second):
        company.edit_document(uid, archived=spoil != "not archived")

    with pytest.raises(AssertionError):
        stage.check(company)


def test_work_is_repeated_when_the_log_has_it_twice(admin: SandboxAdmin) -> None:
    company = stage.furnish(admin, "Repeated", 3)
    since = admin.last_seq()
    first, second, third = (document["uid"] for document in company.documents())
    for uid in (first, second):
        _book(company, uid, _content(company, uid))
    before = admin.last_seq()
    for uid in (second, third):
        _book(company, uid, _content(company, uid))

    assert p5_killed.count(admin, company, since, before) == p5_killed.Repeated(
        looked_at=0, uploads=1, in_flight=0, expenses=1
    )


def test_an_upload_that_was_not_followed_by_its_booking_was_in_flight(admin: SandboxAdmin) -> None:
    company = stage.furnish(admin, "In flight", 1)
    since = admin.last_seq()
    (uid,) = (document["uid"] for document in company.documents())
    _upload(company, _content(company, uid))
    before = admin.last_seq()
    _book(company, uid, _content(company, uid))

    assert p5_killed.count(admin, company, since, before) == p5_killed.Repeated(
        looked_at=0, uploads=0, in_flight=1, expenses=0
    )


def test_a_document_that_arrives_is_another_one_each_time(admin: SandboxAdmin) -> None:
    company = admin.create_company("Receiving", limits=None)
    uids = [stage.receive(company), stage.receive(company, tags=["t1"])]

    documents = {document["uid"]: document for document in company.documents()}
    assert list(documents) == uids
    assert len({document["sha256"] for document in documents.values()}) == 2
    assert len({document["grossAmount"] for document in documents.values()}) == 2
    assert documents[uids[1]]["tags"] == ["t1"]
