"""Uploading, changing, deleting: contract G 6, 7.1, 7.2 and the assumptions A-03, A-14 to A-18, A-27, A-29."""

from __future__ import annotations

import base64
import json

import pytest


def test_an_upload_is_stored_with_its_fields(gmi, acme, pdf, upload):
    content = pdf()
    body = upload(
        content, documentNumber="INV-1", documentDate="2026-01-05", netAmount="2000.00", grossAmount=2380,
        currency="EUR", taxRates=[19], paymentStatus="Paid", paidAt="2026-01-06", paymentMethod="bank_transfer",
        tags=["debitoor"], note="from the books", orderNumber="O-9",
        lineItems=[{"description": "x", "quantity": 1, "unit_net_price": 2000, "tax_percentage": 19,
                    "total_gross": 2380}],
    )  # fmt: skip

    answer = gmi.post("/documents", json=body, headers={"x-application": "my-program"}).json()

    assert answer.keys() == {"success", "documentUid"}
    stored = gmi.get(f"/documents/{answer['documentUid']}?loadLineItems=true").json()
    meta = stored["meta_data"]
    assert base64.b64decode(stored["fileContent"]) == content
    assert (meta["documentNumber"], meta["netAmount"], meta["grossAmount"]) == ("INV-1", 2000, 2380)
    assert (meta["tags"], meta["source"], meta["orderNumber"]) == (["debitoor"], "my-program", "O-9")
    assert meta["lineItems"][0]["total_gross"] == 2380
    assert acme.document_file(answer["documentUid"]) == content


def test_the_same_bytes_are_refused_with_the_id_of_the_first(gmi, pdf, upload):
    content = pdf()
    first = gmi.post("/documents", json=upload(content)).json()["documentUid"]

    again = gmi.post("/documents", json=upload(content, fileName="other.pdf", documentNumber="9"))

    assert again.status_code == 422
    (error,) = again.json()["errors"]
    assert (error["code"], error["duplicate_invoice_id"]) == (127, first)


def test_a_deleted_twin_does_not_count_and_its_id_is_never_used_again(gmi, pdf, upload, code_of):
    content = pdf()
    first = gmi.post("/documents", json=upload(content)).json()["documentUid"]
    assert gmi.delete(f"/documents/{first}", json={}).json() == {"success": True}

    second = gmi.post("/documents", json=upload(content)).json()["documentUid"]

    assert second > first
    assert code_of(gmi.get(f"/documents/{first}")) == (422, 106)
    assert code_of(gmi.put(f"/documents/{first}", json={"note": "x"})) == (422, 135)
    assert code_of(gmi.delete(f"/documents/{first}", json={})) == (422, 135)


def test_an_upload_without_a_type_is_stored_as_misc(gmi, acme, upload):
    body = upload()
    del body["documentType"]

    uid = gmi.post("/documents", json=body).json()["documentUid"]

    assert acme.document(uid)["documentType"] == "MISC"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"fileName": ""}, 102),
        ({"fileName": None}, 102),
        ({"fileContent": None}, 141),
        ({"fileContent": "not base64!"}, 103),
        ({"fileName": "picture.exe"}, 101),
        ({"fileName": "pdf"}, 101),
        ({"documentType": "invoice"}, 146),
        ({"documentDate": "05.01.2026"}, 104),
        ({"documentDate": "2026-02-30"}, 104),
        ({"documentDueDate": "soon"}, 137),
        ({"netAmount": "12,50"}, 107),
        ({"grossAmount": "NaN"}, 108),
        ({"taxRates": ["x"]}, 109),
        ({"taxRates": [-1]}, 110),
        ({"paymentStatus": "paid"}, 112),
        ({"paymentMethod": "barter"}, 138),
        ({"companyId": 999999999}, 113),
    ],
)
def test_an_invalid_field_is_refused_with_its_code_and_nothing_is_stored(gmi, acme, upload, code_of, fields, code):
    assert code_of(gmi.post("/documents", json=upload(**fields))) == (422, code)
    assert acme.documents() == []


def test_the_missing_parameter_is_named(gmi, upload):
    body = upload()
    del body["fileName"]

    detail = gmi.post("/documents", json=body).json()["errors"][0]["detail"]

    assert detail == "Required parameters not set: fileName"


def test_a_file_over_25_mib_is_refused(gmi, upload, code_of):
    assert code_of(gmi.post("/documents", json=upload(b"x" * (25 * 1024 * 1024 + 1)))) == (422, 101)


def test_no_more_than_the_allowed_uploads_an_hour(gmi, acme, sandbox, upload, code_of):
    acme.limit(gmi_uploads_per_hour=2)

    assert [gmi.post("/documents", json=upload()).status_code for _ in range(2)] == [200, 200]
    assert code_of(gmi.post("/documents", json=upload())) == (422, 105)
    sandbox.advance(3601)
    assert gmi.post("/documents", json=upload()).status_code == 200


def test_an_update_changes_what_is_given_and_keeps_the_rest(gmi, acme, pdf):
    uid = acme.add_document(pdf(), "a.pdf", document_number="1", note="old", net_amount="10.00", tags=["a"])

    answer = gmi.put(f"/documents/{uid}", json={"isArchived": 1, "documentNumber": "2", "note": "", "unknown": 1})

    assert answer.json() == {"success": True, "documentUid": uid}
    document = acme.document(uid)
    assert (document["isArchived"], document["documentNumber"], document["note"]) == (1, "2", "")
    assert (document["netAmount"], document["tags"], document["filename"]) == ("10.00", ["a"], "a.pdf")
    gmi.put(f"/documents/{uid}", json={"isArchived": "0"})
    assert acme.document(uid)["isArchived"] == 0


def test_the_file_name_cannot_be_changed(gmi, acme, pdf, code_of):
    uid = acme.add_document(pdf(), "a.pdf")

    assert code_of(gmi.put(f"/documents/{uid}", json={"fileName": "b.pdf", "filename": "b.pdf"})) == (422, 136)
    assert acme.document(uid)["filename"] == "a.pdf"


def test_tags_are_replaced_created_and_kept_in_their_known_spelling(gmi, acme, pdf):
    uid = acme.add_document(pdf(), "a.pdf", tags=["Büro", "old"])

    gmi.put(f"/documents/{uid}", json={"tags": [" BÜRO ", "new", "new", "", "New"]})

    assert acme.document(uid)["tags"] == ["Büro", "new"]
    assert gmi.get("/tags").json() == {"success": True, "data": ["Büro", "new", "old"]}
    gmi.put(f"/documents/{uid}", json={"tags": []})
    assert acme.document(uid)["tags"] == []


def test_line_items_are_replaced_and_may_be_a_json_text(gmi, acme, pdf):
    uid = acme.add_document(pdf(), "a.pdf", line_items=[{"total_gross": 1, "tax_percentage": 0}] * 3)
    items = [{"description": "x", "quantity": 1, "unit_net_price": 100, "tax_percentage": 7, "total_gross": 107}]

    gmi.put(f"/documents/{uid}", json={"lineItems": json.dumps(items)})

    (line,) = gmi.get(f"/documents/{uid}?loadLineItems=1").json()["meta_data"]["lineItems"]
    assert (line["total_gross"], line["tax_amount"]) == (107, 7)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 136),
        ({"colour": "red"}, 136),
        ({"isArchived": 2}, 133),
        ({"isArchived": True}, 133),
        ({"documentType": "invoice"}, 146),
        ({"documentDueDate": "2026-1-5"}, 137),
        ({"tags": "books"}, 102),
        ({"lineItems": [{"total_gross": "much"}]}, 102),
    ],
)
def test_an_invalid_update_changes_nothing(gmi, acme, pdf, code_of, body, code):
    uid = acme.add_document(pdf(), "a.pdf", tags=["a"])
    before = acme.document(uid)

    assert code_of(gmi.put(f"/documents/{uid}", json=body)) == (422, code)
    assert acme.document(uid) == before


def test_a_document_id_that_is_no_number_has_a_code_of_its_own(gmi, code_of):
    assert code_of(gmi.put("/documents/abc", json={"note": "x"})) == (422, 134)


def test_a_locked_document_refuses_every_change(gmi, acme, pdf, code_of):
    uid = acme.add_document(pdf(), "a.pdf", locked=True)

    assert code_of(gmi.put(f"/documents/{uid}", json={"isArchived": 1})) == (422, 147)
    assert acme.document(uid)["isArchived"] == 0


def test_text_that_is_no_unicode_is_refused(gmi, acme, pdf, code_of):
    uid = acme.add_document(pdf(), "a.pdf")
    broken = gmi.put(f"/documents/{uid}", data='{"note": "\\ud800"}', headers={"Content-Type": "application/json"})

    assert code_of(broken) == (400, 400)
    assert gmi.put(f"/documents/{uid}", json={"note": "\U0001f680"}).status_code == 200
    assert acme.document(uid)["note"] == "\U0001f680"
