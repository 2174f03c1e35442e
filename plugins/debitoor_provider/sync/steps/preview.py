"""A look at what a run would do: names, figures, targets and reasons; nothing is written anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from debitoor_provider.sync.accounts.settings import fingerprint
from debitoor_provider.sync.books import books_of
from debitoor_provider.sync.export.expense import Draft, draft
from debitoor_provider.sync.export.suppliers import Suppliers
from debitoor_provider.sync.import_.upload import upload_name
from debitoor_provider.sync.ledger import ATTENTION, DONE, OPEN, State
from debitoor_provider.sync.listing import list_documents, list_sales
from debitoor_provider.sync.money import cents
from debitoor_provider.sync.naming.naming import document_name
from debitoor_provider.sync.naming.template import Template
from debitoor_provider.sync.obstacle import Obstacle
from debitoor_provider.sync.presence import expenses_of
from debitoor_provider.sync.selection import LeftOut, select, select_sales, select_workflow
from debitoor_provider.sync.steps.plan import (
    choose_window,
    planned_document,
    planned_sales_document,
)
from debitoor_provider.sync.steps.rename import Names, turn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import Expense
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.accounts.settings import Account, ExportAccount, ImportAccount
    from debitoor_provider.sync.ledger import Entry, Ledger, PlannedDocument
    from debitoor_provider.sync.window import RunKind, Window


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of one document.

    :param outcome: ``send``, ``held``, ``rejected``, ``waiting``, ``left out``, ``there`` or ``ignored``
    :param lines: the booking lines, e.g. ``19 %: 119.00``
    :param reason: why it would not go, with what helps
    """

    source_id: str
    outcome: str
    document_date: date | None
    document_number: str
    company: str
    gross_amount: Decimal | None
    currency: str
    source_name: str
    target_name: str = ""
    lines: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What was looked at.

    :param documents: as many as were wanted
    :param total: how many there are
    """

    documents: list[Preview]
    total: int


def preview_export(
    requested: Window | None,
    *,
    account: ExportAccount,
    account_id: str,
    ledger: Ledger,
    getmyinvoices: GetMyInvoicesClient,
    debitoor: DebitoorClient,
    kind: RunKind,
    now: datetime,
    limit: int | None = None,
) -> Look:
    """Preview an export. With ``approved_only`` each candidate costs a call, because no list tells the approval.

    :param limit: look at so many documents at most
    :raises Misconfigured: when the books are another company's
    """
    window = choose_window(requested, account=account, account_id=account_id, ledger=ledger, now=now, kind=kind)
    found = list(list_documents(window, account, getmyinvoices, {})[0])
    listed = found[:limit]
    if not listed:
        return Look([], len(found))
    books = books_of(debitoor, account)
    companies = Suppliers(getmyinvoices.companies(), getmyinvoices.company)
    template = Template.parse(account.rename)
    records = [planned_document(document, getmyinvoices.account_number) for document in listed]
    desk = _Desk(ledger, account, account_id, window, records)
    new = [
        document.created_at
        for document, record in zip(listed, records, strict=True)
        if desk.settled(record, desk.select(document, account)) is None
    ]
    present = expenses_of(debitoor, new) if new else {}
    rows = []
    for document, record in zip(listed, records, strict=True):
        left_out = desk.select(document, account)
        row = desk.settled(record, left_out)
        if row is None:
            name = desk.name(record, document_name(template, document))
            if account.filter.approved_only:
                workflow = getmyinvoices.document(document.document_uid).workflow
                left_out = select_workflow(workflow, account)
            try:
                booking = draft(document, companies.of(document, books), books, account)
            except Obstacle as obstacle:
                row = _row(record, obstacle.kind.value, str(obstacle), name)
            else:
                there = () if desk.wants_new_record(record) else present.get(document.document_uid, ())
                row = _booking_row(record, booking, name, there)
            if left_out:
                row = _row(record, "waiting", left_out.reason)
        rows.append(row)
    return Look(rows, len(found))


def preview_import(
    requested: Window | None,
    *,
    account: ImportAccount,
    account_id: str,
    ledger: Ledger,
    debitoor: DebitoorClient,
    kind: RunKind,
    now: datetime,
    limit: int | None = None,
) -> Look:
    """Preview an import.

    :raises Misconfigured: when the books are another company's
    """
    window = choose_window(requested, account=account, account_id=account_id, ledger=ledger, now=now, kind=kind)
    found = sorted(list_sales(window, account, debitoor)[0], key=lambda document: turn(document.id))
    listed = found[:limit]
    if not listed:
        return Look([], len(found))
    books_of(debitoor, account)
    records = list(map(planned_sales_document, listed))
    desk = _Desk(ledger, account, account_id, window, records)
    rows = []
    for document, record in zip(listed, records, strict=True):
        row = desk.settled(record, select_sales(document, account))
        rows.append(row or _row(record, "send", "", desk.name(record, upload_name(document))))
    return Look(rows, len(found))


class _Desk:
    """What the ledger has to say about each document, and the names that are left."""

    def __init__(
        self, ledger: Ledger, account: Account, account_id: str, window: Window, records: Sequence[PlannedDocument]
    ) -> None:
        self._known = ledger.known(account_id, account.type, [record.source_id for record in records])
        self._settings = fingerprint(account)
        self._asked_for = set(window.document_ids)  # what a person names is tried again
        freed = [entry.target_name for entry in map(self._renamed, records) if entry and entry.target_name]
        self._names = Names(ledger, account_id, account.type, freed=freed)

    def select(self, document: Document, account: ExportAccount) -> LeftOut | None:
        """Decide on a document as a plan does."""
        entry = self._known.get(str(document.document_uid))
        return select(document, account, archived_by_us=entry is not None and entry.goes_although_archived)

    def settled(self, record: PlannedDocument, left_out: LeftOut | None) -> Preview | None:
        """Tell what is settled before its figures are looked at: there, ignored, left out, or waiting for a person."""
        entry = self._known.get(record.source_id)
        if entry is not None and entry.state in DONE:
            return _row(record, "there", name=entry.target_name or "")
        if entry is not None and entry.state is State.IGNORED:
            return _row(record, "ignored", entry.reason)
        if left_out is not None:
            return _row(record, "waiting" if left_out.waits else "left out", left_out.reason)
        if entry is not None and entry.state in ATTENTION and self._is_same(entry, record):
            return _row(record, entry.state.value, f"{entry.reason} {entry.mend}".strip(), entry.target_name or "")
        return None

    def name(self, record: PlannedDocument, wish: str) -> str:
        """Give the name that the document has, or would get."""
        entry = self._known.get(record.source_id)
        if entry is None or not entry.target_name or self._renamed(record):
            return self._names.give(wish)
        self._names.keep(entry.target_name)
        return entry.target_name

    def wants_new_record(self, record: PlannedDocument) -> bool:
        """Tell whether a person wants the document sent again, whatever the target has."""
        entry = self._known.get(record.source_id)
        return entry is not None and entry.wants_new_record

    def _renamed(self, record: PlannedDocument) -> Entry | None:
        """Give the entry that a plan would refresh, so that it gets its name anew."""
        entry = self._known.get(record.source_id)
        return entry if entry is not None and entry.state in OPEN and not self._is_same(entry, record) else None

    def _is_same(self, entry: Entry, record: PlannedDocument) -> bool:
        """Tell whether a plan would leave the row as it is."""
        before = (entry.fingerprint, entry.settings_fingerprint)
        return record.source_id not in self._asked_for and before == (record.fingerprint, self._settings)


def _booking_row(record: PlannedDocument, booking: Draft, name: str, there: Sequence[Expense]) -> Preview:
    """Tell what would be booked, unless Debitoor has an expense with the document's mark; files are not compared."""
    lines = tuple(f"{line.tax_rate:f} %: {cents(line.gross_amount)}" for line in booking.expense.lines)
    if not there:
        return _row(record, "send", "", name, lines)
    if any(not booking.figures.differences(expense) for expense in there):
        return _row(record, "there", "", name, lines)
    return _row(record, "held", "Debitoor has an expense with this document's mark, but other figures.", name, lines)


def _row(
    record: PlannedDocument, outcome: str, reason: str = "", name: str = "", lines: tuple[str, ...] = ()
) -> Preview:
    return Preview(
        source_id=record.source_id,
        outcome=outcome,
        document_date=record.document_date,
        document_number=record.document_number,
        company=record.company,
        gross_amount=record.gross_amount,
        currency=record.currency,
        source_name=record.source_name,
        target_name=name,
        lines=lines,
        reason=reason,
    )
