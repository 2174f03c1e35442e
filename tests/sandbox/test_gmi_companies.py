"""Companies, attachments and reference data: contract G 3 and 7.4."""

from __future__ import annotations

import base64

import pytest


@pytest.fixture
def germany(gmi):
    return next(country["countryUid"] for country in gmi.get("/countries").json() if country["countryCode"] == "DE")


@pytest.fixture
def create(gmi, germany):
    def post(name="Lieferant GmbH", **fields):
        return gmi.post("/companies", json={"name": name, "countryUid": germany} | fields)

    return post


def test_a_company_is_created_read_changed_and_removed(gmi, create):
    created = create(vatId="DE123", tags=["supplier"]).json()
    uid = created["companyUid"]
    assert created == {"success": True, "companyUid": uid, "name": "Lieferant GmbH"}

    detail = gmi.get(f"/companies/{uid}").json()
    assert (detail["country"], detail["vatId"], detail["tags"]) == ("Germany", "DE123", ["supplier"])
    assert (detail["companyType"], detail["iban"]) == ("CUSTOM_COMPANY", "")

    assert gmi.put(f"/companies/{uid}", json={"name": "Neu GmbH", "city": "Köln"}).json()["success"] is True
    (listed,) = gmi.get("/companies").json()
    assert (listed["companyUid"], listed["name"], listed["countryCode"]) == (uid, "Neu GmbH", "DE")
    assert listed["portalRecords"] == []

    assert gmi.delete(f"/companies/{uid}", json={}).json() == {"success": True}
    assert gmi.get("/companies").json() == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"name": ""}, 114), ({"countryUid": None}, 115), ({"name": "TAKEN gmbh"}, 116), ({"countryUid": 99999}, 117)],
)
def test_an_invalid_company_is_refused(create, code_of, fields, code):
    create("Taken GmbH")

    assert code_of(create(**fields)) == (422, code)


def test_a_company_without_any_parameter_is_refused(gmi, code_of):
    assert code_of(gmi.post("/companies", json={})) == (422, 119)


def test_a_change_needs_a_name_a_country_or_tags(gmi, create, code_of):
    uid = create().json()["companyUid"]

    assert code_of(gmi.put(f"/companies/{uid}", json={"city": "Köln"})) == (422, 121)


def test_unknown_companies_have_a_code_for_each_method(gmi, code_of):
    assert code_of(gmi.get("/companies/999999")) == (422, 139)
    assert code_of(gmi.put("/companies/999999", json={"name": "x"})) == (422, 131)
    assert code_of(gmi.delete("/companies/999999", json={})) == (422, 131)


def test_a_company_with_documents_stays(gmi, create, upload, code_of):
    uid = create().json()["companyUid"]
    document = gmi.post("/documents", json=upload(companyId=uid)).json()["documentUid"]
    assert gmi.get(f"/documents/{document}").json()["meta_data"]["companyName"] == "Lieferant GmbH"

    assert code_of(gmi.delete(f"/companies/{uid}", json={})) == (422, 129)

    gmi.put(f"/documents/{document}", json={"companyId": 0})
    assert gmi.delete(f"/companies/{uid}", json={}).status_code == 200


def test_a_portal_can_be_filtered_but_not_changed(gmi, acme, create, code_of):
    own = create().json()["companyUid"]
    portal = acme.add_portal("Example Telecom")

    def listed(query):
        return [row["companyUid"] for row in gmi.get(f"/companies?{query}").json()]

    assert listed("companyTypeFilter=ONLINE_PORTAL") == [portal]
    assert listed("companyTypeFilter=CUSTOM_COMPANY") == [own]
    assert listed("companyTypeFilter=0&statusFilter=1") == [own, portal]
    assert listed("statusFilter=-1") == []
    (with_records,) = gmi.get("/companies?companyTypeFilter=ONLINE_PORTAL&returnPortalRecords=1").json()
    assert with_records["portalRecords"][0]["name"] == "Example Telecom"
    assert code_of(gmi.put(f"/companies/{portal}", json={"name": "x"})) == (422, 125)
    assert code_of(gmi.delete(f"/companies/{portal}", json={})) == (422, 125)


def test_an_attachment_is_added_listed_read_and_removed(gmi, acme, pdf):
    uid = acme.add_document(pdf(), "a.pdf")
    encoded = base64.b64encode(b"spreadsheet").decode()

    added = gmi.post(f"/documents/{uid}/attachments", json={"fileName": "t.xlsx", "fileContent": encoded}).json()

    listed = gmi.get(f"/documents/{uid}/attachments").json()
    assert (listed["totalCount"], listed["records"][0]["fileName"]) == (1, "t.xlsx")
    one = gmi.get(f"/documents/{uid}/attachments/{added['attachmentUid']}").json()
    assert (one["meta_data"]["filename"], one["fileContent"]) == ("t.xlsx", encoded)
    assert gmi.get(f"/documents/{uid}").json()["meta_data"]["attachments"] == 1
    path = f"/documents/{uid}/attachments/{added['attachmentUid']}"
    assert gmi.delete(path, json={}).json() == {"success": True}
    assert gmi.get(f"/documents/{uid}/attachments").json() == {"totalCount": 0, "records": []}


def test_attachments_are_refused_with_codes_of_their_own(gmi, acme, pdf, code_of):
    uid = acme.add_document(pdf(), "a.pdf")

    def attach(name, content=b"x", document=uid):
        body = {"fileName": name, "fileContent": base64.b64encode(content).decode()}
        return gmi.post(f"/documents/{document}/attachments", json=body)

    assert code_of(gmi.post(f"/documents/{uid}/attachments", json={})) == (422, 102)
    assert code_of(attach("a.exe")) == (422, 142)
    assert code_of(attach("a.txt", document=999999999)) == (422, 106)
    assert attach("a.txt").status_code == 200
    assert code_of(attach("again.txt")) == (422, 144)
    assert code_of(gmi.get(f"/documents/{uid}/attachments/999999")) == (422, 145)
    assert [attach("a.txt", b"%d" % index).status_code for index in range(24)] == [200] * 24
    assert code_of(attach("a.txt", b"one too many")) == (422, 141)


def test_reference_data_have_their_shapes(gmi):
    countries = {row["countryCode"]: row for row in gmi.get("/countries").json()}
    assert countries["DE"]["translations"] == {"en_us": "Germany", "de_de": "Deutschland"}
    assert (countries["DE"]["is_eu"], countries["CH"]["is_eu"]) == (1, 0)
    assert {"name": "Euro", "currencyCode": "EUR"} in gmi.get("/currencies").json()
    assert "19.00" in gmi.get("/vatRates").json()["data"]
    portals = gmi.get("/portals").json()
    assert portals["totalCount"] == len(portals["records"])
    assert gmi.get("/portals?pageNumber=2").json()["records"] == []
    assert gmi.get("/apiStatus").json() == {"success": True}
