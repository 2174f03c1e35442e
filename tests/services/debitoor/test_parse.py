from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from debitoor_provider.services.debitoor import parse
from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.debitoor.models import Environment, Expense, ExpenseLine, File, SalesTaxGroup, Settings
from debitoor_provider.services.http.reading import Unexpected

EXPENSE = {
    "id": "58b",
    "date": "2026-02-01",
    "number": 3,
    "supplierName": "Jo",
    "supplierCountry": "DE",
    "currency": "EUR",
    "file": {"id": "f1", "url": "/api/files/f1/v1", "fileName": "gmi-7.pdf", "lastModified": "2026-02-01T10:00:00.123Z",
             "type": "application/pdf", "sizeBytes": 1234, "thumbnailsUrl": None},
    "lines": [{"description": "d", "taxRate": 19, "categoryId": "c", "grossAmount": 5000,
               "netAmount": Decimal("4201.68"), "taxAmount": Decimal("798.32")}],
    "totalGrossAmount": 5000,
    "totalNetAmount": Decimal("4201.68"),
    "totalTaxAmount": Decimal("798.32"),
    "attachmentOverQuota": True,
    "createdDate": "2026-02-01T10:00:00Z",
    "lastModifiedDate": "2026-02-01T10:00:01Z",
    "deletedDate": "2026-02-01T10:00:02.500Z",
}  # fmt: skip


def test_a_full_expense():
    assert parse.expense(EXPENSE) == Expense(
        id="58b",
        date=date(2026, 2, 1),
        number=3,
        supplier_name="Jo",
        supplier_country="DE",
        currency="EUR",
        file=File("f1", "gmi-7.pdf", "application/pdf", 1234, "/api/files/f1/v1"),
        lines=(ExpenseLine(Decimal(19), Decimal(5000), Decimal("4201.68"), Decimal("798.32"), "d", "c"),),
        total_gross_amount=Decimal(5000),
        total_net_amount=Decimal("4201.68"),
        total_tax_amount=Decimal("798.32"),
        attachment_over_quota=True,
        created_date=datetime(2026, 2, 1, 10, 0, 0, tzinfo=UTC),
        last_modified_date=datetime(2026, 2, 1, 10, 0, 1, tzinfo=UTC),
        deleted_date=datetime(2026, 2, 1, 10, 0, 2, 500_000, tzinfo=UTC),
    )


def test_an_expense_leaves_out_what_has_no_value():
    bare = parse.expense({"id": "58b", "date": "2026-02-01", "lines": [{"taxRate": 0}]})
    assert (bare.file, bare.number, bare.total_gross_amount, bare.deleted_date) == (None, None, None, None)


def test_the_next_version_keeps_the_file_elsewhere():
    v5 = {**EXPENSE, "file": None, "attachments": [{"fileId": "f2", "file": {"id": "f2"}}]}
    assert parse.expense(v5).file == File("f2")


@pytest.mark.parametrize("lines", [None, [{}], [{"taxRate": None, "grossAmount": 5}]])
def test_an_expense_that_is_not_complete_is_read(lines):
    """As after an e-mail (6.2); what has no value is left out (3.5)."""
    for payload in ({"id": "58b", "lines": lines}, {"id": "58b", "date": None, "lines": lines}):
        found = parse.expense(payload)
        assert (found.date, [line.tax_rate for line in found.lines]) == (None, [None] * len(lines or []))
        assert parse.income(payload).lines == found.lines
        assert parse.descriptions(payload) == [""] * len(lines or [])
    assert parse.descriptions({"id": "58b"}) == []


@pytest.mark.parametrize("missing", ["id"])
def test_an_expense_cannot_do_without(missing):
    with pytest.raises(Unexpected, match=missing):
        parse.expense({**EXPENSE, missing: None})


@pytest.mark.parametrize("lines", [{"a": 1}, "x", {}, [None]])
def test_lines_have_to_be_lines(lines):
    with pytest.raises(Unexpected):
        parse.expense({**EXPENSE, "lines": lines})


def test_an_invoice_and_a_credit_note():
    record = {
        "id": "1",
        "type": "creditNote",
        "number": "CN-1",
        "date": "2026-01-01",
        "taxGroups": [{"taxRate": 19}, {"taxRate": Decimal("7.7")}],
        "customerCountry": None,
        "deleted": True,
        "paid": True,
    }
    found = parse.sales_document(record)
    assert (found.type, found.number, found.tax_rates) == (SalesType.CREDIT_NOTE, "CN-1", (Decimal(19), Decimal("7.7")))
    assert (found.deleted, found.paid, found.customer_country) == (True, True, "")
    assert parse.sales_document({"id": "1", "number": 12}).type == SalesType.INVOICE


@pytest.mark.parametrize("flags", [{"deletedByInvoiceId": "2"}, {"compensated": True}])
def test_what_a_credit_note_cancels_is_not_deleted(flags):
    deleted = {"id": "1", "deleted": True, "deletedDate": "2026-02-01T10:00:02Z"}
    assert parse.sales_document(deleted).is_deleted
    assert parse.sales_document({"id": "1", "deletedDate": "2026-02-01T10:00:02Z"}).is_deleted
    found = parse.sales_document({**deleted, **flags})
    assert (found.cancelled, found.is_deleted) == (True, False)
    bare = parse.sales_document({**deleted, "deletedByInvoiceId": None, "compensated": False})
    assert (bare.cancelled, bare.is_deleted) == (False, True)
    assert parse.sales_document({"id": "1", "number": 12}).number == "12"
    assert parse.credit_note({"id": "1"}).type == SalesType.CREDIT_NOTE


def part(
    rate: object, net: object = None, tax: object = None, gross: object = None, **more: object
) -> dict[str, object]:
    return {"taxRate": rate, "netAmount": net, "taxAmount": tax, "grossAmount": gross} | more


@pytest.mark.parametrize(
    ("record", "groups"),
    [
        ({}, []),
        ({"taxGroups": [part(19, 100, 19), part(7, 10, "0.70")]}, [(19, 100, 19, 119), (7, 10, "0.70", "10.70")]),
        ({"taxGroups": [part(0, 1, 0, name="EU"), part("0.0", 2, 0)]}, [(0, 3, 0, 3)]),
        ({"taxGroups": [part(19)], "lines": [part(19, 1, "0.19", "1.19")]}, [(19, 1, "0.19", "1.19")]),
        ({"taxGroups": [part(19), part(7, 1, 0)], "lines": [part(19, 1, "0.19", "1.19")]}, [(19, 1, "0.19", "1.19")]),
        (
            {"lines": [part(19, 1, gross="1.19"), part(None, name="text"), part(19, tax="0.38", gross="2.38")]},
            [(19, 3, "0.57", "3.57")],
        ),
        ({"taxGroups": [part(19, 100, 19), part("x", 10, 1)]}, []),
        ({"taxGroups": [part(19, 100)], "lines": [part(19, gross=119)]}, []),
        ({"taxGroups": "x", "lines": [None]}, []),
    ],
)
def test_a_sales_document_has_the_amounts_of_each_rate_if_all_are_stated(record, groups):
    found = parse.sales_document({"id": "1", **record}).tax_groups
    assert found == tuple(SalesTaxGroup(*map(Decimal, group)) for group in groups)


def test_the_account():
    assert parse.environment(
        {"id": "1", "email": "a@b.example", "currency": "EUR", "countryCode": "DE"}
    ) == Environment("1", "a@b.example", "DE", "EUR")
    profile = {"name": "Acme", "countryCode": "DE", "vatNumber": "DE1"}
    assert parse.settings({"id": "1", "companyProfile": profile, "strictBookkeeping": True}) == Settings(
        "1", company_name="Acme", country_code="DE", vat_number="DE1", strict_bookkeeping=True
    )


@pytest.mark.parametrize(("charge", "rates"), [(False, ()), ({"rates": [19]}, (Decimal(19),)), (None, ())])
def test_purchase_tax_rates(charge, rates):
    found = parse.purchase_tax_rates({"baseTax": {"defaultRate": 19, "rates": [0, 7, 19]}, "reverseCharge": charge})
    assert (found.default_rate, found.rates) == (Decimal(19), (Decimal(0), Decimal(7), Decimal(19)))
    assert found.reverse_charge_rates == rates


@pytest.mark.parametrize("more", [{}, {"currency": None, "countryCode": None, "email": None}, {"currency": 5}])
def test_only_the_id_of_an_environment_is_certain(more):
    found = parse.environment({"id": "e1", **more})
    assert (found.id, found.country_code, found.email) == ("e1", "", "")
    assert found.currency in ("", "5")


@pytest.mark.parametrize(("written", "amount"), [("119,00", "119.00"), ("1.234,56", "1234.56"), ("1,234", None)])
def test_an_amount_that_can_be_read_in_two_ways_is_not_read(written, amount):
    found = parse.sales_document({"id": "1", "totalGrossAmount": written})
    assert found.total_gross_amount == (amount and Decimal(amount))


@pytest.mark.parametrize("written", ["creditNote", "CreditNote", "credit_note", "CREDIT NOTE"])
def test_a_credit_note_is_known_in_any_spelling(written):
    assert parse.sales_document({"id": "1", "type": written}).type is SalesType.CREDIT_NOTE
