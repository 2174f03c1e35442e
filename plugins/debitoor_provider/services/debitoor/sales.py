"""Invoices and credit notes, which are only read (contract section 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, TypedDict, Unpack

from debitoor_provider.services.debitoor import constants, parse
from debitoor_provider.services.debitoor.core import DebitoorCore
from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.http.call import Call
from debitoor_provider.services.http.session import segment

if TYPE_CHECKING:
    from datetime import date, datetime

    from debitoor_provider.services.debitoor.models import SalesDocument


class SalesFilters(TypedDict, total=False):
    """The filters of both lists (7.2).

    ``from_date``/``to_date`` are inclusive document dates; ``changed_since``/``changed_before`` are aware times.
    """

    number: str | None
    unpaid: bool | None
    is_credit_note: bool | None
    customer_id: str | None
    changed_since: datetime | None
    changed_before: datetime | None
    from_date: date | None
    to_date: date | None
    include_deleted: bool
    page_size: int | None


class Sales(DebitoorCore):
    """Calls about sales documents."""

    def invoices(self, **filters: Unpack[SalesFilters]) -> list[SalesDocument]:
        """Return the booked invoices, each once; credit notes too, unless ``is_credit_note=False`` (A28)."""
        return self._list(
            "list_invoices",
            constants.INVOICES,
            parse.sales_document,
            _filters(filters),
            page_size=filters.get("page_size"),
        )

    def invoice(self, id: str) -> SalesDocument:
        """Return one invoice.

        :raises NotFound: when it does not exist (any more)
        """
        return self._get("read_invoice", constants.INVOICE.format(id=segment(id)), parse.sales_document)

    def credit_notes(self, **filters: Unpack[SalesFilters]) -> list[SalesDocument]:
        """Return the booked credit notes, each once."""
        return self._list(
            "list_credit_notes",
            constants.CREDIT_NOTES,
            parse.credit_note,
            _filters(filters),
            page_size=filters.get("page_size"),
        )

    def credit_note(self, id: str) -> SalesDocument:
        """Return one credit note.

        :raises NotFound: when it does not exist (any more)
        """
        return self._get("read_credit_note", constants.CREDIT_NOTE.format(id=segment(id)), parse.credit_note)

    def sales_pdf(self, document: SalesDocument, into: BinaryIO) -> int:
        """Write a sales document's PDF to a seekable binary file, in pieces.

        :return: number of bytes written
        :raises FileRefused: when what comes is no PDF, is empty or too large
        :raises NotFound: when the document does not exist (any more)
        """
        route = constants.CREDIT_NOTE_PDF if document.type == SalesType.CREDIT_NOTE else constants.INVOICE_PDF
        call = Call(
            "download_pdf", "GET", route.format(id=segment(document.id)), headers={"Accept": "application/pdf, */*"}
        )
        return self.transport.stream(call, into, largest=self.max_file_bytes, pdf=True, whole=True)


def _filters(filters: SalesFilters) -> dict[str, object]:
    return {
        "number": filters.get("number"),
        "isUnpaid": filters.get("unpaid"),
        "isCreditNote": filters.get("is_credit_note"),
        "customerId": filters.get("customer_id"),
        "changedSince": filters.get("changed_since"),
        "changedBefore": filters.get("changed_before"),
        "fromDate": filters.get("from_date"),
        "toDate": filters.get("to_date"),
        "includeDeleted": filters.get("include_deleted") or None,
    }
