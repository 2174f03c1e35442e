"""Debitoor: invoices and credit notes (contract sections 2 and 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debitoor_provider.conformance.shapes import array, expect_fields, is_date, is_number, is_text, kind
from debitoor_provider.conformance.verdict import expect, names, need
from debitoor_provider.services.debitoor import constants
from debitoor_provider.services.http.session import segment

if TYPE_CHECKING:
    from debitoor_provider.conformance.probe import Probe
    from debitoor_provider.conformance.shapes import JsonRecord
    from debitoor_provider.conformance.verdict import Seen

pytestmark = pytest.mark.service("debitoor")

_NONE = "the books have no invoices"
_NO_CREDIT_NOTES = "the books have no credit notes"
_TOTALS = ("totalNetAmount", "totalTaxAmount", "totalGrossAmount")


@pytest.mark.row("7.1")
def test_invoices_and_credit_notes_are_listed(
    invoices: list[JsonRecord], credit_notes: list[JsonRecord], seen: Seen
) -> None:
    """List both."""
    seen(f"{len(invoices)} invoices, {len(credit_notes)} credit notes")


@pytest.mark.row("7.3")
def test_a_sales_document_has_its_fields(invoices: list[JsonRecord], seen: Seen) -> None:
    """Look at the fields that the provider reads."""
    expect_fields(need(invoices, _NONE), ("id", "number", "type", "date", "currency", "customerName", *_TOTALS))
    for field, fits in {"date": is_date, "number": is_text}.items():
        wrong = {kind(row[field]) for row in invoices if not fits(row[field])}
        expect(not wrong, f"`{field}` is {' or '.join(sorted(wrong))} of another form")
    seen(f"fields: {names(field for row in invoices for field in row)}")


@pytest.mark.row("A28")
def test_credit_notes_are_among_the_invoices(
    debitoor: Probe, invoices: list[JsonRecord], credit_notes: list[JsonRecord], seen: Seen
) -> None:
    """Compare both lists, and narrow one."""
    ids = {row.get("id") for row in need(credit_notes, _NO_CREDIT_NOTES)}
    missing = len(ids - {row.get("id") for row in invoices})
    expect(not missing, f"{missing} of {len(ids)} credit notes are not among the invoices")
    for word, wanted in (("true", ids), ("false", {row.get("id") for row in invoices} - ids)):
        found = {row.get("id") for row in array(debitoor, constants.INVOICES, {"isCreditNote": word})}
        expect(found == wanted, f"`isCreditNote={word}` does not narrow the list")
    seen(f"{len(ids)} credit notes, all among the invoices")


@pytest.mark.row("A35")
def test_amounts_of_credit_notes_are_negative(credit_notes: list[JsonRecord], seen: Seen) -> None:
    """Look at the sign of the totals."""
    grosses = [row.get("totalGrossAmount") for row in need(credit_notes, _NO_CREDIT_NOTES)]
    expect(all(map(is_number, grosses)), "`totalGrossAmount` is not always a number")
    positive = sum(gross > 0 for gross in grosses if is_number(gross) and gross is not None)
    expect(not positive, f"{positive} of {len(grosses)} credit notes have a positive total")
    seen(f"{len(grosses)} credit notes, none of them positive")


@pytest.mark.row("A29", "7.1")
def test_a_pdf_comes_with_its_headers(debitoor: Probe, invoices: list[JsonRecord], seen: Seen) -> None:
    """Read the PDF of one invoice."""
    invoice = need([row for row in invoices if row.get("type") != "creditNote"], _NONE)[0]
    _expect_pdf(debitoor, constants.INVOICE_PDF, invoice)
    seen("the PDF of an invoice")


@pytest.mark.row("A29", "7.1")
def test_a_pdf_of_a_credit_note_comes_with_its_headers(
    debitoor: Probe, credit_notes: list[JsonRecord], seen: Seen
) -> None:
    """Read the PDF of one credit note."""
    _expect_pdf(debitoor, constants.CREDIT_NOTE_PDF, need(credit_notes, _NO_CREDIT_NOTES)[0])
    seen("the PDF of a credit note")


@pytest.mark.row("A37")
def test_a_cancelled_invoice_is_read_with_its_pdf(debitoor: Probe, seen: Seen) -> None:
    """Read an invoice that a credit note cancels."""
    listed = array(debitoor, constants.INVOICES, {"includeDeleted": "true"})
    cancelled = need([row for row in listed if row.get("deletedByInvoiceId")], "no invoice was cancelled")
    debitoor.answer(constants.INVOICE.format(id=segment(cancelled[0]["id"])))
    _expect_pdf(debitoor, constants.INVOICE_PDF, cancelled[0])
    seen(f"{len(cancelled)} cancelled; read with its PDF")


def _expect_pdf(debitoor: Probe, path: str, document: JsonRecord) -> None:
    answer = debitoor.answer(path.format(id=segment(document["id"])), headers={"Accept": "application/pdf, */*"})
    content_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    expect(content_type == "application/pdf", "the content type is not `application/pdf`")
    expect(answer.content.startswith(b"%PDF-"), "the bytes do not begin with `%PDF-`")
    named = str(document.get("number")) in answer.headers.get("Content-Disposition", "")
    expect(named, "`Content-Disposition` does not have the number")
