"""Companies side by side: another company's things are as unknown as things that do not exist."""

from __future__ import annotations

import pytest


@pytest.fixture
def theirs(other, debitoor_of, gmi_of, pdf):
    """Return what the other company has: one record of each kind."""
    debitoor, gmi = debitoor_of(other), gmi_of(other)
    content = pdf()
    file_id = debitoor.post("/api/files/v1?fileName=a.pdf", files={"file": content}).json()["id"]
    line = {"taxRate": 25, "grossAmount": 1}
    expense = debitoor.post(
        "/api/expenses/v4?autonumber=true", json={"date": "2026-01-05", "fileId": file_id, "lines": [line]}
    ).json()
    supplier = debitoor.post("/api/suppliers/v1", json={"name": "L", "countryCode": "DK"}).json()
    document = other.add_document(content, "a.pdf", supplier="L", supplier_country="DK", tags=["theirs"])
    return {
        "content": content,
        "file": file_id,
        "expense": expense["id"],
        "supplier": supplier["id"],
        "invoice": other.add_invoice()["id"],
        "document": document,
        "company": gmi.get("/companies").json()[0]["companyUid"],
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/expenses/{expense}/v4"),
        ("PUT", "/api/expenses/{expense}/v4"),
        ("DELETE", "/api/expenses/{expense}/v4"),
        ("GET", "/api/files/{file}/v1"),
        ("GET", "/api/files/{file}/thumbnails/v1"),
        ("GET", "/api/suppliers/{supplier}/v1"),
        ("GET", "/api/sales/invoices/{invoice}/v8"),
        ("GET", "/api/sales/invoices/{invoice}/pdf/v1"),
    ],
)
def test_foreign_ids_of_debitoor_answer_like_unknown_ones(debitoor, theirs, method, path):
    unknown = dict.fromkeys(theirs, "f" * 24)

    foreign = debitoor.request(method, path.format(**theirs), json={})
    missing = debitoor.request(method, path.format(**unknown), json={})

    assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content) == (404, missing.content)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/documents/{document}"),
        ("GET", "/documents/{document}/file"),
        ("PUT", "/documents/{document}"),
        ("DELETE", "/documents/{document}"),
        ("GET", "/documents/{document}/attachments"),
        ("POST", "/documents/{document}/attachments"),
        ("GET", "/companies/{company}"),
        ("PUT", "/companies/{company}"),
        ("DELETE", "/companies/{company}"),
    ],
)
def test_foreign_ids_of_getmyinvoices_answer_like_unknown_ones(gmi, theirs, method, path):
    unknown = {"document": 999_999_999, "company": 999_999_999}
    body = {"note": "x", "name": "x"} if method != "GET" else None

    foreign = gmi.request(method, path.format(**theirs), json=body)
    missing = gmi.request(method, path.format(**unknown), json=body)

    assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content) == (422, missing.content)


def test_foreign_references_are_not_valid(debitoor, gmi, theirs, upload, code_of):
    line = {"taxRate": 19, "grossAmount": 1}
    for name in ("file", "supplier"):
        body = {"date": "2026-01-05", "lines": [line], f"{name}Id": theirs[name]}
        (entry,) = debitoor.post("/api/expenses/v4?autonumber=true", json=body).json()["errors"]
        assert (entry["property"], entry["message"]) == (f"{name}Id", "This is not a valid value")

    assert code_of(gmi.post("/documents", json=upload(companyId=theirs["company"]))) == (422, 113)


def test_the_same_file_is_no_duplicate_in_another_account(gmi, theirs, upload):
    assert gmi.post("/documents", json=upload(theirs["content"])).status_code == 200


def test_lists_show_only_what_is_ones_own(debitoor, gmi, theirs):
    for path in ("expenses/v4", "suppliers/v1", "sales/invoices/v8", "customers/v2", "income/v2"):
        assert debitoor.get(f"/api/{path}?includeDeleted=true").json() == []
    assert gmi.get("/documents?archivedFilter=1").json()["totalCount"] == 0
    assert gmi.get("/companies").json() == []
    assert gmi.get("/tags").json()["data"] == []
    assert gmi.get(f"/documents?archivedFilter=1&companyFilter={theirs['company']}").json()["totalCount"] == 0


def test_a_key_or_token_of_one_company_opens_nothing_of_another(sandbox, acme, other, gmi, debitoor):
    assert gmi.get("/account").json()["accountId"] == acme.gmi_account_id != other.gmi_account_id
    other.revoke_token()
    other.block_key()
    assert debitoor.get("/api/environment/v1").json()["id"] == acme.debitoor_id
    assert gmi.get("/apiStatus").status_code == 200
