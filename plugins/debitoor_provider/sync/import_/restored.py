"""Documents restored from what was made of them in GetMyInvoices, e.g. after the ledger was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.import_.tax_amounts import amounts_by_rate, amounts_of_copy
from debitoor_provider.sync.ledger import FoundDocument
from debitoor_provider.sync.markers import find_sales_marker

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.services.debitoor.sales import SalesFilters
    from debitoor_provider.services.getmyinvoices.models import Document


def found_documents(
    documents: Iterable[Document], debitoor: DebitoorClient, key_of: Callable[[str], str]
) -> Collection[FoundDocument]:
    """Return the sales documents whose marker is in the note of a document, once for each document.

    :param debitoor: its records state the customers and the amounts by tax rate
    :param key_of: returns the exchange key of a sales document
    """
    marked = [(sales_id, document) for document in documents if (sales_id := find_sales_marker(document.note))]
    sales = _sales_documents([document for _, document in marked], debitoor)
    return [_restored(document, sales_id, key_of(sales_id), sales.get(sales_id)) for sales_id, document in marked]


def _sales_documents(copies: Collection[Document], debitoor: DebitoorClient) -> dict[str, SalesDocument]:
    """Return the sales documents of the days from the first copy to the last, by id."""
    days = [copy.document_date for copy in copies if copy.document_date]
    if not days:
        return {}
    asked: SalesFilters = {"from_date": min(days), "to_date": max(days), "include_deleted": True}
    return {document.id: document for document in (*debitoor.invoices(**asked), *debitoor.credit_notes(**asked))}


def _restored(document: Document, sales_id: str, key: str, sales: SalesDocument | None) -> FoundDocument:
    gross = document.stated_gross
    by_rate = amounts_by_rate(sales, gross) if sales else amounts_of_copy(document)
    return FoundDocument(
        source_id=sales_id,
        exchange_key=key,
        target_id=str(document.document_uid),
        target_name=document.filename or None,
        document_date=document.document_date,
        document_number=document.document_number,
        company=sales.customer_name if sales else "",
        currency=document.currency,
        net_amount=document.net_amount,
        gross_amount=document.gross_amount,
        booked_gross=gross,
        booked_currency=document.currency,
        by_rate=by_rate,
    )
