"""What GetMyInvoices has for a window; choosing from it comes after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from debitoor_provider.services.errors import NotFound
from debitoor_provider.services.getmyinvoices.enums import Archived
from debitoor_provider.sync.export.selection import ListFilters, list_filters
from debitoor_provider.sync.source_ids import DOCUMENT_UID, not_an_id

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping
    from datetime import datetime

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from debitoor_provider.sync.window import Window


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


@dataclass(frozen=True, slots=True)
class ChangedDocuments:
    """What a list of changed documents is asked for; see :class:`~debitoor_provider.sync.steps.shared.ListRequest`.

    :param getmyinvoices: makes the calls
    :param filters: what the service leaves out
    :param since: created or changed since then (UTC)
    """

    getmyinvoices: GetMyInvoicesClient
    filters: ListFilters
    since: datetime

    @classmethod
    def of(cls, window: Window, account: ExportAccount, getmyinvoices: GetMyInvoicesClient) -> Self | None:
        """Return what a window asks for; ``None`` unless it is a list of changes with documents of any date."""
        if window.updated_since is None or window.document_ids or window.is_dated:
            return None
        if window.unfiltered or window.is_empty:
            return None
        return cls(getmyinvoices, list_filters(account), window.updated_since)

    @property
    def source(self) -> str:
        """Who is asked, with which key."""
        return self.getmyinvoices.asks_as

    def joined(self, other: ChangedDocuments) -> ChangedDocuments:
        """Return a request whose answer has what the answers to both have."""
        return replace(self, filters=self.filters.joined(other.filters), since=min(self.since, other.since))

    def has(self, record: Document) -> bool:
        """Return whether a changed document is in the answer."""
        return self.filters.let_through(record)

    def ask(self, keep: MutableMapping[int, Document]) -> Iterable[Document]:
        """List the documents."""
        return self.getmyinvoices.documents_kept_in(
            keep,
            archived=self.filters.archived,
            document_type=self.filters.document_type,
            company_uid=self.filters.company_uid,
            payment_status=self.filters.payment_status,
            updated_since=self.since,
            line_items=True,
        )

    def take_time_of(self, other: ChangedDocuments) -> None:
        """Take the service's time from the response to another request."""
        self.getmyinvoices.transport.follow(other.getmyinvoices.transport)


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
    if not DOCUMENT_UID.fullmatch(text):
        raise not_an_id(text, "GetMyInvoices", "28715")
    return int(text)


def sales_ids(debitoor: DebitoorClient) -> frozenset[str]:
    """Return the ids of all sales documents of the books, deleted ones included."""
    documents = (*debitoor.invoices(include_deleted=True), *debitoor.credit_notes(include_deleted=True))
    return frozenset(document.id for document in documents)
