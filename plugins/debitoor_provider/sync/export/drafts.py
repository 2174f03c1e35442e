"""Expenses as a run would book them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import NotFound
from debitoor_provider.sync.content import seal, spool
from debitoor_provider.sync.export.choices import corrected, to_decisions
from debitoor_provider.sync.export.description import describe
from debitoor_provider.sync.export.expense import draft
from debitoor_provider.sync.export.present import as_copies, differs
from debitoor_provider.sync.export.selection import select_workflow
from debitoor_provider.sync.export.sendable_files import require_size, require_stated_size
from debitoor_provider.sync.invoice.reading import read
from debitoor_provider.sync.money import cents
from debitoor_provider.sync.statement import percent
from debitoor_provider.sync.steps.drafts import Shown
from debitoor_provider.sync.steps.left_out import LeftOut, before_reading
from debitoor_provider.sync.steps.repeated_records import booked_twice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from debitoor_provider.services.debitoor.models import Environment, Expense
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from debitoor_provider.sync.export.booking import Booking
    from debitoor_provider.sync.export.exchange_rates import ExchangeRates
    from debitoor_provider.sync.export.suppliers import Suppliers
    from debitoor_provider.sync.invoice.models import Reading
    from debitoor_provider.sync.ledger import Sent
    from debitoor_provider.sync.statement import Statement
    from debitoor_provider.sync.steps.copies import Copy

PREVIEWED_FILES = 100
"""How many files one preview reads: each costs a call."""


@dataclass(frozen=True, slots=True)
class ExpenseDraft:
    """An expense as a person sees it before it is booked."""

    booking: Booking

    def shown(self) -> Shown:
        """Return what a person sees of it."""
        expense = self.booking.expense
        first = expense.lines[0]
        return Shown(
            description=first.description,
            lines=(
                *(f"{percent(line.tax_rate)}: {cents(line.gross_amount)}" for line in expense.lines),
                *([str(self.booking.rate)] if self.booking.rate else []),
            ),
            currency=self.booking.currency,
            party=expense.supplier_name,
            date=expense.date,
            category=first.category_id,
            marks=self.booking.marks,
            invoice=self.booking.invoice,
        )

    def statement(self) -> Statement:
        """Return the figures of the expense."""
        return self.booking.statement

    def sent(self) -> Sent:
        """Return the document's figures as they are booked."""
        return self.booking.sent


@dataclass(frozen=True, slots=True)
class ExpenseDrafts:
    """Drafts of a list of documents.

    :param copies: expenses that carry a document's marker, by its id
    :param files: as many items as files may be read, each of which costs a call
    :param largest: bytes of a file that Debitoor takes; ``None``: files are not looked at
    :param select: returns why the account does not take a document, see :meth:`.ExportDirection.select`
    """

    account: ExportAccount
    getmyinvoices: GetMyInvoicesClient
    books: Environment
    companies: Suppliers
    copies: Mapping[int, Sequence[Expense]]
    rates: ExchangeRates
    files: Iterator[int]
    largest: int | None
    select: Callable[..., LeftOut | None]

    def description(self, record: Document) -> str:
        """Return the text of an expense's lines."""
        return describe(record, self.account.specification)

    def draft(self, record: Document, decisions: str = "") -> ExpenseDraft:
        """Return the expense that a document becomes.

        :param decisions: what a person has decided, as the ledger stores it
        :raises Obstacle: when the account's rules hold the document, or its figures cannot be booked
        :raises RejectError: when its file is refused
        """
        if self.largest is not None:
            require_stated_size(record, self.largest)
        supplier = self.companies.of(record)
        reading = None if self.account.invoice == "off" else self._read(record)
        booking = draft(
            record,
            supplier,
            self.books,
            self.account,
            self.rates,
            reading=reading,
            decisions=to_decisions(decisions),
        )
        return ExpenseDraft(booking)

    def _read(self, record: Document) -> Reading | None:
        """Read a document's file; ``None`` beyond the number of files, or when it is not there.

        :raises Obstacle: when the file is empty, too large for Debitoor, or not what its name says
        :raises RejectError: when GetMyInvoices refuses it
        """
        if next(self.files, None) is None:
            return None
        with spool() as body:
            try:
                self.getmyinvoices.download(record.document_uid, body, filename=record.filename)
            except NotFound:
                return None
            if self.largest is not None:
                require_size(body.tell(), self.largest)
            seal(body, record.filename)
            return read(body)

    def released(self, record: Document, decisions: str = "", *, sent_again: bool = False) -> LeftOut | None:
        """Return why a document is not released, or no longer chosen; no list shows its approval (contract 5.4)."""
        if not self.account.filter.approved_only:
            return None
        try:
            detail = self.getmyinvoices.document(record.document_uid)
        except NotFound:
            return LeftOut(Message("deleted", service="GetMyInvoices"))
        current = corrected(detail.document, to_decisions(decisions).corrections)
        left_out = self.select(current, sent_again=sent_again)
        return before_reading(left_out) or select_workflow(detail.workflow, self.account)

    def copies_of(self, record: Document) -> Sequence[Copy]:
        """Return the expenses that carry the document's marker."""
        return as_copies(self.copies.get(record.document_uid, ()))

    def present(self, record: Document, drafted: ExpenseDraft) -> Message | bool:
        """Return whether Debitoor has an expense with the document's marker and a file; files are not compared."""
        there = self.copies.get(record.document_uid, ())
        if not there:
            return False
        if len(there) > 1:
            return booked_twice(as_copies(there))
        if any(expense.file is not None and not drafted.booking.figures.differences(expense) for expense in there):
            return True
        return differs(there)
