from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from debitoor_provider.services.getmyinvoices.models import Company
from debitoor_provider.services.http.errors import NotFound
from debitoor_provider.sync.export.suppliers import Suppliers
from tests.sync.export.test_expense import BOOKS, DOCUMENT, UNTAXED

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


def untaxed(**fields: Any) -> Any:
    return replace(DOCUMENT, **(UNTAXED | {"company_uid": 1} | fields))


def test_the_postcode_is_read_once_where_it_decides() -> None:
    service = Service("97400")
    suppliers = Suppliers([VIN], service.company)
    assert suppliers.of(untaxed(), BOOKS) == suppliers.of(untaxed(), BOOKS) == replace(VIN, postcode="97400")
    assert service.asked == [1]


@pytest.mark.parametrize(
    ("company", "fields"),
    [
        (replace(VIN, country_code="DE"), {}),  # at home
        (replace(VIN, country_code="NL"), {}),  # all of it is in the VAT area
        (replace(VIN, country_code=""), {}),
        (replace(VIN, postcode="75001"), {}),  # known already
        (VIN, {"tax_rates": (Decimal(20),)}),  # foreign tax, wherever they are
    ],
)
def test_nothing_is_read_where_it_decides_nothing(company: Company, fields: dict[str, Any]) -> None:
    service = Service("97400")
    assert Suppliers([company], service.company).of(untaxed(**fields), BOOKS) == company
    assert service.asked == []


@pytest.mark.parametrize("uid", [None, 0, 2])
def test_a_document_without_a_known_supplier_has_none(uid: int | None) -> None:
    assert Suppliers([VIN], Service("").company).of(untaxed(company_uid=uid), BOOKS) is None


def test_a_company_deleted_meanwhile_is_used_as_listed() -> None:
    service = Service(None)
    suppliers = Suppliers([VIN], service.company)
    assert suppliers.of(untaxed(), BOOKS) == suppliers.of(untaxed(), BOOKS) == VIN
    assert service.asked == [1]
