"""One document of GetMyInvoices on its way to becoming an expense of Debitoor, once."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import (
    FileRefused,
    NotFound,
    RejectError,
    ServiceError,
    UnclearOutcome,
)
from debitoor_provider.sync.content import Content, seal, spool
from debitoor_provider.sync.export.booked_amounts import BookedAmounts, unbooked
from debitoor_provider.sync.export.choices import corrected, to_decisions
from debitoor_provider.sync.export.expense import draft
from debitoor_provider.sync.export.keeping import keep
from debitoor_provider.sync.export.present import as_copies, differs
from debitoor_provider.sync.export.records import DOCUMENTS
from debitoor_provider.sync.export.selection import select_workflow
from debitoor_provider.sync.export.sendable_files import require_size, require_stated_size, require_whole
from debitoor_provider.sync.invoice.reading import read
from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.obstacle import Obstacle, ObstacleKind, rejected
from debitoor_provider.sync.snapshot import is_fresh
from debitoor_provider.sync.steps.attempts import Attempt, open_attempts, require_over, require_over_elsewhere, time_by
from debitoor_provider.sync.steps.known import Known
from debitoor_provider.sync.steps.leaving import leave
from debitoor_provider.sync.steps.left_out import LeftOut, before_reading
from debitoor_provider.sync.steps.lookalikes import turn_of
from debitoor_provider.sync.steps.repeated_records import earlier_records, found_before, require_single

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime
    from typing import BinaryIO

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import Environment, Expense
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Document, DocumentDetail
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from debitoor_provider.sync.export.booking import Booking
    from debitoor_provider.sync.export.choices import Decisions
    from debitoor_provider.sync.export.exchange_rates import ExchangeRates
    from debitoor_provider.sync.export.suppliers import Suppliers
    from debitoor_provider.sync.ledger import Entry, Ledger
    from debitoor_provider.sync.steps.lookalikes import Lookalikes
    from debitoor_provider.sync.steps.transfer import Shared

log = logging.getLogger(__name__)

_SMALL_KILOBYTES = Decimal(1024)  # up to here a file comes with the detail call, above it is streamed
_SMALL_BYTES = 2 << 20  # as much is taken with the detail call if the file has grown since it was listed


@dataclass(frozen=True, slots=True)
class ExpenseMover:
    """What the documents of one batch share on their way.

    :param select: returns why the account does not take a document, see :meth:`.ExportDirection.select`
    """

    account: ExportAccount
    settings_fingerprint: str
    ledger: Ledger
    getmyinvoices: GetMyInvoicesClient
    debitoor: DebitoorClient
    books: Environment
    companies: Suppliers
    attempts: Mapping[int, Attempt]
    copies: Shared[Mapping[int, Sequence[Expense]]]
    elsewhere: Mapping[int, Entry]
    lookalikes: Lookalikes | None
    select: Callable[..., LeftOut | None]
    name_again: Callable[[Entry, Document], Entry]
    now: Callable[[], datetime]
    rates: ExchangeRates

    def move(self, entry: Entry) -> None:
        """Bring one claimed document to a final state: moved, held, rejected, waiting, gone or still to be done."""
        with turn_of(self.lookalikes, entry):
            self._move(entry)

    def _move(self, entry: Entry) -> None:
        attempt = self.attempts.get(entry.id)
        if attempt and self._settle(entry, attempt):
            return
        if other := self.elsewhere.get(entry.id):
            attempts = open_attempts(self.ledger, [other])
            message = Message("booked_by_another_account", account=other.account)
            require_over_elsewhere(attempts, self.now(), self.debitoor, other, message)
        sent = self._copies_of(entry) if entry.was_there or attempt else ()  # by this account, so no rule drops it
        if entry.was_there and not sent:
            entry = self.ledger.steps.not_there(entry)
        with spool() as body:
            decisions = to_decisions(entry.decisions)
            document = self._fetch(entry, decisions, body)
            if isinstance(document, LeftOut):
                if sent:
                    keep(self.ledger, entry, sent, document)
                else:
                    leave(self.ledger, entry, document)
                return
            supplier = self.companies.of(document)
            reading = None
            if self.account.invoice != "off":
                reading = read(body)
                body.seek(0, os.SEEK_END)
            booking = draft(
                document, supplier, self.books, self.account, self.rates, reading=reading, decisions=decisions
            )
            if self.lookalikes:
                self.lookalikes.read(Known.of(entry, entry.run_id), booking.sent)
            content = seal(body, document.filename)
            there = self._copies_of(entry)
            if there and not entry.wants_new_record:
                self._adopt(entry, there, booking, content)
            else:
                self._send(entry, document, booking, content, there)

    def _settle(self, entry: Entry, attempt: Attempt) -> bool:
        """Look whether an attempt whose answer was lost has booked the document after all.

        :raises UnclearOutcome: when it may still do so
        """
        for expense in self._copies_of(entry):
            if expense.file is not None and expense.file.id == entry.file_id:
                announced = BookedAmounts.from_json(attempt.announced)
                self._confirm(entry, expense, announced, entry.file_id, entry.file_bytes)
                return True
        require_over(attempt, self.now(), self.debitoor, "Debitoor", "create_expense")
        return False

    def _copies_of(self, entry: Entry) -> Sequence[Expense]:
        """Return the expenses that carry the document's marker.

        :raises Obstacle: when there are more than a person wanted, unless one more is wanted now
        """
        there = self.copies.get().get(int(entry.source_id), ())
        if not entry.wants_new_record:
            require_single(self.ledger, entry, as_copies(there))
        return there

    def _fetch(self, entry: Entry, decisions: Decisions, body: BinaryIO) -> Document | LeftOut:
        """Read the document as it is now and its file, or return why it is not to go.

        Two calls at GetMyInvoices for most documents, archiving included: a small file comes with the detail call, a
        large one is streamed and its record taken from the list, unless that is old or the approval has to be asked
        for.
        """
        document = DOCUMENTS.load(entry.snapshot)
        uid = document.document_uid
        small = document.file_kilobytes is not None and document.file_kilobytes <= _SMALL_KILOBYTES
        approval = self.account.filter.approved_only
        old = not is_fresh(entry, self.settings_fingerprint, self.now())
        unreleased = approval and entry.previous_state is State.WAITING  # its file is fetched once it is released
        try:
            if small or approval or old:
                detail = self._detail(uid, content=small and not unreleased, approval=approval)
                document = detail.document
                current = corrected(document, decisions.corrections)
                left_out = self.select(current, sent_again=entry.goes_although_archived)
                left_out = before_reading(left_out) or select_workflow(detail.workflow, self.account)
                if left_out:
                    return left_out
                if detail.content is not None:
                    body.write(detail.content)
            if not body.tell():
                require_stated_size(document, self.debitoor.max_file_bytes)
                self.getmyinvoices.download(uid, body, filename=document.filename)
                require_whole(document, body.tell())
        except NotFound:
            return LeftOut(Message("deleted", service="GetMyInvoices"))
        require_size(body.tell(), self.debitoor.max_file_bytes)
        return document

    def _detail(self, uid: int, *, content: bool, approval: bool) -> DocumentDetail:
        """Read a document, with its file if that is about as small as the list said."""
        try:
            return self.getmyinvoices.document(uid, content=content, content_limit=_SMALL_BYTES, approval=approval)
        except FileRefused:
            return self.getmyinvoices.document(uid, approval=approval)

    def _send(
        self, entry: Entry, document: Document, booking: Booking, content: Content, there: Sequence[Expense]
    ) -> None:
        """Upload the file, book the expense, check the stored record; each write is announced in the ledger first.

        :param there: the expenses next to which a person wants this one
        """
        duplicate = self._duplicate(entry, booking)
        detail = booking.as_json() | time_by(self.debitoor) | earlier_records(entry, as_copies(there))
        entry = self.ledger.steps.intend(
            entry,
            detail=detail,
            mark=booking.mark,
            invoice=booking.invoice,
            duplicate=duplicate,
            sent=booking.sent,
        )
        file_id = entry.file_id
        if not file_id or entry.file_sha256 != content.sha256:
            entry = self.name_again(entry, document)
            file_id = self.debitoor.upload_file(entry.target_name or "", content.body, content.size).id
            entry = self.ledger.steps.file_uploaded(entry, file_id, sha256=content.sha256, size=content.size)
        try:
            stored = self.debitoor.create_expense(booking.with_file(file_id))
        except UnclearOutcome as unclear:
            stored = self._look_for(entry, file_id, booking.expense.date, unclear)
        self._confirm(entry, stored, booking.figures, file_id, content.size)

    def _duplicate(self, entry: Entry, booking: Booking) -> Message | None:
        """Return what the document may be a duplicate of.

        :raises Obstacle: when the account holds such documents
        """
        if self.lookalikes is None:
            return None
        statement, party = booking.statement, booking.expense.supplier_name
        this = Known.of(entry, entry.run_id)
        try:
            return self.lookalikes.judge(this, statement, party, invoice=booking.invoice)
        except Obstacle as obstacle:
            obstacle.sent = booking.sent
            raise

    def _look_for(self, entry: Entry, file_id: str, day: date, unclear: UnclearOutcome) -> Expense:
        """Settle an unclear create by looking (Debitoor contract section 11).

        :raises UnclearOutcome: when it is not there yet, or that is unknown
        :raises Obstacle: when it is there twice
        """
        try:
            rows = self.debitoor.expenses(from_date=day, to_date=day)
        except ServiceError as error:
            raise unclear.after(error) from error
        found = [row for row in rows if row.file is not None and row.file.id == file_id]
        if not found:
            raise unclear
        require_single(self.ledger, entry, as_copies(found))
        return found[0]

    def _confirm(
        self, entry: Entry, stored: Expense, figures: BookedAmounts, file_id: str | None, size: int | None
    ) -> None:
        """Check the stored record against what was sent; only then the document counts as moved.

        :raises Obstacle: when it differs
        :raises UnclearOutcome: when the answer does not show it and the record cannot be read now
        """
        sent = int(entry.source_id), file_id, size
        if figures.all_differences(stored, *sent):
            stored = self._read_again(stored)  # the answer may have left out a part of the record
        if wrong := figures.all_differences(stored, *sent):
            raise rejected("stored_differently", expense=stored.number or stored.id, differences=wrong)
        details = {"number": stored.number, "over_quota": stored.attachment_over_quota}
        known = {key: value for key, value in details.items() if value}
        if stored.attachment_over_quota:
            self.ledger.runs.warn(entry.run_id, Message("files_over_quota"))
        self.ledger.steps.moved(entry, stored.id, detail=known, mark=unbooked(stored, entry.mark))

    def _read_again(self, stored: Expense) -> Expense:
        try:
            return self.debitoor.expense(stored.id)
        except RejectError:
            return stored
        except ServiceError as error:
            message = Message("expense_not_confirmed", expense=stored.number or stored.id, reason=error.message)
            raise UnclearOutcome(message, service=error.service, operation=error.operation).after(error) from error

    def _adopt(self, entry: Entry, there: Sequence[Expense], booking: Booking, content: Content) -> None:
        """Take an expense that carries this document's marker as its copy, if it is one."""
        for expense in there:
            same_file = expense.file is not None and expense.file.size_bytes in (None, content.size)
            if same_file and not booking.figures.differences(expense):
                self.ledger.steps.moved(
                    entry,
                    expense.id,
                    sha256=content.sha256,
                    size=content.size,
                    detail={**found_before(entry), "number": expense.number, **booking.spans(), **booking.reasons()},
                    mark=unbooked(expense, booking.mark) or booking.mark,
                    invoice=booking.invoice,
                    sent=booking.sent,
                )
                return
        raise Obstacle(ObstacleKind.HELD, differs(there))
