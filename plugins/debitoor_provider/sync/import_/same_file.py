"""The document of GetMyInvoices that has the file of an upload already: GetMyInvoices takes each file only once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import AlreadyExists, NotFound, RejectError, ServiceError, UnclearOutcome
from debitoor_provider.services.getmyinvoices.enums import Archived, DocumentType
from debitoor_provider.sync.import_.present import as_copies
from debitoor_provider.sync.markers import find_sales_marker
from debitoor_provider.sync.money import ZERO
from debitoor_provider.sync.obstacle import held

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Document, NewDocument


def existing(
    getmyinvoices: GetMyInvoicesClient, document: SalesDocument, upload: NewDocument, already: AlreadyExists
) -> Document:
    """Return the document that has the same file, if it is a copy of the sales document.

    Two sales documents may be printed to the same bytes, and GetMyInvoices takes a file only once. One without a
    marker was uploaded by hand, and is a copy if it says nothing else.

    :raises Obstacle: when it stands for something else
    :raises AlreadyExists: when it cannot be found
    """
    if already.document_uid:
        there = _by_id(getmyinvoices, already.document_uid, already)
    else:
        there = _by_number(getmyinvoices, document.number, already)
    marker = find_sales_marker(there.note)
    if marker != document.id and (marker or not _says_nothing_else(there, upload)):
        (same,) = as_copies([there])
        raise held("same_file", document=same.named())
    return there


def _by_id(getmyinvoices: GetMyInvoicesClient, uid: int, already: AlreadyExists) -> Document:
    try:
        return getmyinvoices.document(uid, line_items=False, approval=False).document
    except NotFound:
        raise already from None


def _by_number(getmyinvoices: GetMyInvoicesClient, number: str, already: AlreadyExists) -> Document:
    """Return the one document of a number, when a duplicate's answer does not name it (section 6.3).

    :raises AlreadyExists: when there is none, or more than one
    """
    rows = getmyinvoices.documents(archived=Archived.ANY, number=number) if number else []
    same = [row for row in rows if row.document_number == number]
    if len(same) != 1:
        raise already
    return same[0]


def _says_nothing_else(there: Document, upload: NewDocument) -> bool:
    """Return whether what a document states is what an upload would state; credit notes may have either sign."""
    kinds = (upload.document_type, DocumentType.MISC)  # that of a document that was uploaded without one
    gross = (None, ZERO, upload.gross_amount, -(upload.gross_amount or ZERO))
    return (
        there.document_type in kinds
        and there.document_number in ("", upload.document_number)
        and there.document_date in (None, upload.document_date)
        and there.gross_amount in gross
        and there.currency in ("", upload.currency)
    )


@contextmanager
def unclear_if_it_fails() -> Iterator[None]:
    """Leave the outcome of an upload open when what GetMyInvoices has already cannot be looked at now."""
    try:
        yield
    except RejectError:
        raise
    except ServiceError as error:
        message = Message("existing_copy_not_seen", reason=error.message)
        raise UnclearOutcome(message, service=error.service, operation=error.operation).after(error) from error
