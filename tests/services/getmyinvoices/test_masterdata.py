from __future__ import annotations

from decimal import Decimal

import pytest

from debitoor_provider.services.errors import BadAnswer, NotFound, Refused
from debitoor_provider.services.getmyinvoices.models import Company, CountryInfo, Currency, Portal
from tests.services.scripted import Reply

BASE = "/accounts/v3"
ACME = {"companyUid": 12, "name": "Acme", "companyType": "CUSTOM_COMPANY", "note": "", "tags": ["a"], "countryUid": 4,
        "countryCode": "DE", "vatId": "DE1", "taxNumber": ""}  # fmt: skip


def test_companies_come_as_a_bare_array(service, client):
    service.on("GET", f"{BASE}/companies", Reply([ACME]))
    assert client.companies(status=1, company_type="CUSTOM_COMPANY") == [
        Company(12, "Acme", "CUSTOM_COMPANY", "DE", 4, vat_id="DE1", tags=("a",))
    ]
    assert service.asked[0].query == {
        "returnPortalRecords": ["0"],
        "statusFilter": ["1"],
        "companyTypeFilter": ["CUSTOM_COMPANY"],
    }


def test_companies_of_any_status_are_asked_for_by_name(service, client):
    service.on("GET", f"{BASE}/companies", Reply([ACME]))
    client.companies()
    assert service.asked[0].query["statusFilter"] == ["0"]


def test_something_else_than_companies_is_a_bad_answer(service, client):
    service.on("GET", f"{BASE}/companies", Reply("maintenance"))
    with pytest.raises(BadAnswer):
        client.companies()


def test_one_company(service, client):
    service.on("GET", f"{BASE}/companies/12", Reply(ACME), Reply({"error_code": 139}, status=422))
    assert client.company(12).name == "Acme"
    with pytest.raises(NotFound):
        client.company(12)


def test_creating_a_company_gives_its_id(service, client):
    created = Reply({"success": True, "companyUid": 13, "name": "Acme"})
    service.on("POST", f"{BASE}/companies", created, Reply({"error_code": 116}, status=422))
    assert client.create_company("Acme", 4, vat_id="DE1") == 13
    assert service.asked[0].json == {"name": "Acme", "countryUid": 4, "vatId": "DE1"}
    with pytest.raises(Refused, match="exists already"):
        client.create_company("Acme", 4)


def test_changing_a_company_always_names_it(service, client):
    service.on("PUT", f"{BASE}/companies/12", Reply({"success": True}))
    client.update_company(12, "Acme", 4, city="Bonn")
    assert service.asked[0].json == {"name": "Acme", "countryUid": 4, "city": "Bonn"}


def test_a_company_with_documents_cannot_be_deleted(service, client):
    service.on("DELETE", f"{BASE}/companies/12", Reply({"error_code": 129}, status=422), Reply({"success": True}))
    with pytest.raises(Refused, match="documents"):
        client.delete_company(12)
    client.delete_company(12)


def test_reference_data(service, client):
    service.on("GET", f"{BASE}/tags", Reply({"success": True, "data": ["Internet", "DSL"]}))
    service.on("GET", f"{BASE}/vatRates", Reply({"success": True, "data": ["0.00", "19.00"]}))
    service.on("GET", f"{BASE}/currencies", Reply([{"name": "Euro", "currencyCode": "EUR"}]))
    service.on(
        "GET",
        f"{BASE}/countries",
        Reply([{"countryUid": 4, "name": "Germany", "countryCode": "DE", "is_eu": 1},
               {"countryUid": 5, "name": "Norway", "country_code": "NO", "is_eu": "0"}]),
    )  # fmt: skip
    assert client.tags() == ["Internet", "DSL"]
    assert client.vat_rates() == [Decimal("0.00"), Decimal("19.00")]
    assert client.currencies() == [Currency("Euro", "EUR")]
    assert client.countries() == [CountryInfo(4, "Germany", "DE", True), CountryInfo(5, "Norway", "NO", False)]


def test_portals_are_read_to_the_last_page(service, client):
    def page(*uids: int) -> Reply:
        return Reply({"totalCount": 3, "records": [{"supplier_uid": uid, "name": f"P{uid}"} for uid in uids]})

    service.on("GET", f"{BASE}/portals", page(1, 2), page(2, 3), page())
    assert client.portals() == [Portal(1, "P1"), Portal(2, "P2"), Portal(3, "P3")]
    assert [asked.query["pageNumber"] for asked in service.asked] == [["1"], ["2"], ["3"]]
