"""One sales document of Debitoor on its way to becoming a document of GetMyInvoices, once."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.errors import (
    AlreadyExists,
    NotFound,
    RejectError,
    ServiceError,
    UnclearOutcome,
)
from debitoor_provider.services.getmyinvoices.enums import Archived
from debitoor_provider.sync.content import seal, spool
from debitoor_provider.sync.import_.draft import new_document, sent_before, sent_of, statement_of
from debitoor_provider.sync.import_.listing import sales_document
from debitoor_provider.sync.import_.present import as_copies
from debitoor_provider.sync.import_.records import SALES_DOCUMENTS
from debitoor_provider.sync.import_.same_file import existing, unclear_if_it_fails
from debitoor_provider.sync.import_.selection import select_sales
from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.markers import find_sales_marker, sales_marker
from debitoor_provider.sync.obstacle import Obstacle
from debitoor_provider.sync.snapshot import is_fresh
from debitoor_provider.sync.steps.attempts import Attempt, open_attempts, require_over, require_over_elsewhere, time_by
from debitoor_provider.sync.steps.known import Known
from debitoor_provider.sync.steps.leaving import leave
from debitoor_provider.sync.steps.left_out import LeftOut
from debitoor_provider.sync.steps.lookalikes import turn_of
from debitoor_provider.sync.steps.repeated_records import earlier_records, found_before, is_other, require_single
from debitoor_provider.sync.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Document, NewDocument
    from debitoor_provider.sync.accounts.settings import ImportAccount
    from debitoor_provider.sync.ledger import Entry, Ledger, Sent
    from debitoor_provider.sync.steps.lookalikes import Lookalikes

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UploadMover:
    """What the documents of one batch share on their way."""

    account: ImportAccount
    settings_fingerprint: str
    ledger: Ledger
    getmyinvoices: GetMyInvoicesClient
    debitoor: DebitoorClient
    company_uid: int | None
    attempts: Mapping[int, Attempt]
    copies: Mapping[str, Sequence[Document]]
    elsewhere: Mapping[int, Entry]
    lookalikes: Lookalikes | None
    name_again: Callable[[Entry, SalesDocument], Entry]
    now: Callable[[], datetime]

    def move(self, entry: Entry) -> None:
        """Bring one claimed document to a final state: moved, rejected, gone or still to be done."""
        with turn_of(self.lookalikes, entry):
            self._move(entry)

    def _move(self, entry: Entry) -> None:
        copies = () if entry.wants_new_record else self.copies.get(entry.source_id, ())
        if entry.state is State.SENDING and self._is_settled(entry, copies):
            return
        if other := self.elsewhere.get(entry.id):
            attempts = open_attempts(self.ledger, [other], file_first=False)
            message = Message("imported_by_another_account", account=other.account)
            require_over_elsewhere(attempts, self.now(), self.getmyinvoices, other, message)
        ours = self.copies.get(entry.source_id, ()) if entry.was_there else ()  # no rule drops what it sent
        if entry.was_there and not ours:
            entry = self.ledger.steps.not_there(entry)
        document = self._read(entry)
        if isinstance(document, LeftOut):
            self._leave(entry, document, ours)
            return
        if copies:
            self._take(entry, copies, document)
            return
        name = entry.target_name or f"{document.id}.pdf"
        with spool() as body:
            try:
                self.debitoor.sales_pdf(document, body)
            except NotFound:
                if document.cancelled or not self._is_gone(document):  # A37: its credit note is imported
                    raise
                self._leave(entry, LeftOut(Message("deleted", service="Debitoor")), ours)
                return
            content = seal(body, name)
            upload = new_document(document, self.account, self.company_uid, name)
            sent = sent_of(upload, document)
            duplicate = self._duplicate(entry, upload, sent)
            is_first = entry.state is State.PLANNED  # otherwise an upload under its name may still arrive
            detail = time_by(self.getmyinvoices) | earlier_records(
                entry, as_copies(self.copies.get(entry.source_id, ()))
            )
            entry = self.ledger.steps.intend(entry, detail=detail, duplicate=duplicate, sent=sent)
            if is_first:
                entry = self.name_again(entry, document)
                upload = replace(upload, file_name=entry.target_name or name)
            found = False
            try:
                uid = self.getmyinvoices.upload(upload, content.body)
            except AlreadyExists as already:  # counts as done if it is a copy (contract 6.3, A-26)
                with unclear_if_it_fails():
                    there = existing(self.getmyinvoices, document, upload, already)
                    is_ours = find_sales_marker(there.note) == document.id  # from an attempt whose answer was lost
                    if is_ours:
                        self._repair(there)
                uid, found = there.document_uid, not is_ours
            except UnclearOutcome as unclear:
                try:
                    arrived = self._settle(entry)
                except ServiceError as error:
                    raise unclear.after(error) from error
                if not arrived:
                    raise
                return
            detail = {"found": True} if found else {}
            self.ledger.steps.moved(entry, str(uid), sha256=content.sha256, size=content.size, detail=detail)

    def _duplicate(self, entry: Entry, upload: NewDocument, sent: Sent) -> Message | None:
        """Return what the document may be a duplicate of.

        :raises Obstacle: when the account holds such documents
        """
        if self.lookalikes is None:
            return None
        this = Known.of(entry, entry.run_id)
        self.lookalikes.read(this, sent)
        try:
            return self.lookalikes.judge(this, statement_of(upload), "")
        except Obstacle as obstacle:
            obstacle.sent = sent
            raise

    def _is_settled(self, entry: Entry, copies: Sequence[Document]) -> bool:
        """Return whether an attempt whose answer was lost has arrived, also if the account takes it no more.

        :raises UnclearOutcome: when it may still do so, or is there and not found yet
        """
        if copies:
            self._take(entry, copies)
            return True
        if self._settle(entry):
            return True
        if attempt := self.attempts.get(entry.id):
            require_over(attempt, self.now(), self.getmyinvoices, "GetMyInvoices", "upload_document")
        return False

    def _take(self, entry: Entry, copies: Sequence[Document], document: SalesDocument | None = None) -> None:
        """Take the one document that carries the sales document's marker as its copy.

        :param document: the sales document, unless it was being sent
        :raises Obstacle: when there are several
        """
        require_single(self.ledger, entry, as_copies(copies))
        self._adopt(entry, copies[0], document)

    def _settle(self, entry: Entry) -> bool:
        """Look whether an attempt whose answer was lost has arrived after all (contract section 6.4)."""
        marker = sales_marker(entry.source_id)
        rows = self.getmyinvoices.documents(archived=Archived.ANY, note=marker)
        marked = [row for row in rows if find_sales_marker(row.note) == entry.source_id]
        is_new = is_other(entry, self.ledger.documents.history(entry)) if marked else bool
        there = [row for row in marked if is_new(str(row.document_uid))]
        if not there:
            return False
        require_single(self.ledger, entry, as_copies(marked))
        self._adopt(entry, there[0])
        return True

    def _adopt(self, entry: Entry, there: Document, document: SalesDocument | None = None) -> None:
        """Take a document that carries the sales document's marker as its copy."""
        sent = None
        if entry.state is State.SENDING:
            self._repair(there)
        elif document is not None:
            sent = sent_before(entry, there, document)
        self.ledger.steps.moved(entry, str(there.document_uid), detail=found_before(entry), sent=sent)

    def _repair(self, document: Document) -> None:
        """Add the tags that an upload may have lost on its way (contract section 6.4)."""
        present = {fold(tag) for tag in document.tags}
        missing = [tag for tag in self.account.defaults.tags if fold(tag) not in present]
        if not missing:
            return
        try:
            self.getmyinvoices.set_tags(document.document_uid, [*document.tags, *missing])
        except RejectError as error:  # locked in the meantime: it is there anyway
            log.warning("Document %s does not get its tags: %s", document.document_uid, error)

    def _is_gone(self, document: SalesDocument) -> bool:
        """Make sure that it is the document that is not found, and not only its file."""
        read = self.debitoor.credit_note if document.type is SalesType.CREDIT_NOTE else self.debitoor.invoice
        try:
            now = read(document.id)
        except NotFound:
            return True
        return now.is_deleted

    def _read(self, entry: Entry) -> SalesDocument | LeftOut:
        """Return the record as it is now, or why the document is not to go (any more)."""
        if is_fresh(entry, self.settings_fingerprint, self.now()):
            return SALES_DOCUMENTS.load(entry.snapshot)
        try:
            document = sales_document(entry.source_id, self.debitoor)
        except NotFound:
            return LeftOut(Message("deleted", service="Debitoor"))
        return select_sales(document, self.account) or document

    def _leave(self, entry: Entry, left_out: LeftOut, ours: Sequence[Document]) -> None:
        """Let a document go that is not to be uploaded, unless GetMyInvoices has it: then it stays as it was sent."""
        if not ours:
            leave(self.ledger, entry, left_out)
            return
        if not entry.wants_new_record:
            require_single(self.ledger, entry, as_copies(ours))
        there = next((one for one in ours if str(one.document_uid) == entry.target_id), ours[0])
        document = SALES_DOCUMENTS.load(entry.snapshot) if entry.snapshot else None
        sent = None if entry.booked_gross is not None else sent_before(entry, there, document)
        detail = {**found_before(entry), "why": left_out.message.as_json()}
        self.ledger.steps.moved(entry, str(there.document_uid), detail=detail, sent=sent)
        log.info("Document %s stays as it was sent: %s", entry.source_id, left_out.reason)
