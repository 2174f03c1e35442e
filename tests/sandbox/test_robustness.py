"""Whatever is sent, the answer is a refusal and never a fault of the sandbox, and nothing half-done is stored."""

from __future__ import annotations

import string

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from debitoor_provider.sandbox import contract
from debitoor_provider.sandbox.debitoor.schemas import CUSTOMER, EXPENSE_V4, INCOME, SUPPLIER
from debitoor_provider.sandbox.server import running

FUZZ = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["2026-01-05", "19", "-1", "1e400", "DE", "EUR", "gross", "0" * 5000, "Infinity"])
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))
UPLOAD_FIELDS = st.sampled_from(
    ["fileName", "fileContent", "documentType", "companyId", "documentDate", "netAmount", "grossAmount", "taxRates",
     "vat", "tags", "note", "lineItems", "paymentStatus", "isArchived", "currency", "cashDiscountValue", "runOCR"]
)  # fmt: skip


def fields_of(schema):
    """Generate bodies with properties of a schema and values of any kind."""
    return st.dictionaries(st.sampled_from([*schema["properties"], "unknown"]), VALUES, max_size=6)


@FUZZ
@given(changes=st.dictionaries(UPLOAD_FIELDS, VALUES, max_size=4))
def test_any_upload_and_update_is_answered(gmi, upload, changes):
    created = gmi.post("/documents", json=upload() | changes)
    assert created.status_code in (200, 422), (changes, created.text)
    if created.status_code == 200:
        path = f"/documents/{created.json()['documentUid']}"
        assert gmi.put(path, json=changes).status_code in (200, 422), changes
        assert gmi.get(path).status_code == 200, changes
        assert gmi.get("/documents?archivedFilter=1&loadLineItems=true&perPage=3").status_code == 200, changes


@FUZZ
@given(item=st.dictionaries(st.sampled_from(["quantity", "tax_percentage", "total_gross", "description"]), VALUES))
def test_any_line_item_is_answered(gmi, acme, upload, item):
    created = gmi.post("/documents", json=upload(lineItems=[item]))
    assert created.status_code in (200, 422), (item, created.text)
    assert gmi.get("/documents?loadLineItems=true&perPage=3").status_code == 200, item


@pytest.mark.parametrize("item", [{"total_gross": "1e30"}, {"tax_percentage": -100}, {"tax_percentage": "1e20"}])
def test_a_line_item_beyond_measure_is_refused(gmi, upload, item):
    assert gmi.post("/documents", json=upload(lineItems=[item])).status_code == 422


@pytest.mark.parametrize("uid", [10**30, "1e999999", -(10**20), 0.5])
def test_a_company_beyond_measure_is_refused(gmi, upload, uid):
    assert gmi.post("/documents", json=upload(companyId=uid)).status_code == 422


@pytest.mark.parametrize("content", [None, 5, [1], "no base64", {}])
def test_content_that_is_no_base64_is_refused(sandbox, acme, content):
    path = f"{contract.ADMIN}/companies/{acme.id}/documents"
    body = {"content": content, "filename": "a.pdf"}
    assert requests.post(sandbox.base_url + path, json=body, timeout=10).status_code == 422


@FUZZ
@given(
    query=st.dictionaries(
        st.sampled_from(
            ["companyFilter", "archivedFilter", "documentTypeFilter", "noteFilter", "startDateFilter", "pageNumber",
             "perPage", "updatedOrNewSinceFilter", "tagFilter[]", "documentUidExclusionFilter[]", "searchQuery"]
        ),
        st.text(max_size=10) | st.sampled_from(["9" * 30, "-1", "2026-01-05 10:00:00", "%", "'"]),
    )
)  # fmt: skip
def test_any_filter_is_answered(gmi, query):
    assert gmi.get("/documents", params=query).status_code in (200, 422), query


@pytest.mark.parametrize(
    ("path", "schema", "base"),
    [
        (contract.EXPENSES, EXPENSE_V4, {"date": "2026-01-05", "lines": [{"taxRate": 19, "grossAmount": 1}]}),
        (contract.INCOME, INCOME, {"date": "2026-01-05", "customerCountry": None}),
        (contract.SUPPLIERS, SUPPLIER, {"name": "L", "countryCode": "DE"}),
        (contract.CUSTOMERS, CUSTOMER, {"name": "L", "countryCode": "DE", "paymentTermsId": 1}),
    ],
)
def test_any_body_is_answered(debitoor, path, schema, base):
    @FUZZ
    @given(changes=fields_of(schema))
    def check(changes):
        response = debitoor.post(path + "?autonumber=true", json=base | changes)
        assert response.status_code in (200, 400), (changes, response.text)

    check()
    assert debitoor.get(path).status_code == 200


@FUZZ
@given(
    line=st.dictionaries(
        st.sampled_from([*EXPENSE_V4["properties"]["lines"]["items"]["properties"]]),
        VALUES | st.sampled_from([{"taxRate": 19, "productOrService": "service", "consumptionOrResale": "resale"}]),
        max_size=5,
    )
)
def test_any_line_is_answered(debitoor, line):
    body = {"date": "2026-01-05", "lines": [{"taxRate": 19, "grossAmount": 1} | line]}
    response = debitoor.post(contract.EXPENSES + "?autonumber=true", json=body)
    assert response.status_code in (200, 400), (line, response.text)


@FUZZ
@given(
    query=st.dictionaries(
        st.sampled_from(["fromDate", "toDate", "changedSince", "changedBefore", "skip", "limit", "isUnpaid"]),
        st.text(string.printable, max_size=10) | st.sampled_from(["9" * 15, "0001-01-01", "9999-12-31T23:59:59.5Z"]),
    )
)
def test_any_list_filter_is_answered(debitoor, query):
    assert debitoor.get(contract.EXPENSES, params=query).status_code in (200, 400), query


@FUZZ
@given(body=st.binary(max_size=200), boundary=st.text(string.ascii_letters, min_size=1, max_size=5))
def test_any_multipart_body_is_answered(debitoor, body, boundary):
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    framed = f"--{boundary}\r\n".encode() + body + f"\r\n--{boundary}--\r\n".encode()

    for data in (body, framed):
        response = debitoor.post(contract.FILES + "?fileName=a.pdf", data=data, headers=headers)
        assert response.status_code in (200, 400), (body, response.text)


def test_a_fault_of_the_sandbox_itself_undoes_the_call_and_ends_nothing(tmp_path, pdf, gmi_of, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    with running(tmp_path, thread=True) as admin:
        acme = admin.create_company("Acme")
        uid = acme.add_document(pdf(), "a.pdf", tags=["old"])
        agent = {"X-API-KEY": acme.gmi_api_key, "User-Agent": acme.gmi_account_id}
        url = f"{admin.gmi_url}/documents/{uid}"
        with monkeypatch.context() as patch:
            # They are read after the tags were stored.
            patch.setattr("debitoor_provider.sandbox.gmi.document_store.local_seconds", fail)
            broken = requests.put(url, json={"tags": ["new"]}, headers=agent, timeout=10)
        valid = requests.put(url, json={"note": "x"}, headers=agent, timeout=10)

        assert (broken.status_code, valid.status_code) == (500, 200)
        assert [call["status"] for call in admin.calls(operation="gmi.documents.update")] == [500, 200]
        assert acme.document(uid)["tags"] == ["old"]
        tags = requests.get(f"{admin.gmi_url}/tags", headers=agent, timeout=10).json()["data"]
        assert tags == ["old"]
