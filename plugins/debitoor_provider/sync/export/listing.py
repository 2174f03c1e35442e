"""What GetMyInvoices has for a window; choosing from it comes after."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from debitoor_provider.services.getmyinvoices.enums import Archived
from debitoor_provider.services.http.errors import NotFound
from debitoor_provider.sync.export.selection import ListFilters, list_filters
from debitoor_provider.sync.source_ids import not_an_id

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from debitoor_provider.sync.window import Window

_UID = re.compile("[1-9][0-9]{0,17}")


def list_documents(
    window: Window, account: ExportAccount, getmyinvoices: GetMyInvoicesClient, keep: MutableMapping[int, Document]
) -> tuple[Iterable[Document], list[str]]:
    """Return what the window asks for, and the ids that were asked for but do not exist any more.

    :param keep: where the documents lie until they are taken
    """
    gone: list[str] = []
    if window.document_ids:
        found = []
        for uid in window.document_ids:
            try:
                found.append(getmyinvoices.document(document_uid(uid), approval=False).document)
            except NotFound:
                gone.append(uid)
        return found, gone
    if window.is_empty:
        return [], gone
    filters = ListFilters(Archived.ANY) if window.unfiltered else list_filters(account)
    listed = getmyinvoices.documents_kept_in(
        keep,
        archived=filters.archived,
        document_type=filters.document_type,
        company_uid=filters.company_uid,
        payment_status=filters.payment_status,
        start=window.asked_start,
        end=window.asked_end,
        updated_since=window.updated_since,
        line_items=True,
    )
    return listed, gone


def sample_documents(account: ExportAccount, getmyinvoices: GetMyInvoicesClient) -> list[Document]:
    """Return a page of the documents that the account's filters let through."""
    filters = list_filters(account)
    return getmyinvoices.first_documents(
        archived=filters.archived,
        document_type=filters.document_type,
        company_uid=filters.company_uid,
        payment_status=filters.payment_status,
        start=account.period.start,
        end=account.period.end,
        line_items=True,
    )


def document_uid(text: str) -> int:
    """Return the id of a document of GetMyInvoices.

    :raises Misconfigured: when it is none
    """
    if not _UID.fullmatch(text):
        raise not_an_id(text, "GetMyInvoices", "28715")
    return int(text)
