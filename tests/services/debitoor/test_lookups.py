from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from debitoor_provider.services.debitoor.models import Category, Country, PaymentAccount
from debitoor_provider.services.errors import Refused
from tests.services.scripted import Reply


def test_the_account(service, client):
    service.on("GET", "/api/environment/v1", Reply({"id": "1", "email": "books@acme.example"}))
    service.on("GET", "/api/settings/v3", Reply({"id": "1", "accountEmail": "books@acme.example"}))
    assert client.environment().email == client.settings().account_email == "books@acme.example"


def test_short_lists_cost_one_call_each(service, client):
    service.on("GET", "/api/expenses/categories/v1", Reply([{"id": "office.software", "name": "S", "type": "t"}]))
    service.on("GET", "/api/paymentaccounts/v1", Reply([{"id": "bank", "name": "B", "currency": "EUR"}]))
    service.on("GET", "/api/countries/v1", Reply([{"id": "DE", "name": "Germany", "isEU": True}]))
    assert client.categories() == [Category("office.software", "S", "t")]
    assert client.payment_accounts() == [PaymentAccount("bank", "B", "EUR")]
    assert client.countries() == [Country("DE", "Germany", True)]
    assert len(service.asked) == 3


def test_purchase_tax_rates(service, client):
    service.on("GET", "/api/purchase/taxrates/v1", Reply({"baseTax": {"defaultRate": 19, "rates": [19]}}))
    assert client.purchase_tax_rates("DE", date(2026, 1, 1), "office.software").default_rate == Decimal(19)
    assert service.asked[0].query == {
        "supplierCountry": ["DE"],
        "date": ["2026-01-01"],
        "categoryId": ["office.software"],
    }


def test_a_schema(service, client):
    service.on("GET", "/api/schemas/sales/invoice/v8", Reply({"type": "object"}))
    assert client.schema("sales/invoice", 8) == {"type": "object"}
    for odd in ("../x", "a/../b", "A", "", "a?b"):
        with pytest.raises(Refused):
            client.schema(odd, 1)


def test_suppliers(service, client):
    acme = {"id": "a1", "name": "Acme", "countryCode": "DE", "isArchived": True}
    service.on("GET", "/api/suppliers/v1", Reply([acme]), Reply([]))
    service.on("GET", "/api/suppliers/a1/v1", Reply(acme))
    service.on("POST", "/api/suppliers/v1", Reply(acme))
    service.on("PUT", "/api/suppliers/a1/v1", Reply(acme))
    assert client.suppliers() == [client.supplier("a1")]
    assert client.create_supplier("Acme", "DE", ci_number="DE1").id == "a1"
    assert service.asked[-1].query == {"autonumber": ["true"]}
    assert service.asked[-1].json == {"name": "Acme", "countryCode": "DE", "ciNumber": "DE1"}
    assert client.update_supplier("a1", "Acme", "DE", is_archived=True).is_archived
    assert service.asked[-1].json == {"name": "Acme", "countryCode": "DE", "isArchived": True}


def test_customers(service, client):
    jo = {"id": "c1", "name": "Jo", "countryCode": "DE", "reference": "R1"}
    service.on("GET", "/api/customers/v2", Reply([jo, {**jo, "id": "c2", "reference": "R10"}]), Reply([]))
    service.on("GET", "/api/customers/c1/v2", Reply(jo))
    service.on("POST", "/api/customers/v2", Reply(jo))
    service.on("PUT", "/api/customers/c1/v2", Reply(jo))
    assert [customer.id for customer in client.customers(reference="R1")] == ["c1"]
    assert client.customer("c1").reference == "R1"
    assert client.create_customer("Jo", "DE", 3, number=5).id == "c1"
    assert service.asked[-1].query == {}
    assert service.asked[-1].json == {"name": "Jo", "countryCode": "DE", "paymentTermsId": 3, "number": 5}
    assert client.update_customer("c1", "Jo", "DE", 3, vat_number="DE1").id == "c1"
    assert service.asked[-1].json["vatNumber"] == "DE1"
