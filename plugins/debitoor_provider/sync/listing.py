"""Ask a source for what a window holds; choosing comes after."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from debitoor_provider.services.http.errors import Misconfigured, NotFound
from debitoor_provider.sync.accounts.settings import SalesKind
from debitoor_provider.sync.selection import list_filters
from debitoor_provider.sync.text import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.services.debitoor.sales import SalesFilters
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.accounts.settings import ExportAccount, ImportAccount
    from debitoor_provider.sync.window import Window

_UID = re.compile("[1-9][0-9]{0,17}")
_SALES_ID = re.compile("[0-9a-f]{24}")  # Debitoor contract section 3.4


def list_documents(
    window: Window, account: ExportAccount, getmyinvoices: GetMyInvoicesClient, keep: MutableMapping[int, Document]
) -> tuple[Iterable[Document], list[str]]:
    """Read what the window asks for; with it the ids that were asked for but do not exist any more.

    :param keep: where the documents lie until they are taken
    """
    gone: list[str] = []
    if window.document_ids:
        found = []
        for uid in window.document_ids:
            try:
                found.append(getmyinvoices.document(_document_uid(uid), approval=False).document)
            except NotFound:
                gone.append(uid)
        return found, gone
    if window.is_empty:
        return [], gone
    filters = list_filters(account)
    listed = getmyinvoices.documents_by_way_of(
        keep,
        archived=filters.archived,
        document_type=filters.document_type,
        company_uid=filters.company_uid,
        payment_status=filters.payment_status,
        tags=filters.tags,
        start=window.start,
        end=window.end,
        updated_since=window.updated_since,
        line_items=True,
    )
    return listed, gone


def list_sales(
    window: Window, account: ImportAccount, debitoor: DebitoorClient
) -> tuple[list[SalesDocument], list[str]]:
    """Read the sales documents that the window asks for; with them the ids that do not exist any more."""
    gone: list[str] = []
    found: dict[str, SalesDocument] = {}
    if window.document_ids:
        for document_id in window.document_ids:
            try:
                found[document_id] = sales_document(document_id, debitoor)
            except NotFound:
                gone.append(document_id)
    elif not window.is_empty:
        asked: SalesFilters = {
            "changed_since": window.updated_since,
            "from_date": window.start,
            "to_date": window.end,
            "include_deleted": True,
        }
        if SalesKind.INVOICES in account.documents:
            rows = debitoor.invoices(**asked)
            found |= {row.id: row for row in rows}
        if SalesKind.CREDIT_NOTES in account.documents:
            rows = debitoor.credit_notes(**asked)
            found |= {row.id: row for row in rows}
    return list(found.values()), gone


def sales_document(document_id: str, debitoor: DebitoorClient) -> SalesDocument:
    """Read an invoice or a credit note; whether the invoices' path gives both is an assumption (A28).

    :raises NotFound: when it does not exist, or no longer
    """
    if not _SALES_ID.fullmatch(document_id):
        raise _no_id(document_id, "Debitoor", "as in 59f0c1d2e3a4b5c6d7e8f901")
    try:
        return debitoor.invoice(document_id)
    except NotFound:
        return debitoor.credit_note(document_id)


def _document_uid(text: str) -> int:
    if not _UID.fullmatch(text):
        raise _no_id(text, "GetMyInvoices", "as in 28715")
    return int(text)


def _no_id(text: str, service: str, example: str) -> Misconfigured:
    return Misconfigured(
        f"{shorten(text, 40)!r} is not the id of a document.",
        service=service,
        operation="plan",
        remedy=f"Enter the document's own id, {example}.",
    )
