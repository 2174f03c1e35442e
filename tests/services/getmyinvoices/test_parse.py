from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from debitoor_provider.services.getmyinvoices import parse
from debitoor_provider.services.getmyinvoices.models import Document, LineItem, Workflow
from debitoor_provider.services.http.reading import Unexpected

FULL = {
    "documentUid": 28715,
    "createdAt": "2026-02-03",
    "companyUid": 12,
    "companyName": "Example Portal",
    "orderNumber": "O-1",
    "documentType": "INCOMING_INVOICE",
    "documentNumber": "R-1",
    "documentDate": "2026-02-01",
    "documentDueDate": "2026-02-15",
    "netAmount": Decimal("100.00"),
    "grossAmount": Decimal("119.00"),
    "taxRates": [Decimal("19.00")],
    "vat_id": "DE123",
    "currency": "EUR",
    "isArchived": False,
    "isLocked": False,
    "tags": ["books", "2026"],
    "note": "n",
    "source": "Manual",
    "filename": "r1.pdf",
    "fileSize": "136.75",
    "paymentStatus": "Paid",
    "paidAt": "2026-02-04",
    "paymentMethod": "paypal",
}


def test_a_full_record():
    assert parse.document(FULL) == Document(
        document_uid=28715,
        document_type="INCOMING_INVOICE",
        document_number="R-1",
        document_date=date(2026, 2, 1),
        document_due_date=date(2026, 2, 15),
        created_at=date(2026, 2, 3),
        company_uid=12,
        company_name="Example Portal",
        order_number="O-1",
        net_amount=Decimal("100.00"),
        gross_amount=Decimal("119.00"),
        currency="EUR",
        tax_rates=(Decimal("19.00"),),
        vat_id="DE123",
        tags=("books", "2026"),
        note="n",
        source="Manual",
        filename="r1.pdf",
        file_kilobytes=Decimal("136.75"),
        payment_status="Paid",
        paid_at=date(2026, 2, 4),
        payment_method="paypal",
    )


def test_the_least_a_record_may_have_is_its_id():
    bare = parse.document({"documentUid": "7"})
    assert (bare.document_uid, bare.gross_amount, bare.company_uid, bare.tags) == (7, None, None, ())
    assert bare.payment_status == "Unknown"


def test_a_record_without_id_is_unexpected():
    with pytest.raises(Unexpected, match="documentUid"):
        parse.document({"documentNumber": "R-1"})


@pytest.mark.parametrize("due", ["0000-00-00", "", None, "30 days", "2026-02-30", 0, []])
def test_an_invalid_due_date(due):
    assert parse.document({**FULL, "documentDueDate": due}).document_due_date is None


@pytest.mark.parametrize(("written", "archived"), [(True, True), ("1", True), (1, True), (0, False), ("0", False)])
def test_the_archive_mark_may_be_a_number(written, archived):
    assert parse.document({**FULL, "isArchived": written}).is_archived is archived


@pytest.mark.parametrize("amount", ["1,119.00", Decimal("1119.00"), "1119.00"])
def test_an_amount_may_be_a_text_with_thousands_marks(amount):
    assert parse.document({**FULL, "grossAmount": amount}).gross_amount == Decimal("1119.00")


@pytest.mark.parametrize("unassigned", [0, None, "", "0"])
def test_no_company_is_none(unassigned):
    assert parse.document({**FULL, "companyUid": unassigned}).company_uid is None


@pytest.mark.parametrize("written", [["19.00", 7], ["19 %", "7"], {"0": "19.00", "1": 7}])
def test_tax_rates_may_be_texts_and_an_object(written):
    assert parse.document({**FULL, "taxRates": written}).tax_rates == (Decimal("19.00"), Decimal(7))


def test_some_of_the_tax_rates_are_none_of_them():
    document = parse.document({**FULL, "taxRates": ["?", "7", "?"], "lineItems": [{"tax_percentage": "half"}]})
    assert (document.tax_rates, document.unread_rates) == ((), ("?", "half"))


def test_line_items():
    line = {
        "description": "Pens",
        "quantity": 2,
        "unit_net_price": Decimal("1.50"),
        "tax_percentage": 19,
        "tax_amount": "0.57",
        "total_gross": Decimal("3.57"),
    }
    record = {**FULL, "lineItems": [line]}
    assert parse.document(record).line_items == (
        LineItem("Pens", Decimal(2), Decimal("1.50"), Decimal(19), Decimal("0.57"), Decimal("3.57")),
    )


@pytest.mark.parametrize("records", [[FULL], {"28715": FULL}, FULL])
def test_records_come_as_list_as_object_by_id_or_single(records):
    found = parse.page({"totalCount": "1", "maxPages": 1, "records": records}, "documentUid", parse.document)
    assert [document.document_uid for document in found.records] == [28715]
    assert (found.total, found.pages) == (1, 1)


@pytest.mark.parametrize("payload", [None, [], "x", {"records": "x"}, {"records": [1]}])
def test_an_invalid_page_is_unexpected(payload):
    with pytest.raises(Unexpected):
        parse.page(payload, "documentUid", parse.document)


@pytest.mark.parametrize("items", ["x", 7, {}, [1], [[]], {"a": 1}, None, [None]])
def test_line_items_that_are_none_are_left_out_and_the_document_is_not(items):
    assert parse.document({**FULL, "lineItems": items}).line_items == ()


@pytest.mark.parametrize("none", [None, {}, [], {"isCompleted": False}, {"currentWorkflow": [], "isCompleted": 0}])
def test_a_document_without_workflow(none):
    payload = {"meta_data": {**FULL, "workflowDetails": none}}
    assert parse.document_detail(payload).workflow is None


def test_a_document_in_approval():
    flow = {"currentWorkflow": {"id": 1, "name": "Boss"}, "currentWorkflowStep": {"id": 3, "name": "Sign"}}
    payload = {"meta_data": {**FULL, "workflowDetails": {**flow, "isCompleted": False}}}
    assert parse.document_detail(payload).workflow == Workflow(False, "Boss", "Sign")


def test_an_approved_document():
    payload = {"meta_data": {**FULL, "workflowDetails": {"isCompleted": True}}}
    assert parse.document_detail(payload).workflow == Workflow(True)


@pytest.mark.parametrize("written", ["JVBERi0xLjc=", "JVBE\r\nRi0x\r\nLjc="])
def test_content_is_decoded_with_and_without_line_breaks(written):
    assert parse.document_detail({"meta_data": FULL, "fileContent": written}).content == b"%PDF-1.7"


@pytest.mark.parametrize("written", ["%%%", "JVBERi0xLjc", "ünicode=="])
def test_content_that_is_not_base64_is_unexpected(written):
    with pytest.raises(Unexpected, match="base64"):
        parse.document_detail({"meta_data": FULL, "fileContent": written})


def test_content_never_shows_in_a_representation():
    detail = parse.document_detail({"meta_data": FULL, "fileContent": "JVBERi0xLjc="})
    assert "PDF" not in repr(detail)


@pytest.mark.parametrize("payload", [{}, {"message": "Something went wrong"}, {"records": None, "totalCount": 3}])
def test_an_answer_without_records_is_no_empty_list(payload):
    with pytest.raises(Unexpected):
        parse.page(payload, "documentUid", parse.document)


@pytest.mark.parametrize("records", [[], {}, None])
def test_an_empty_list_says_so(records):
    assert parse.page({"records": records, "totalCount": 0}, "documentUid", parse.document).records == []


@pytest.mark.parametrize("payload", [None, {}, {"message": "Something went wrong"}])
def test_a_change_counts_only_when_it_is_confirmed(payload):
    parse.confirmed({"success": True, "documentUid": 28716})
    with pytest.raises(Unexpected):
        parse.confirmed(payload)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("RECEIPT", "RECEIPT"),
        ("receipt ", "RECEIPT"),
        ("incoming_invoice", "INCOMING_INVOICE"),
        ("Incoming Invoice", "INCOMING_INVOICE"),
        (" Credit Note ", "CREDIT_NOTE"),
        ("credit-note", "CREDIT_NOTE"),
        ("Timesheet", "Timesheet"),  # records may carry values that are not listed (8.1)
        ("A_new_type", "A_new_type"),
        ("", ""),
        (None, ""),
        ({"name": "RECEIPT"}, ""),
    ],
)
def test_a_document_type_is_known_in_any_spelling(written, read):
    assert parse.document({"documentUid": 7, "documentType": written}).document_type == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("Paid", "Paid"), ("PAID", "Paid"), ("not_paid", "Not paid"), ("", "Unknown"), ("Open", "Open")],
)
def test_a_payment_status_is_known_in_any_spelling(written: str, read: str) -> None:
    assert parse.document({"documentUid": 7, "paymentStatus": written}).payment_status == read


@pytest.mark.parametrize(
    ("net", "gross", "rates", "stated"),
    [
        ("100.00", "119.00", ["19"], ("100.00", "119.00")),
        ("0.00", "119.00", ["19"], (None, "119.00")),
        ("0.00", "119.00", [], (None, "119.00")),
        (None, "119.00", ["19"], (None, "119.00")),
        ("100.00", "0.00", ["19"], ("100.00", None)),
        ("100.00", None, ["19"], ("100.00", None)),
        ("0.00", "0.00", [], (None, None)),
        ("0.00", "0.00", ["19"], ("0.00", "0.00")),  # an invoice over nothing
        (None, None, [], (None, None)),
        ("-100.00", "-119.00", ["19"], ("-100.00", "-119.00")),
    ],
)
def test_an_amount_of_0_next_to_another_amount_is_not_stated(net, gross, rates, stated):
    """GetMyInvoices writes 0 also for an amount that it does not have (contract A-12)."""
    amounts = {"netAmount": net, "grossAmount": gross, "taxRates": rates}
    read = parse.document(FULL | amounts)
    assert (read.stated_net, read.stated_gross) == tuple(text and Decimal(text) for text in stated)


def test_an_amount_of_0_that_its_line_items_contradict_is_not_stated():
    item = {"description": "Paper", "tax_percentage": "19", "total_gross": "119.00"}
    read = parse.document(FULL | {"netAmount": "0.00", "grossAmount": "0.00", "taxRates": [], "lineItems": [item]})
    assert (read.stated_net, read.stated_gross) == (None, None)
