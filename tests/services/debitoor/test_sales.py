from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest

from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.debitoor.models import SalesDocument
from debitoor_provider.services.errors import BadAnswer, FileRefused, NotFound
from tests.services.scripted import PDF, Reply, pdf

INVOICES = "/api/sales/invoices/v8"
CREDIT_NOTES = "/api/sales/creditnotes/v4"
INVOICE = SalesDocument("1a", SalesType.INVOICE)
INVOICE_PDF = "/api/sales/invoices/1a/pdf/v1"


def test_invoices_and_their_filters(service, client):
    last = {"id": "2b", "type": "creditNote"}
    service.on("GET", INVOICES, Reply([{"id": "1a"}, last]), Reply([last]), Reply([]))
    found = client.invoices(
        changed_since=datetime(2026, 1, 1, tzinfo=UTC),
        from_date=date(2026, 1, 2),
        include_deleted=True,
        is_credit_note=False,
        number="INV-1",
        page_size=2,
    )
    assert [(document.id, document.type) for document in found] == [("1a", "invoice"), ("2b", "creditNote")]
    assert service.asked[0].query == {
        "changedSince": ["2026-01-01T00:00:00Z"],
        "fromDate": ["2026-01-02"],
        "includeDeleted": ["true"],
        "isCreditNote": ["false"],
        "number": ["INV-1"],
        "limit": ["2"],
    }


def test_records_of_the_credit_note_routes_are_credit_notes(service, client):
    service.on("GET", CREDIT_NOTES, Reply([{"id": "2b"}]), Reply([]))
    service.on("GET", "/api/sales/creditnotes/2b/v4", Reply({"id": "2b"}))
    assert client.credit_notes()[0].type == client.credit_note("2b").type == SalesType.CREDIT_NOTE


def test_one_invoice(service, client):
    service.on("GET", "/api/sales/invoices/1a/v8", Reply({"id": "1a", "number": "INV-1"}), Reply({}, status=404))
    assert client.invoice("1a").number == "INV-1"
    with pytest.raises(NotFound):
        client.invoice("1a")


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (INVOICE, INVOICE_PDF),
        (SalesDocument("2b", SalesType.CREDIT_NOTE), "/api/sales/creditnotes/2b/pdf/v4"),
    ],
)
def test_each_type_has_its_pdf_route(service, client, document, path):
    service.on("GET", path, pdf())
    into = io.BytesIO()
    assert client.sales_pdf(document, into) == len(PDF)
    assert into.getvalue() == PDF


def test_json_on_the_pdf_route_means_an_error_whatever_the_status(service, client):
    service.on("GET", INVOICE_PDF, Reply({"code": 500, "message": "no"}))
    with pytest.raises(BadAnswer):
        client.sales_pdf(INVOICE, io.BytesIO())


def test_an_error_on_the_pdf_route_is_that_error(service, client):
    service.on("GET", INVOICE_PDF, Reply({"code": 404, "message": "no"}, status=404))
    with pytest.raises(NotFound):
        client.sales_pdf(INVOICE, io.BytesIO())


def test_an_invalid_pdf_is_refused(service, client):
    service.on("GET", INVOICE_PDF, pdf(b"GIF89a"))
    into = io.BytesIO()
    with pytest.raises(FileRefused, match="PDF"):
        client.sales_pdf(INVOICE, into)
    assert into.getvalue() == b""


def test_a_pdf_that_broke_off_is_fetched_again(service, client):
    service.on("GET", INVOICE_PDF, Reply(PDF[:50], headers={"Content-Type": "application/pdf"}, missing=7), pdf())
    into = io.BytesIO()
    client.sales_pdf(INVOICE, into)
    assert into.getvalue() == PDF
