"""One sales document of Debitoor on its way to becoming a document of GetMyInvoices, once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.getmyinvoices.enums import Archived
from debitoor_provider.services.http.errors import (
    AlreadyExists,
    NotFound,
    RejectError,
    ServiceError,
    UnclearOutcome,
)
from debitoor_provider.sync.content import seal, spool
from debitoor_provider.sync.import_.draft import new_document
from debitoor_provider.sync.import_.listing import sales_document
from debitoor_provider.sync.import_.records import SALES_DOCUMENTS
from debitoor_provider.sync.import_.selection import select_sales
from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.marks import find_sales_marker, sales_marker
from debitoor_provider.sync.snapshot import is_fresh
from debitoor_provider.sync.steps.direction import LeftOut
from debitoor_provider.sync.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.accounts.settings import ImportAccount
    from debitoor_provider.sync.ledger import Entry, Ledger

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UploadMover:
    """What the documents of one batch share on their way."""

    account: ImportAccount
    settings: str
    ledger: Ledger
    getmyinvoices: GetMyInvoicesClient
    debitoor: DebitoorClient
    company_uid: int | None
    present: Mapping[str, Document]
    now: Callable[[], datetime]

    def move(self, entry: Entry) -> None:
        """Move one claimed document to the end of its way: moved, rejected, gone or still to be done."""
        copy = self.present.get(entry.source_id)
        if copy and not entry.wants_new_record:
            self._adopt(entry, copy)
            return
        if entry.state is State.SENDING and self._settle(entry):
            return
        document = self._read(entry)
        if document is None:
            return
        name = entry.target_name or f"{document.id}.pdf"
        with spool() as body:
            try:
                self.debitoor.sales_pdf(document, body)
            except NotFound:
                if not self._is_gone(document):
                    raise
                self._leave(entry, LeftOut(Message("deleted", service="Debitoor")))
                return
            content = seal(body, name)
            upload = new_document(document, self.account, self.company_uid, name)
            entry = self.ledger.steps.intend(entry)
            found = False
            try:
                uid = self.getmyinvoices.upload(upload, content.body)
            except AlreadyExists as already:  # counts as done (contract 6.3, A-26)
                there = already.document_uid or self._by_number(document.number)
                if there is None:
                    raise
                uid, found = there, True
                if entry.attempts > 1:
                    self._repair_copy(uid)
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

    def _settle(self, entry: Entry) -> bool:
        """Look whether an attempt whose answer was lost has arrived after all (contract section 6.4)."""
        marker = sales_marker(entry.source_id)
        rows = self.getmyinvoices.documents(archived=Archived.ANY, note=marker)
        marked = (row for row in rows if find_sales_marker(row.note) == entry.source_id)
        there = next((row for row in marked if str(row.document_uid) != entry.target_id), None)
        if there is None:
            return False
        self._adopt(entry, there)
        return True

    def _adopt(self, entry: Entry, there: Document) -> None:
        """Take a document that carries the sales document's mark as its copy."""
        if entry.state is State.SENDING:
            self._repair(there)
        self.ledger.steps.moved(entry, str(there.document_uid), detail={"found": True})

    def _by_number(self, number: str) -> int | None:
        """Find the one document of a number, when a duplicate's answer does not tell which it is (section 6.3)."""
        rows = self.getmyinvoices.documents(archived=Archived.ANY, number=number) if number else []
        same = [row.document_uid for row in rows if row.document_number == number]
        return same[0] if len(same) == 1 else None

    def _repair(self, document: Document) -> None:
        """Add the tags that an upload may have lost on its way (contract section 6.4)."""
        present = {fold(tag) for tag in document.tags}
        missing = [tag for tag in self.account.defaults.tags if fold(tag) not in present]
        if not missing:
            return
        try:
            self.getmyinvoices.set_tags(document.document_uid, [*document.tags, *missing])
        except RejectError as error:  # locked meanwhile: it is there all the same
            log.warning("Document %s does not get its tags: %s", document.document_uid, error)

    def _repair_copy(self, uid: int) -> None:
        """Look at the copy that an earlier attempt may have left without its tags.

        :raises UnclearOutcome: when that cannot be found out now
        """
        try:
            self._repair(self.getmyinvoices.document(uid, line_items=False, approval=False).document)
        except RejectError as error:
            log.warning("Document %s may lack its tags: %s", uid, error)
        except ServiceError as error:
            raise UnclearOutcome(
                Message("copy_perhaps_without_tags", reason=error.message),
                service=error.service,
                operation=error.operation,
            ).after(error) from error

    def _is_gone(self, document: SalesDocument) -> bool:
        """Make sure that it is the document that is not found, and not only its file."""
        read = self.debitoor.credit_note if document.type is SalesType.CREDIT_NOTE else self.debitoor.invoice
        try:
            now = read(document.id)
        except NotFound:
            return True
        return now.deleted or now.deleted_date is not None

    def _read(self, entry: Entry) -> SalesDocument | None:
        """Return the record as it is now; ``None`` when the document is not to go (any more)."""
        if is_fresh(entry, self.settings, self.now()):
            return SALES_DOCUMENTS.load(entry.snapshot)
        try:
            document = sales_document(entry.source_id, self.debitoor)
        except NotFound:
            self._leave(entry, LeftOut(Message("deleted", service="Debitoor")))
            return None
        left_out = select_sales(document, self.account)
        if left_out:
            self._leave(entry, left_out)
            return None
        return document

    def _leave(self, entry: Entry, left_out: LeftOut) -> None:
        if entry.state is State.SENDING:
            entry = self.ledger.steps.postpone(entry, left_out.message)
        self.ledger.plans.enter(entry.account, entry.direction, entry.run_id, [], gone=[entry.source_id])
        log.info("Document %s is not imported: %s", entry.source_id, left_out.reason)
