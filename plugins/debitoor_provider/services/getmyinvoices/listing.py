"""Lists of documents: the filters, and reading all pages of a list that may change in the meantime (contract 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict, TypeVar

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import BadAnswer, Unavailable
from debitoor_provider.services.getmyinvoices import parse
from debitoor_provider.services.getmyinvoices.constants import MOMENT_FORMAT, OVERLAP
from debitoor_provider.services.getmyinvoices.enums import Archived, PaymentStatus
from debitoor_provider.services.http.ahead import PagesAhead
from debitoor_provider.services.spelling import fold

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from debitoor_provider.services.getmyinvoices.models import Document

R = TypeVar("R")
Fetch = Callable[[int], parse.Page[R]]
"""Gets one page by its number, from 1."""

_PASSES = 8
_LAST_ZONE = timedelta(hours=-12)
_STATUS_FILTERS = {PaymentStatus.PAID: "paid", PaymentStatus.NOT_PAID: "not_paid", PaymentStatus.UNKNOWN: "unknown"}


class DocumentFilters(TypedDict, total=False):
    """The fields of :class:`DocumentQuery` as keywords of the client's methods."""

    archived: Archived
    document_type: str | None
    company_uid: int | None
    start: date | None
    end: date | None
    updated_since: datetime | None
    tags: Sequence[str]
    payment_status: str | None
    note: str | None
    number: str | None
    search: str | None
    line_items: bool


@dataclass(frozen=True, slots=True)
class DocumentQuery:
    """The filters of the document list (4.1).

    :param archived: always sent, because the service's own default is unknown (A-07)
    :param company_uid: one company, or -1 for documents without one
    :param start: first document date, inclusive
    :param end: last document date, inclusive
    :param updated_since: aware; created or changed since then
    :param tags: documents with any of these tags, compared by :func:`~debitoor_provider.services.spelling.fold` (A-09)
    :param payment_status: a :class:`PaymentStatus`; "Partially", which the service cannot filter, is filtered here
    :param note: text the note contains
    :param number: text the document number contains; not an exact match
    :param search: full-text search
    :param line_items: whether to include the line items
    """

    archived: Archived = Archived.ANY
    document_type: str | None = None
    company_uid: int | None = None
    start: date | None = None
    end: date | None = None
    updated_since: datetime | None = None
    tags: Sequence[str] = ()
    payment_status: str | None = None
    note: str | None = None
    number: str | None = None
    search: str | None = None
    line_items: bool = False

    def params(self, zone: ZoneInfo) -> dict[str, str | int | list[str] | list[int]]:
        """Return the query parameters.

        :param zone: the account's time zone, in which the service compares (A-19)
        """
        values: dict[str, str | int | list[str] | list[int] | None] = {
            "archivedFilter": int(self.archived),
            "documentTypeFilter": self.document_type,
            "companyFilter": self.company_uid,
            "startDateFilter": self.start.isoformat() if self.start else None,
            "endDateFilter": self.end.isoformat() if self.end else None,
            "updatedOrNewSinceFilter": local(self.updated_since, zone) if self.updated_since else None,
            "tagFilter[]": [str(tag) for tag in self.tags] or None,
            "paymentStatusFilter": _STATUS_FILTERS.get(PaymentStatus(self.payment_status))
            if self.payment_status
            else None,
            "noteFilter": self.note,
            "documentNumberFilter": self.number,
            "searchQuery": self.search,
            "loadLineItems": "true" if self.line_items else "false",
        }
        return {name: value for name, value in values.items() if value is not None}

    def keeps(self, document: Document) -> bool:
        """Return whether a document passes the filters that the service does not have or may understand otherwise."""
        if self.payment_status == PaymentStatus.PARTIALLY and document.payment_status != PaymentStatus.PARTIALLY:
            return False
        return not self.tags or not {fold(tag) for tag in self.tags}.isdisjoint(map(fold, document.tags))


def local(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as the service compares it, in the account's zone.

    :raises ValueError: for a time without zone
    """
    if moment.tzinfo is None:
        raise ValueError("a time with a zone is needed")
    return moment.astimezone(UTC).astimezone(zone).strftime(MOMENT_FORMAT)


def overlap_of(zone: ZoneInfo) -> timedelta:
    """Return how far behind a moment changes are asked for, so that none since then is missed (A-19).

    In whatever zone the service compares, the moment it understands is not later than the one that is meant: it is
    written in the connection's zone, and no other one is farther behind than UTC-12.

    :param zone: the connection's
    """
    months = (datetime(2026, month, 1, tzinfo=zone).utcoffset() for month in (1, 7))
    return OVERLAP + max(offset or timedelta() for offset in months) - _LAST_ZONE


def pages(fetch: Fetch[R], *, ahead: bool = False) -> Iterator[parse.Page[R]]:
    """Yield the pages of one pass, as far as they have to be read (4.2).

    Ends at ``maxPages`` when as many records came as the list counts; otherwise, and where that is missing, at a page
    that is empty or repeats the one before.

    :param ahead: whether all will be read, so that a few pages up to ``maxPages`` may be asked for at the same time
    """
    number, last, received = 1, 1, 0
    before: int | None = None  # a hash of the page before, which needs no memory while the next one is parsed
    with PagesAhead(fetch) as asked:
        while True:
            found = asked.get(number, range(number + 1, last + 1) if ahead else ())
            this = hash(tuple(found.records))
            if found.records and this == before:
                return
            count, total, last = len(found.records), found.total or 0, found.pages or 0
            is_last = found.pages is not None and number >= last
            yield found
            del found
            received += count
            if not count or (is_last and received >= total):
                return
            number, before = number + 1, this


def all_records(fetch: Fetch[R]) -> list[R]:
    """Return the records of a list; one that gives fewer than it counts is read again.

    :raises BadAnswer: when they are the same ones again
    :raises Unavailable: when the list keeps changing while it is read
    """
    before: list[R] | None = None
    for _ in range(_PASSES):
        records: list[R] = []
        total = 0
        for page in pages(fetch, ahead=True):
            records += page.records
            total = page.total or 0
        if len(records) >= total:
            return records
        if records == before:
            raise _incomplete(len(records), total)
        before = records
    raise Unavailable(Message("list_kept_changing"))


def all_documents(fetch: Fetch[Document], into: MutableMapping[int, Document]) -> Iterator[Document]:
    """Return every document of the list once, sorted by id, when all have been read.

    The list has no promised order, and a document that is archived or changed meanwhile moves the others to earlier
    pages (section 10.3), so that one may be passed over. A list that gives fewer documents than it counts, or several
    pages, is therefore read again, and the passes are put together, until the service's total stood still and was
    reached.

    :param into: keeps what was read of several pages, by the documents' ids
    :raises BadAnswer: when two passes give the very same documents, and fewer than the list counts
    :raises Unavailable: when the list keeps changing while it is read
    """
    totals: set[int | None] = set()
    before: set[int] | None = None
    for _ in range(_PASSES):
        count, received, found = 0, 0, set()
        totals_now: set[int | None] = set()
        for page in pages(fetch, ahead=True):
            if page.pages == 1 and len(page.records) >= (page.total or 0) and not into:  # nothing to keep meanwhile
                once = {document.document_uid: document for document in page.records}
                return iter([once[uid] for uid in sorted(once)])
            count += 1
            received += len(page.records)
            totals_now.add(page.total)
            for document in page.records:
                found.add(document.document_uid)
                into[document.document_uid] = document
            del page  # before the next one is made
        totals |= totals_now
        (total, *others) = totals_now
        counted = total or 0
        settled = not others and (
            len(found) >= counted
            or (count == 1 and received >= counted)  # one that is listed twice was not shifted to another page
            or (len(totals) == 1 and len(into) >= counted)
        )
        if settled:
            return (into[uid] for uid in sorted(into))
        if not others and found == before:
            raise _incomplete(len(found), counted)
        before = found
    raise Unavailable(Message("list_kept_changing"))


def _incomplete(found: int, total: int) -> BadAnswer:
    return BadAnswer(Message("answer_not_understood", reason=parse.incomplete(found, total).message))
