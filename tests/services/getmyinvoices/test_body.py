from __future__ import annotations

import base64
import io
import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.messages import Reader, written_for
from debitoor_provider.services.errors import Refused
from debitoor_provider.services.getmyinvoices.body import FileBody, changes_body, company_body, upload_fields
from debitoor_provider.services.getmyinvoices.models import LineItem, NewDocument


@given(st.binary(max_size=200_000), st.text(max_size=30))
def test_a_streamed_body_is_the_json_it_stands_for(content, name):
    body = FileBody({"fileName": name}, content)
    whole = b"".join(body)
    assert len(body) == len(whole)
    assert json.loads(whole) == {"fileName": name, "fileContent": base64.b64encode(content).decode()}
    assert b"".join(body) == whole


def test_an_open_file_is_sent_from_its_position_each_time():
    content = io.BytesIO(b"before" + bytes(100_000))
    content.seek(6)
    body = FileBody({}, content)
    assert base64.b64decode(json.loads(b"".join(body))["fileContent"]) == bytes(100_000)
    assert len(b"".join(body)) == len(body)


def test_a_streamed_body_is_never_in_one_piece():
    assert max(map(len, FileBody({}, bytes(1_000_000)))) < 100_000


def test_an_upload_contains_everything_that_is_known():
    document = NewDocument(
        file_name="INV-1.pdf",
        document_type="SALES_INVOICE",
        company_uid=12,
        document_number="INV-1",
        document_date=date(2026, 1, 2),
        document_due_date=date(2026, 1, 16),
        paid_at=date(2026, 1, 3),
        net_amount=Decimal("1000"),
        gross_amount=Decimal("1190.5"),
        currency="EUR",
        tax_rates=(Decimal("19.00"), Decimal("7.7")),
        payment_status="Paid",
        tags=("debitoor",),
        note="n",
        order_number="O-1",
        run_ocr=True,
    )
    assert upload_fields(document) == {
        "fileName": "INV-1.pdf",
        "documentType": "SALES_INVOICE",
        "companyId": 12,
        "documentNumber": "INV-1",
        "documentDate": "2026-01-02",
        "documentDueDate": "2026-01-16",
        "paidAt": "2026-01-03",
        "netAmount": "1000.00",
        "grossAmount": "1190.50",
        "currency": "EUR",
        "taxRates": [19, 7.7],
        "paymentStatus": "Paid",
        "tags": ["debitoor"],
        "note": "n",
        "orderNumber": "O-1",
        "runOCR": True,
    }


def test_an_upload_omits_unknown_fields():
    assert upload_fields(NewDocument("a.pdf", "MISC")) == {
        "fileName": "a.pdf",
        "documentType": "MISC",
        "runOCR": False,
    }


def test_an_amount_of_zero_is_known():
    assert upload_fields(NewDocument("a.pdf", "MISC", gross_amount=Decimal(0)))["grossAmount"] == "0.00"


@pytest.mark.parametrize("amount", ["10.005", "-0.001", "NaN", "Infinity"])
def test_an_amount_that_cannot_be_written_with_two_decimals_is_not_sent(amount):
    for send in (lambda value: upload_fields(NewDocument("a.pdf", "MISC", net_amount=value)), _changed_net):
        with pytest.raises(Refused) as refused:
            send(Decimal(amount))
        assert [problem.field for problem in refused.value.fields] == ["netAmount"]
        with written_for(Reader("de")):
            assert str(refused.value.fields[0].message).startswith("Der Wert hat mehr als zwei Nachkommastellen")


def _changed_net(value):
    return changes_body({"net_amount": value})


def test_zeros_beyond_two_decimals_are_no_digits_of_an_amount():
    assert changes_body({"net_amount": Decimal("10.5000")}) == {"netAmount": "10.50"}


def test_the_day_of_payment_is_sent_for_paid_documents_only():
    unpaid = NewDocument("a.pdf", "MISC", paid_at=date(2026, 1, 3), payment_status="Not paid")
    assert "paidAt" not in upload_fields(unpaid)


def test_changes_are_written_under_the_service_s_names():
    assert changes_body(
        {
            "company_uid": 3,
            "is_archived": False,
            "tags": [],
            "note": "",
            "gross_amount": Decimal("-5"),
            "paid_at": date(2026, 1, 1),
            "line_items": [LineItem("x", Decimal("0.5"), Decimal("10.005"), Decimal(19), None, None)],
        }
    ) == {
        "companyId": 3,
        "isArchived": 0,
        "tags": [],
        "note": "",
        "grossAmount": "-5.00",
        "paidAt": "2026-01-01",
        "lineItems": [{"description": "x", "quantity": 0.5, "unit_net_price": 10.005, "tax_percentage": 19}],
    }


@pytest.mark.parametrize("name", ["filename", "file_name", "isArchived"])
def test_an_unchangeable_field_is_an_error(name):
    with pytest.raises(TypeError, match=name):
        changes_body({name: "x"})


def test_a_company_always_has_name_and_country():
    assert company_body("Acme", 4, {"vat_id": "DE1", "tags": ("a",)}) == {
        "name": "Acme",
        "countryUid": 4,
        "vatId": "DE1",
        "tags": ["a"],
    }
    with pytest.raises(TypeError, match="colour"):
        company_body("Acme", 4, {"colour": "red"})
