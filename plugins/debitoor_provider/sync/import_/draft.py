"""A sales document of Debitoor as a document of GetMyInvoices (GetMyInvoices contract A-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.getmyinvoices.enums import PaymentStatus
from debitoor_provider.services.getmyinvoices.models import NewDocument
from debitoor_provider.sync.marks import sales_marker
from debitoor_provider.sync.money import ZERO
from debitoor_provider.sync.naming.filename import file_name

if TYPE_CHECKING:
    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.sync.accounts.settings import ImportAccount


def upload_name(document: SalesDocument) -> str:
    """Name the file by the document's number, which is unique in the seller's books."""
    return file_name(document.number or f"{document.type.value}-{document.id}", ".pdf")


def new_document(document: SalesDocument, account: ImportAccount, company_uid: int | None, name: str) -> NewDocument:
    """Map an invoice or credit note to an upload.

    The note ends with the document's Debitoor id: by it an upload is found again even when the ledger is lost.

    :param document: as the list gives it
    :param account: the settings with type, tags, company and note for imported documents
    :param company_uid: the company of the settings, looked up
    :param name: the file's name
    """
    defaults = account.defaults
    is_credit_note = document.type is SalesType.CREDIT_NOTE
    document_type = (defaults.credit_note_type if is_credit_note else None) or defaults.document_type
    return NewDocument(
        file_name=name,
        document_type=document_type,
        company_uid=company_uid,
        document_number=document.number,
        document_date=document.date,
        document_due_date=document.due_date,
        net_amount=document.total_net_amount,
        gross_amount=document.total_gross_amount,
        currency=document.currency,
        tax_rates=document.tax_rates,
        payment_status=payment_status(document),
        tags=tuple(defaults.tags),
        note=f"{defaults.note} {sales_marker(document.id)}".strip(),
    )


def payment_status(document: SalesDocument) -> PaymentStatus:
    """Tell how far a sales document is paid (contract section 7.3: ``paid``, ``unpaidAmount``)."""
    if document.paid:
        return PaymentStatus.PAID
    if document.unpaid_amount is None:
        return PaymentStatus.UNKNOWN
    if document.unpaid_amount == ZERO:
        return PaymentStatus.PAID
    if document.total_gross_amount is not None and abs(document.unpaid_amount) < abs(document.total_gross_amount):
        return PaymentStatus.PARTIALLY
    return PaymentStatus.NOT_PAID
