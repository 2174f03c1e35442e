"""Which documents GetMyInvoices has for sales documents of Debitoor, found by the markers in their notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.services.getmyinvoices.enums import Archived
from debitoor_provider.services.record_file import RecordFileMapping
from debitoor_provider.sync.markers import ANY_SALES_MARKER, find_sales_marker
from debitoor_provider.sync.statement import Statement, TargetRecord
from debitoor_provider.sync.steps.attempts import before
from debitoor_provider.sync.steps.copies import Copy, only_several, repeated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.steps.copies import Copies


def copies_of(getmyinvoices: GetMyInvoicesClient, days: Iterable[date | None]) -> Mapping[str, list[Document]]:
    """Return the documents that carry the marker of a sales document, by the sales document's id.

    A copy is newer than what it was made from, so those changed since the first was booked are all there can be.

    :param days: when each sales document was booked in Debitoor, and from when on other documents are asked for as
        well; ``None``: not known
    """
    since = before(days, getmyinvoices.clock_offset)
    found: dict[str, list[Document]] = {}
    for row in getmyinvoices.documents(archived=Archived.ANY, note=ANY_SALES_MARKER, updated_since=since):
        sales_id = find_sales_marker(row.note)
        if sales_id:
            found.setdefault(sales_id, []).append(row)
    return found


def repeated_of(getmyinvoices: GetMyInvoicesClient, days: Iterable[date | None]) -> Copies:
    """Return those of :func:`copies_of` that are several of one sales document.

    Of the others only the markers are kept: a run may have written any number of documents. Should there be several of
    one, which is rare, the list is requested once more.
    """
    days = list(days)
    since = before(days, getmyinvoices.clock_offset)
    with RecordFileMapping[Any, Any]() as kept:
        listed = getmyinvoices.documents_kept_in(
            kept, archived=Archived.ANY, note=ANY_SALES_MARKER, updated_since=since
        )
        several = repeated(sales_id for row in listed if (sales_id := find_sales_marker(row.note)))
    if not several:
        return {}
    return only_several(copies(copies_of(getmyinvoices, days)))


def copies(marked: Mapping[str, Sequence[Document]]) -> Copies:
    """Return marked documents as the steps know them."""
    return {sales_id: as_copies(documents) for sales_id, documents in marked.items()}


def as_copies(documents: Iterable[Document]) -> list[Copy]:
    """Return documents as the steps know them."""
    return [
        Copy(
            str(document.document_uid),
            document.document_number,
            document.document_date,
            document.gross_amount,
            document.currency,
            bool(document.filename),
        )
        for document in documents
    ]


def comparable(documents: Iterable[Document]) -> Iterator[TargetRecord]:
    """Return documents with their figures; their companies say nothing of the customer."""
    for document in documents:
        sales_id = find_sales_marker(document.note)
        yield TargetRecord(
            str(document.document_uid),
            frozenset({sales_id} if sales_id else ()),
            document.document_number,
            "",
            Statement.of_total(document.document_date, document.tax_rates, document.gross_amount, document.currency),
            document.document_number,
        )


def target_records(documents: Iterable[Document]) -> Iterator[TargetRecord]:
    """Return documents that carry a marker, with their figures."""
    for document in documents:
        if sales_id := find_sales_marker(document.note):
            yield TargetRecord(
                str(document.document_uid),
                frozenset({sales_id}),
                document.document_number,
                document.company_name,
                Statement.of_total(
                    document.document_date, document.tax_rates, document.gross_amount, document.currency
                ),
                has_file=bool(document.filename),
            )
