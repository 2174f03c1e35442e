"""A sales document of Debitoor as a document of GetMyInvoices (GetMyInvoices contract A-26)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.getmyinvoices.enums import PaymentStatus
from debitoor_provider.services.getmyinvoices.models import NewDocument
from debitoor_provider.sync.import_.selection import undated
from debitoor_provider.sync.import_.tax_amounts import amounts_by_rate, amounts_of_copy, gross_of, negated
from debitoor_provider.sync.ledger import Sent
from debitoor_provider.sync.markers import sales_marker
from debitoor_provider.sync.money import ZERO, cents
from debitoor_provider.sync.naming.filename import file_name
from debitoor_provider.sync.obstacle import Obstacle, ObstacleKind, held
from debitoor_provider.sync.period import is_far_ahead
from debitoor_provider.sync.statement import Statement

if TYPE_CHECKING:
    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.accounts.settings import ImportAccount
    from debitoor_provider.sync.ledger import Entry

_AMOUNTS = ("net", "tax", "gross")
_MISSING = "?"
_TOLERANCE = Decimal("0.02")  # each of them is rounded once


def upload_name(document: SalesDocument) -> str:
    """Name the file by the document's number, which is unique in the seller's books."""
    return file_name(document.number or f"{document.type.value}-{document.id}", ".pdf")


def statement_of(upload: NewDocument) -> Statement:
    """Return the figures of an upload."""
    return Statement.of_total(upload.document_date, upload.tax_rates, upload.gross_amount, upload.currency)


def sent_of(upload: NewDocument, document: SalesDocument) -> Sent:
    """Return what the ledger keeps of an upload: a gross amount may be computed, and a sign changed.

    :param document: the sales document that is uploaded
    """
    gross, currency, number = upload.gross_amount, upload.currency, upload.document_number
    own = (upload.net_amount, gross, currency, number, document.customer_name, number)
    by_rate = amounts_by_rate(document, gross)
    return Sent(gross or ZERO, currency, upload.document_date, *own, by_rate=by_rate)


def sent_before(entry: Entry, there: Document, document: SalesDocument | None) -> Sent | None:
    """Return what was sent of a document that the ledger does not know to have been sent.

    :param document: the record, if it is known, which states the tax amounts
    """
    gross, own = there.stated_gross, (entry.net_amount, entry.gross_amount, entry.currency, entry.document_number)
    if gross is None:
        return None
    by_rate = amounts_by_rate(document, gross) if document else amounts_of_copy(there)
    return Sent(gross, there.currency, entry.document_date, *own, by_rate=by_rate)


def new_document(document: SalesDocument, account: ImportAccount, company_uid: int | None, name: str) -> NewDocument:
    """Map an invoice or credit note to an upload.

    The note ends with the document's Debitoor id: by it an upload is found again even when the ledger is lost.

    :param document: as the list gives it
    :param account: the settings with type, tags, company and note for imported documents
    :param company_uid: the company of the settings, looked up
    :param name: the file's name
    :raises Obstacle: when the settings hold a credit note with positive amounts, or date, amounts or currency are
        missing or cannot be right
    """
    booked = document.created_date.date() if document.created_date else None
    if document.date is None:
        raise Obstacle(ObstacleKind.HELD, undated(document))
    if is_far_ahead(document.date, booked):
        raise held("sales_date_far", date=document.date)
    if not document.currency:
        raise held("sales_no_currency")
    document = signed(_with_gross(document), account)
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
        note=note_of(document, account),
    )


def _with_gross(document: SalesDocument) -> SalesDocument:
    """Return a document with its gross amount, from net amount and tax where it is not reported.

    :raises Obstacle: when it has none, which GetMyInvoices would show as 0, or net amount and tax come to another one,
        or one has more decimals than GetMyInvoices takes (contract section 9)
    """
    net, tax, gross = document.total_net_amount, document.total_tax_amount, document.total_gross_amount
    found = gross_of(document)
    amounts: dict[str, Any] = {
        name: _MISSING if amount is None else amount for name, amount in zip(_AMOUNTS, (net, tax, gross), strict=True)
    }
    is_contradicted = net is not None and tax is not None and found is not None and abs(net + tax - found) > _TOLERANCE
    if found is None or is_contradicted or (net and not found):
        raise held("sales_amounts", **amounts)
    if any(amount is not None and amount != cents(amount) for amount in (net, found)):
        raise held("sales_not_in_cents", **amounts)
    return replace(document, total_gross_amount=found)


def note_of(document: SalesDocument, account: ImportAccount) -> str:
    """Return the note of an upload, which ends with the document's marker."""
    return f"{account.defaults.note} {sales_marker(document.id)}".strip()


def signed(document: SalesDocument, account: ImportAccount) -> SalesDocument:
    """Settle the sign of a credit note with positive amounts: which sign Debitoor reports is not documented.

    :raises Obstacle: when the settings hold it
    """
    gross = document.total_gross_amount or ZERO
    if document.type is not SalesType.CREDIT_NOTE or gross <= ZERO or account.defaults.positive_credit_note == "keep":
        return document
    if account.defaults.positive_credit_note == "hold":
        raise held("positive_sales_credit_note", gross=gross, currency=document.currency)
    return replace(
        document,
        total_net_amount=negated(document.total_net_amount),
        total_gross_amount=negated(document.total_gross_amount),
        unpaid_amount=negated(document.unpaid_amount),
    )


def payment_status(document: SalesDocument) -> PaymentStatus:
    """Return how far a sales document is paid (contract section 7.3: ``paid``, ``unpaidAmount``)."""
    if document.paid:
        return PaymentStatus.PAID
    if document.unpaid_amount is None:
        return PaymentStatus.UNKNOWN
    if document.unpaid_amount == ZERO:
        return PaymentStatus.PAID
    if document.total_gross_amount is not None and abs(document.unpaid_amount) < abs(document.total_gross_amount):
        return PaymentStatus.PARTIALLY
    return PaymentStatus.NOT_PAID
