"""Which documents GetMyInvoices has for sales documents of Debitoor, found by the marks in their notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.services.getmyinvoices.enums import Archived
from debitoor_provider.sync.marks import ANY_SALES_MARKER, find_sales_marker
from debitoor_provider.sync.steps.duplicates import before

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Document


def copies_of(getmyinvoices: GetMyInvoicesClient, bookings: Iterable[datetime | None]) -> Mapping[str, Document]:
    """Return the documents that carry the mark of a sales document, by the sales document's id.

    A copy is newer than what it was made from, so those changed since the first was booked are all there can be.

    :param bookings: when each sales document was booked in Debitoor; ``None``: not known
    """
    since = before(booked and booked.date() for booked in bookings)
    rows = getmyinvoices.documents(archived=Archived.ANY, note=ANY_SALES_MARKER, updated_since=since)
    return {sales_id: row for row in rows if (sales_id := find_sales_marker(row.note))}
