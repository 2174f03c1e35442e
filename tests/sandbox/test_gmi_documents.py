"""Reading documents: contract G 4, 5, 7.3 and the assumptions A-07 to A-13, A-17, A-19, A-28, A-29."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import pytest


@pytest.fixture
def uids(gmi):
    """Return the ids of a list call with this query."""

    def listed(query=""):
        response = gmi.get(f"/documents?archivedFilter=1&{query}")
        assert response.status_code == 200, response.text
        return [record["documentUid"] for record in response.json()["records"]]

    return listed


def test_a_record_has_the_fields_of_the_contract(gmi, acme, pdf):
    content = pdf()
    uid = acme.add_document(
        content, "Rechnung.pdf", supplier="Lieferant GmbH", supplier_country="DE", document_number="471102",
        document_date="2026-01-05", net_amount="1000.00", gross_amount="1163.40", tax_rates=["16.34"], currency="EUR",
        document_type="INCOMING_INVOICE", tags=["books"], note="seen", payment_status="Paid", paid_at="2026-01-06",
        created_at=datetime(2026, 1, 5, 23, 30, tzinfo=UTC),
    )  # fmt: skip

    (record,) = gmi.get("/documents").json()["records"]

    expected = {
        "documentUid": uid, "createdAt": "2026-01-06", "companyName": "Lieferant GmbH", "documentNumber": "471102",
        "documentType": "INCOMING_INVOICE", "documentDate": "2026-01-05", "documentDueDate": "", "netAmount": 1000,
        "grossAmount": 1163.4, "vat": 163.4, "taxRates": [16.34], "currency": "EUR", "isArchived": False,
        "isLocked": False, "tags": ["books"], "note": "seen", "filename": "Rechnung.pdf", "paymentStatus": "Paid",
        "paidAt": "2026-01-06", "fileSize": f"{len(content) / 1024:.2f}", "source": "Manual",
    }  # fmt: skip
    assert {name: record[name] for name in expected} == expected
    assert record["paymentDetails"]["cash_discount_value"] == 0
    assert "fileContent" not in record
    assert "lineItems" not in record


def test_empty_values_are_empty_and_not_null(gmi, acme, pdf):
    acme.add_document(pdf(), "a.pdf")

    (record,) = gmi.get("/documents").json()["records"]

    assert None not in record.values()
    assert (record["companyUid"], record["companyName"]) == (0, "")
    assert (record["netAmount"], record["taxRates"], record["documentDate"]) == (0, [], "")


def test_pages_have_the_envelope_of_a_10(gmi, acme, pdf):
    made = [acme.add_document(pdf(), "a.pdf") for _ in range(5)]

    pages = [gmi.get(f"/documents?perPage=2&pageNumber={page}").json() for page in (1, 2, 3, 4)]

    assert [page["offset"] for page in pages] == [0, 2, 4, 6]
    assert {(page["totalCount"], page["maxAmount"], page["maxPages"]) for page in pages} == {(5, 5, 3)}
    listed = [record["documentUid"] for page in pages for record in page["records"]]
    assert listed == sorted(made, reverse=True)
    assert pages[3]["records"] == []


def test_an_empty_list_has_no_pages(gmi):
    expected = {"totalCount": 0, "maxPages": 0, "maxAmount": 0, "offset": 0, "records": []}
    assert gmi.get("/documents").json() == expected


@pytest.mark.parametrize(("asked", "offset"), [("0", 1), ("-3", 1), ("501", 500), ("9999", 500)])
def test_per_page_is_clamped(gmi, asked, offset):
    assert gmi.get(f"/documents?perPage={asked}&pageNumber=2").json()["offset"] == offset


def test_archived_documents_are_left_out_unless_requested(gmi, acme, pdf):
    kept = acme.add_document(pdf(), "a.pdf")
    archived = acme.add_document(pdf(), "b.pdf", archived=True)

    def listed(query):
        return {record["documentUid"] for record in gmi.get(f"/documents{query}").json()["records"]}

    assert listed("") == listed("?archivedFilter=0") == {kept}
    assert listed("?archivedFilter=1") == {kept, archived}
    assert listed("?archivedFilter=2") == {archived}


def test_the_filters_select(acme, uids, pdf):
    first = acme.add_document(
        pdf(), "a.pdf", supplier="Müller", supplier_country="DE", document_number="RE-1", document_date="2026-01-31",
        document_type="RECEIPT", note="Bitte PRÜFEN", tags=["Büro", "x"], payment_status="Not paid", text="Schrauben",
    )  # fmt: skip
    second = acme.add_document(
        pdf(), "b.pdf", document_number="re-10", document_date="2026-02-01", tags=["y"], payment_status="Partially"
    )
    supplier = acme.document(first)["companyUid"]

    assert uids(f"companyFilter={supplier}") == [first]
    assert uids("companyFilter=-1") == [second]
    assert uids("companyFilter=0") == [second, first]
    assert uids("documentTypeFilter=RECEIPT") == [first]
    assert uids("documentNumberFilter=RE-1") == [second, first]
    assert uids("noteFilter=prüfen") == [first]
    assert uids("startDateFilter=2026-02-01") == [second]
    assert uids("endDateFilter=2026-01-31") == [first]
    assert uids("startDateFilter=2026-01-31&endDateFilter=2026-02-01") == [second, first]
    assert uids(f"documentUidExclusionFilter[]={first}") == [second]
    assert uids(f"documentUidStartFilter={first}") == [second]
    assert uids("tagFilter[]=BÜRO&tagFilter[]=nope") == [first]
    assert uids("tagFilter[]=x&tagFilter[]=y") == [second, first]
    assert uids("paymentStatusFilter=not_paid") == [first]
    assert uids("paymentStatusFilter=all") == [second, first]
    assert uids("searchQuery=schrauben") == [first]


def test_documents_without_a_date_are_in_no_period(acme, uids, pdf):
    acme.add_document(pdf(), "a.pdf")

    assert uids("startDateFilter=1970-01-01") == []
    assert uids("endDateFilter=2999-01-01") == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("updatedOrNewSinceFilter=2026-01-05", 140),
        ("updatedOrNewSinceFilter=2026-01-05T10:00:00", 140),
        ("updatedOrNewSinceFilter=2026-02-30 10:00:00", 140),
        ("startDateFilter=05.01.2026", 104),
        ("endDateFilter=2026-13-01", 104),
        ("documentTypeFilter=invoice", 146),
        ("paymentStatusFilter=Paid", 112),
        ("archivedFilter=3", 102),
        ("pageNumber=two", 102),
        ("loadLineItems=perhaps", 102),
    ],
)
def test_a_malformed_filter_is_refused(gmi, code_of, query, code):
    assert code_of(gmi.get(f"/documents?{query}")) == (422, code)


def test_changes_are_found_since_a_second_of_the_accounts_time_zone(gmi, acme, uids, sandbox, pdf):
    sandbox.set_clock(datetime(2026, 7, 1, 10, 0, 0, tzinfo=UTC), frozen=True)  # 12:00:00 in Berlin
    early, late = acme.add_document(pdf(), "a.pdf"), acme.add_document(pdf(), "b.pdf")
    sandbox.advance(60)
    gmi.put(f"/documents/{late}", json={"note": "changed"})

    assert uids("updatedOrNewSinceFilter=2026-07-01 12:00:00") == [late, early]
    assert uids("updatedOrNewSinceFilter=2026-07-01 12:00:01") == [late]
    assert uids("updatedOrNewSinceFilter=2026-07-01 12:01:00") == [late]
    assert uids("updatedOrNewSinceFilter=2026-07-01 12:01:01") == []


def test_a_change_by_a_person_counts_as_a_change(acme, uids, sandbox, pdf):
    sandbox.set_clock(datetime(2026, 1, 1, 11, 0, 0, tzinfo=UTC), frozen=True)
    uid = acme.add_document(pdf(), "a.pdf", workflow={"is_completed": False})
    sandbox.advance(3600)
    acme.edit_document(uid, workflow={"is_completed": True})

    assert uids("updatedOrNewSinceFilter=2026-01-01 13:00:00") == [uid]


@pytest.mark.parametrize("wanted", ["true", "1"])
def test_line_items_are_returned_on_request(gmi, acme, pdf, wanted):
    item = {"description": "Stuhl", "quantity": 2, "unit_net_price": "50.00", "tax_percentage": 19,
            "total_gross": "119.00"}  # fmt: skip
    uid = acme.add_document(pdf(), "a.pdf", line_items=[item])
    expected = {"description": "Stuhl", "quantity": 2, "unit_net_price": 50, "tax_percentage": 19, "tax_amount": 19,
                "total_gross": 119}  # fmt: skip

    (listed,) = gmi.get(f"/documents?loadLineItems={wanted}").json()["records"]
    detail = gmi.get(f"/documents/{uid}?loadLineItems={wanted}").json()["meta_data"]

    for (line,) in (listed["lineItems"], detail["lineItems"]):
        assert {name: line[name] for name in expected} == expected
    assert "lineItems" not in gmi.get(f"/documents/{uid}").json()["meta_data"]


def test_the_detail_has_the_requested_parts(gmi, acme, pdf):
    content = pdf()
    uid = acme.add_document(content, "a.pdf", text="readable", workflow={"is_completed": False})

    default = gmi.get(f"/documents/{uid}").json()
    bare = gmi.get(
        f"/documents/{uid}?includeDocument=false&transactions=false&documentApproval=false&readableText=true"
    ).json()

    assert base64.b64decode(default["fileContent"]) == content
    assert default["meta_data"]["transactions"] == {"totalCount": 0, "records": []}
    assert default["meta_data"]["attachments"] == 0
    assert "readableContent" not in default
    assert bare["readableContent"] == "readable"
    assert "fileContent" not in bare
    assert not {"transactions", "workflowDetails"} & bare["meta_data"].keys()


def test_approval_is_reported_by_the_workflow(gmi, acme, pdf):
    without = acme.add_document(pdf(), "a.pdf")
    waiting = acme.add_document(pdf(), "b.pdf", workflow={"is_completed": False})

    def details(uid):
        return gmi.get(f"/documents/{uid}").json()["meta_data"].get("workflowDetails")

    assert details(without) is None
    assert details(waiting)["isCompleted"] is False
    assert details(waiting)["currentWorkflow"].keys() == {"id", "name"}
    acme.edit_document(waiting, workflow={"is_completed": True})
    assert details(waiting)["isCompleted"] is True


@pytest.mark.parametrize("path", ["/documents/999999999", "/documents/abc", "/documents/999999999/file"])
def test_an_unknown_document_is_a_422_with_code_106(gmi, code_of, path):
    assert code_of(gmi.get(path)) == (422, 106)


def test_the_file_comes_as_raw_bytes_with_its_name(gmi, acme, pdf):
    content = pdf()
    uid = acme.add_document(content, 'Rechnung "März"\n.pdf')

    response = gmi.get(f"/documents/{uid}/file")

    assert response.content == content
    assert response.headers["Content-Type"] == "application/pdf"
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="Rechnung _M_rz__.pdf"')
    assert "filename*=UTF-8''Rechnung%20%22M%C3%A4rz%22%0A.pdf" in disposition


def test_the_file_endpoint_can_be_absent_or_speak_json(gmi, acme, pdf, code_of):
    content = pdf()
    uid = acme.add_document(content, "a.pdf")

    acme.switch(file_endpoint="absent")
    assert code_of(gmi.get(f"/documents/{uid}/file")) == (400, 400)
    acme.switch(file_endpoint="json")
    answer = gmi.get(f"/documents/{uid}/file").json()
    assert (answer["fileName"], base64.b64decode(answer["fileContent"])) == ("a.pdf", content)


def test_the_records_can_be_an_object_keyed_by_id(gmi, acme, pdf):
    uid = acme.add_document(pdf(), "a.pdf")
    acme.switch(records_shape="object")

    records = gmi.get("/documents").json()["records"]

    assert records[str(uid)]["documentUid"] == uid


def test_amounts_can_be_texts_and_unset_due_dates_odd(gmi, acme, pdf):
    acme.add_document(pdf(), "a.pdf", net_amount="100.00", gross_amount="119.00", tax_rates=[19])
    acme.switch(amounts="string", due_date_when_unset="0000-00-00")

    (record,) = gmi.get("/documents").json()["records"]

    assert (record["grossAmount"], record["taxRates"]) == ("119.00", ["19.00"])
    assert record["documentDueDate"] == "0000-00-00"
    acme.switch(due_date_when_unset=None)
    assert gmi.get("/documents").json()["records"][0]["documentDueDate"] is None


@pytest.mark.parametrize("marks", [{"tags": ["books"]}, {"archived": True}, {"workflow": {"is_completed": True}}])
def test_marks_of_a_person_can_be_no_change(sandbox, acme, uids, pdf, marks):
    sandbox.set_clock(datetime(2026, 7, 1, 10, 0, tzinfo=UTC), frozen=True)
    uid = acme.add_document(pdf(), "a.pdf")
    acme.switch(marks_reported=False)
    sandbox.advance(60)
    since = "archivedFilter=1&updatedOrNewSinceFilter=2026-07-01 12:01:00"

    acme.edit_document(uid, **marks)
    assert uids(since) == []
    acme.edit_document(uid, **marks, note="and words")
    assert uids(since) == [uid]


def test_the_order_can_be_shuffled_on_each_request(acme, uids, pdf):
    made = sorted((acme.add_document(pdf(), "a.pdf") for _ in range(12)), reverse=True)
    assert uids() == made

    acme.switch(list_order="shuffled")
    orders = [tuple(uids()) for _ in range(5)]

    assert all(sorted(order, reverse=True) == made for order in orders)
    assert len(set(orders)) > 1


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
def test_a_file_is_known_by_its_hash(gmi, acme, pdf, algorithm):
    content = pdf()
    given = hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()
    assert gmi.post("/documents/exists", json={"fileHash": given}).json() == {"success": True, "exists": False}

    uid = acme.add_document(content, "a.pdf")
    assert gmi.post("/documents/exists", json={"fileHash": given}).json()["exists"] is True
    encoded = base64.b64encode(content).decode()
    assert gmi.post("/documents/exists", json={"fileContent": encoded}).json()["exists"] is True

    acme.delete_document(uid)
    assert gmi.post("/documents/exists", json={"fileHash": given}).json()["exists"] is False


def test_exists_needs_a_hash_or_a_content(gmi, code_of):
    assert code_of(gmi.post("/documents/exists", json={})) == (422, 102)


def test_deleted_documents_are_listed_with_the_time(gmi, acme, sandbox, pdf, code_of):
    sandbox.set_clock(datetime(2026, 1, 10, 8, 0, 0, tzinfo=UTC), frozen=True)
    uid = acme.add_document(pdf(), "a.pdf")
    gmi.delete(f"/documents/{uid}", json={})

    listed = gmi.get("/documents/deleted?deletedSinceFilter=2026-01-10 09:00:00").json()
    assert listed == {"totalCount": 1, "records": [{"documentUid": uid, "deletedAt": "2026-01-10 09:00:00"}]}
    assert gmi.get("/documents/deleted?deletedSinceFilter=2026-01-10 09:00:01").json()["totalCount"] == 0
    assert code_of(gmi.get("/documents/deleted?deletedSinceFilter=2026-01-10")) == (422, 140)


def test_values_that_a_person_leaves_out_are_empty(gmi, acme, pdf):
    nothing = dict.fromkeys(
        ["supplier", "document_number", "document_date", "net_amount", "gross_amount", "tax_rates", "currency", "tags",
         "note", "workflow", "line_items", "payment_status", "document_type"]
    )  # fmt: skip
    uid = acme.add_document(pdf(), "a.pdf", **nothing)

    (record,) = gmi.get("/documents?loadLineItems=true").json()["records"]

    assert None not in record.values()
    assert (record["tags"], record["lineItems"], record["paymentStatus"]) == ([], [], "Unknown")
    acme.edit_document(uid, supplier="L", supplier_country=None, archived=True)
    assert gmi.get(f"/documents/{uid}").json()["meta_data"]["companyName"] == "L"
