"""Lists of documents (contract section 4, 7.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from debitoor_provider.services.getmyinvoices import constants, parse
from debitoor_provider.services.getmyinvoices.listing import (
    DocumentFilters,
    DocumentQuery,
    all_documents,
    all_records,
    local,
    pages,
)
from debitoor_provider.services.getmyinvoices.masterdata import MasterData
from debitoor_provider.services.http.call import Subject
from debitoor_provider.services.spelling import spellings

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from datetime import datetime

    from debitoor_provider.services.getmyinvoices.models import Document


class DocumentLists(MasterData):
    """Calls that list documents."""

    def documents(self, **filters: Unpack[DocumentFilters]) -> list[Document]:
        """Return every document that passes the filters, once, sorted by id.

        All pages are read before anything is returned, because working on documents shifts the pages
        (contract 10.3).

        :param filters: those of :class:`~.listing.DocumentQuery`
        :raises Unavailable: when the list kept changing while it was read
        """
        return list(self.documents_kept_in({}, **filters))

    def documents_kept_in(
        self, keep: MutableMapping[int, Document], **filters: Unpack[DocumentFilters]
    ) -> Iterator[Document]:
        """Yield what :meth:`documents` returns, for a list of any length.

        :param keep: where the documents are kept while the list is read, e.g. a
            :class:`~debitoor_provider.services.record_file.RecordFileMapping`
        """
        query = self._query(filters)

        def fetch(number: int) -> parse.Page[Document]:
            return self._page(query, number)

        return filter(query.keeps, all_documents(fetch, keep))

    def first_documents(self, **filters: Unpack[DocumentFilters]) -> list[Document]:
        """Return the first page of documents that pass the filters."""
        return next(self.iter_documents(**filters), [])

    def iter_documents(self, **filters: Unpack[DocumentFilters]) -> Iterator[list[Document]]:
        """Yield the documents page by page as they come, for looking through a long list.

        A list that changes in the meantime may repeat or skip documents: use :meth:`documents` for work.
        """
        query = self._query(filters)
        for page in pages(lambda number: self._page(query, number)):
            if page.records:
                yield [document for document in page.records if query.keeps(document)]

    def deleted_documents(self, since: datetime) -> list[int]:
        """Return the ids of documents deleted since a time (contract 7.3).

        :param since: aware
        """
        since_local = local(since, self.zone)

        def fetch(number: int) -> parse.Page[int]:
            return self._get(
                "list_deleted_documents",
                constants.DOCUMENTS_DELETED,
                lambda payload: parse.page(payload, "documentUid", parse.deleted_document, number),
                {"deletedSinceFilter": since_local, "perPage": self._page_size, "pageNumber": number},
                subject=Subject.ACCOUNT,
            )

        return sorted(set(all_records(fetch)))

    def _query(self, filters: DocumentFilters) -> DocumentQuery:
        """Return the query, with the account's own spellings of tags: the service may compare exactly (A-09)."""
        self.identify()
        query = DocumentQuery(**filters)
        return replace(query, tags=spellings(query.tags, self.tags())) if query.tags else query

    def _page(self, query: DocumentQuery, number: int) -> parse.Page[Document]:
        return self._get(
            "list_documents",
            constants.DOCUMENTS,
            lambda payload: parse.page(payload, "documentUid", parse.document, number),
            {**query.params(self.zone), "pageNumber": number, "perPage": self._page_size},
            subject=Subject.ACCOUNT,
        )
