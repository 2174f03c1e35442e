from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest

from debitoor_provider.services.errors import BadAnswer
from debitoor_provider.services.getmyinvoices.enums import Archived
from tests.services.scripted import Reply

DOCUMENTS = "/accounts/v3/documents"


def listed(*uids: int, total: int | None = None, pages: int = 1, **fields: object) -> Reply:
    records = [{"documentUid": uid, **fields} for uid in uids]
    return Reply({"totalCount": total or len(uids), "maxPages": pages, "offset": 0, "records": records})


def test_listing_asks_with_filters_and_pages(service, client):
    service.on("GET", DOCUMENTS, listed(9, 8, total=3, pages=2), listed(7, total=3, pages=2))
    found = client.documents(archived=Archived.NO, number="a", updated_since=datetime(2026, 1, 1, tzinfo=UTC))
    assert [document.document_uid for document in found] == [7, 8, 9]
    first, second = service.asked
    assert first.query == {
        "archivedFilter": ["0"],
        "documentNumberFilter": ["a"],
        "updatedOrNewSinceFilter": ["2026-01-01 01:00:00"],
        "loadLineItems": ["false"],
        "pageNumber": ["1"],
        "perPage": ["500"],
    }
    assert second.query["pageNumber"] == ["2"]


@pytest.mark.parametrize("records", [[{}], [{"documentUid": "x"}], [{"documentUid": 10**30}]])
def test_a_record_without_a_usable_id_is_a_bad_answer(service, client, records):
    service.on("GET", DOCUMENTS, Reply({"totalCount": 1, "maxPages": 1, "records": records}))
    with pytest.raises(BadAnswer, match="documentUid is missing"):
        client.documents()


def test_an_idle_look_costs_one_call(service, client):
    service.on("GET", DOCUMENTS, Reply({"totalCount": 0, "maxPages": 0, "records": []}))
    assert client.documents() == []
    assert len(service.asked) == 1


def test_partial_payment_is_filtered_here_because_the_service_cannot(service, client):
    service.on("GET", DOCUMENTS, Reply({"totalCount": 2, "maxPages": 1, "records": [
        {"documentUid": 1, "paymentStatus": "Partially"}, {"documentUid": 2, "paymentStatus": "Paid"}]}))  # fmt: skip
    assert [document.document_uid for document in client.documents(payment_status="Partially")] == [1]
    assert "paymentStatusFilter" not in service.asked[0].query


def test_documents_are_read_page_by_page(service, client):
    service.on("GET", DOCUMENTS, listed(9, 8, total=3, pages=2), listed(7, total=3, pages=2))
    pages = client.iter_documents()
    assert [document.document_uid for document in next(pages)] == [9, 8]
    assert len(service.asked) == 1
    assert [document.document_uid for document in next(pages)] == [7]
    assert list(pages) == []


def test_deleted_documents(service, client):
    deleted = Reply({"totalCount": 2, "records": [{"documentUid": 5}, {"documentUid": 3}]})
    service.on("GET", f"{DOCUMENTS}/deleted", deleted, Reply({"totalCount": 2, "records": []}))
    assert client.deleted_documents(datetime(2026, 7, 1, tzinfo=UTC)) == [3, 5]
    assert service.asked[0].query["deletedSinceFilter"] == ["2026-07-01 02:00:00"]


def test_tags_are_asked_for_in_the_account_s_own_spellings_and_compared_again(service, client):
    composed, decomposed = (unicodedata.normalize(form, "Büro") for form in ("NFC", "NFD"))
    service.on("GET", "/accounts/v3/tags", Reply({"data": [decomposed, "BÜRO", "other"]}))
    records = [{"documentUid": 1, "tags": [decomposed]}, {"documentUid": 2, "tags": ["other"]}]
    service.on("GET", DOCUMENTS, Reply({"totalCount": 2, "maxPages": 1, "records": records}))
    assert [document.document_uid for document in client.documents(tags=[composed, "new"])] == [1]
    assert service.asked[1].query["tagFilter[]"] == [decomposed, "BÜRO", "new"]


EMPTY_BUT = {"totalCount": 1, "maxPages": 1, "maxAmount": 1, "offset": 0, "records": []}


@pytest.mark.parametrize("missing", [{}, {"records": None}, {"maxPages": 0}, {"maxPages": None}, {"records": {}}])
@pytest.mark.parametrize(
    ("path", "ask"),
    [
        (DOCUMENTS, lambda client: client.documents()),
        (DOCUMENTS, lambda client: client.first_documents()),
        (f"{DOCUMENTS}/deleted", lambda client: client.deleted_documents(datetime(2026, 7, 1, tzinfo=UTC))),
        (f"{DOCUMENTS}/7/attachments", lambda client: client.attachments(7)),
        ("/accounts/v3/portals", lambda client: client.portals()),
    ],
)
class TestAnEmptyListThatCountsSomething:
    def test_is_asked_for_again_and_an_error_if_it_stays_so(self, service, client, naps, path, ask, missing):
        service.on("GET", path, Reply(EMPTY_BUT | missing))
        with pytest.raises(BadAnswer, match=r"0 of the 1 records|records is"):
            ask(client)
        assert naps == [1, 2, 4]

    def test_is_no_error_when_it_passes(self, service, client, path, ask, missing):
        record = {"documentUid": 5, "attachmentUid": 5, "supplier_uid": 5, "name": "P"}
        service.on("GET", path, Reply(EMPTY_BUT | missing), Reply(EMPTY_BUT | {"records": [record]}))
        assert len(ask(client)) == 1
