"""The import step: sales documents of Debitoor become documents of GetMyInvoices, each once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.getmyinvoices.enums import Archived
from debitoor_provider.services.http.errors import (
    AlreadyExists,
    Misconfigured,
    NotFound,
    RejectError,
    ServiceError,
    UnclearOutcome,
)
from debitoor_provider.sync.accounts.settings import fingerprint
from debitoor_provider.sync.books import books_of
from debitoor_provider.sync.content import seal, spool
from debitoor_provider.sync.import_.upload import new_document
from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.listing import sales_document
from debitoor_provider.sync.presence import Look, copies_of
from debitoor_provider.sync.selection import select_sales
from debitoor_provider.sync.snapshot import is_fresh, load_sales_document
from debitoor_provider.sync.specification import find_sales_marker, sales_marker
from debitoor_provider.sync.steps.transfer import move
from debitoor_provider.sync.text import fold

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.accounts.settings import ImportAccount
    from debitoor_provider.sync.ledger import Entry, Ledger

log = logging.getLogger(__name__)

_DELETED = "It was deleted in Debitoor."


def import_(
    pending: Sequence[Entry],
    *,
    account: ImportAccount,
    ledger: Ledger,
    getmyinvoices: GetMyInvoicesClient,
    debitoor: DebitoorClient,
    run_id: str,
    ending: threading.Event | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Move sales documents into GetMyInvoices.

    :param pending: ledger rows that are planned and named, or whose last attempt is unclear
    :param ending: set by whoever tells the process to end: then no further document begins
    :raises StopError: when a person has to mend something first, e.g. the company of the settings does not exist
    :raises RetryError: when documents are left that may go later
    """
    if not pending:
        return
    home = books_of(debitoor, account).country_code
    company_uid = _company(account, getmyinvoices, home)
    settings = fingerprint(account)

    bookings = {load_sales_document(entry.snapshot).created_date for entry in pending}
    look = Look(lambda: copies_of(getmyinvoices, bookings))

    def prepare(claimed: list[Entry]) -> Callable[[Entry], None]:
        tried = any(entry.state is State.SENDING for entry in claimed) or bool(ledger.documents.sent_elsewhere(claimed))
        present = look.at(somebody_was_there=tried)
        return _Mover(account, settings, ledger, getmyinvoices, debitoor, company_uid, present, now).move

    move(pending, ledger=ledger, run_id=run_id, parallel=account.parallel, prepare=prepare, ending=ending)


def _company(account: ImportAccount, getmyinvoices: GetMyInvoicesClient, home: str) -> int | None:
    """Find the company of the settings by name or VAT id, or create it when the settings say so (A-26).

    A new company gets the country of the books: it is the seller of the invoices.
    """
    wanted = account.defaults.company
    if wanted is None:
        return None
    key = fold(wanted)
    for company in getmyinvoices.companies():
        if key in (fold(company.name), fold(company.vat_id)):
            return company.company_uid
    if account.defaults.create_company:
        rows = getmyinvoices.countries()
        country = next((row for row in rows if row.country_code.upper() == home.upper()), None)
        if country is not None:
            return getmyinvoices.create_company(wanted, country.country_uid)
    raise Misconfigured(
        f"There is no company {wanted!r}.",
        service="GetMyInvoices",
        operation="find company",
        remedy="Create it in GetMyInvoices, or correct defaults.company in the account file.",
    )


@dataclass(frozen=True, slots=True)
class _Mover:
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
                self._leave(entry, _DELETED)
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
                f"It is there, perhaps without its tags. {error.message}",
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
        """Give the record as it is now; ``None`` when the document is not to go (any more)."""
        if is_fresh(entry, self.settings, self.now()):
            return load_sales_document(entry.snapshot)
        try:
            document = sales_document(entry.source_id, self.debitoor)
        except NotFound:
            self._leave(entry, _DELETED)
            return None
        left_out = select_sales(document, self.account)
        if left_out:
            self._leave(entry, left_out.reason)
            return None
        return document

    def _leave(self, entry: Entry, reason: str) -> None:
        if entry.state is State.SENDING:
            entry = self.ledger.steps.postpone(entry, reason)
        self.ledger.plans.enter(entry.account, entry.direction, entry.run_id, [], gone=[entry.source_id])
        log.info("Document %s is not imported: %s", entry.source_id, reason)
