from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from debitoor_provider.services.errors import NotFound
from debitoor_provider.services.getmyinvoices.models import Company, CountryInfo
from debitoor_provider.sync.export.suppliers import Suppliers
from tests.sync.export.test_expense import DOCUMENT, SERVICE, UNTAXED
from tests.sync.stage import Stage

VIN = Company(1, "Vin SARL", country_code="FR")


class Service:
    """Stand in for GetMyInvoices, which returns the postcode only with a single company."""

    def __init__(self, postcode: str | None) -> None:
        self.postcode = postcode
        self.asked: list[int] = []

    def company(self, uid: int) -> Company:
        self.asked.append(uid)
        if self.postcode is None:
            raise NotFound("There is none.", service="GetMyInvoices", operation="read company")
        return Company(uid, "Vin SARL", postcode=self.postcode)

    def countries(self) -> list[CountryInfo]:
        self.asked.append(0)
        return [CountryInfo(80, "France", "FR", is_eu=True), CountryInfo(81, "Netherlands", "NL", is_eu=True)]


def suppliers_of(service: Service, *listed: Company) -> Suppliers:
    return Suppliers(listed, service.company, service.countries)


def untaxed(**fields: Any) -> Any:
    return replace(DOCUMENT, **(UNTAXED | {"company_uid": 1} | fields))


def test_the_postcode_is_read_once_where_it_decides() -> None:
    service = Service("97400")
    suppliers = suppliers_of(service, VIN)
    assert suppliers.of(untaxed()) == suppliers.of(untaxed()) == replace(VIN, postcode="97400")
    assert service.asked == [1]


@pytest.mark.parametrize(
    ("company", "fields"),
    [
        (replace(VIN, country_code="NL"), {}),  # all of it is in the VAT area
        (replace(VIN, country_code=""), {}),
        (replace(VIN, country_code="", vat_id="NL004495445B01"), {}),
        (replace(VIN, postcode="75001"), {}),  # known already
        (VIN, {"tax_rates": (Decimal(20),)}),  # foreign tax, wherever they are
    ],
)
def test_nothing_is_read_where_it_decides_nothing(company: Company, fields: dict[str, Any]) -> None:
    service = Service("97400")
    assert suppliers_of(service, company).of(untaxed(**fields)) == company
    assert service.asked == []


@pytest.mark.parametrize(
    "company",
    [
        replace(VIN, country_code="DE"),  # which may be the country of the books: Büsingen is not domestic
        replace(VIN, country_code="", vat_id="FR12345678901"),
    ],
)
def test_the_postcode_is_read_in_any_country_that_has_territories(company: Company) -> None:
    service = Service("97400")
    assert suppliers_of(service, company).of(untaxed()) == replace(company, postcode="97400")


def test_a_country_is_known_by_its_number(acme: Stage) -> None:
    service = Service("")
    suppliers = suppliers_of(service, Company(1, "A", country_uid=81), Company(2, "B", country_uid=9))
    assert [(suppliers.of(untaxed(company_uid=uid)) or VIN).country_code for uid in (1, 1, 2)] == ["NL", "NL", ""]
    assert service.asked == [0]

    untaxed_figures = {"net_amount": "100.00", "gross_amount": "100.00", "tax_rates": ["0"]}
    uid = acme.document(supplier="FR SA", supplier_country="FR", **untaxed_figures)
    rows = [{"companyUid": c.company_uid, "name": c.name, "countryUid": c.country_uid} for c in acme.gmi.companies()]
    acme.fault("status", "gmi.companies.list", status=200, body=rows)
    acme.export(acme.exports(reverse_charge=SERVICE))
    assert acme.states() == {uid: "moved"}


@pytest.mark.parametrize("uid", [None, 0, 2])
def test_a_document_without_a_known_supplier_has_none(uid: int | None) -> None:
    assert suppliers_of(Service(""), VIN).of(untaxed(company_uid=uid)) is None


def test_a_company_deleted_meanwhile_is_used_as_listed() -> None:
    service = Service(None)
    suppliers = suppliers_of(service, VIN)
    assert suppliers.of(untaxed()) == suppliers.of(untaxed()) == VIN
    assert service.asked == [1]
