"""From Debitoor to GetMyInvoices: what the steps of a run ask of this direction."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, BinaryIO

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.constants import SERVICE
from debitoor_provider.services.getmyinvoices.enums import Archived
from debitoor_provider.sync.books import books_of, country_of_books, currency_of_payments
from debitoor_provider.sync.exchange_key import exchange_key, former_key, origin_label
from debitoor_provider.sync.import_.company import CompanyToCreate, create_company, find_company
from debitoor_provider.sync.import_.draft import upload_name
from debitoor_provider.sync.import_.drafts import UploadDrafts
from debitoor_provider.sync.import_.listing import list_sales, sales_document, sample_sales
from debitoor_provider.sync.import_.mover import UploadMover
from debitoor_provider.sync.import_.present import comparable, copies, copies_of, repeated_of, target_records
from debitoor_provider.sync.import_.records import SALES_DOCUMENTS, planned_sales_document
from debitoor_provider.sync.import_.restored import found_documents
from debitoor_provider.sync.import_.selection import select_sales
from debitoor_provider.sync.import_.tax_amounts import gross_of
from debitoor_provider.sync.markers import ANY_SALES_MARKER
from debitoor_provider.sync.statement import Statement
from debitoor_provider.sync.steps.attempts import Presence, open_attempts
from debitoor_provider.sync.steps.left_out import LeftOut
from debitoor_provider.sync.steps.lookalikes import in_ledger
from debitoor_provider.sync.steps.recorded import Recorded
from debitoor_provider.sync.steps.rename import name_again, naming_order
from debitoor_provider.sync.steps.repeated_records import hold_repeated
from debitoor_provider.sync.steps.source_time import reported_time
from debitoor_provider.sync.steps.turns import SharedJudgement
from debitoor_provider.sync.worth import Worth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
    from datetime import date

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.services.http.origin import Origin
    from debitoor_provider.sync.accounts.finding import Finding
    from debitoor_provider.sync.accounts.settings import ImportAccount
    from debitoor_provider.sync.ledger import Entry, FoundDocument, PlannedDocument
    from debitoor_provider.sync.statement import TargetRecord
    from debitoor_provider.sync.steps.copies import Copies
    from debitoor_provider.sync.steps.direction import Mover, ServiceClients, Side
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.window import Window


class ImportDirection:
    """Invoices and credit notes of Debitoor become documents of GetMyInvoices.

    :param services: returns the client of ``getmyinvoices`` or ``debitoor``
    """

    name = "import"
    source_title = SERVICE
    target_title = "GetMyInvoices"
    numbers_decide = True
    overlap = timedelta(minutes=15)  # A9: the bounds are not known, and clocks differ
    deleted = LeftOut(Message("deleted", service="Debitoor"))
    asked = rechecked = ()  # the listing of changes shows whatever a document waits for

    def __init__(self, account: ImportAccount, services: ServiceClients) -> None:
        self.account = account
        self._services = services

    @cached_property
    def debitoor(self) -> DebitoorClient:
        """The client of the source."""
        client: DebitoorClient = self._services("debitoor")
        return client

    @cached_property
    def getmyinvoices(self) -> GetMyInvoicesClient:
        """The client of the target."""
        client: GetMyInvoicesClient = self._services("getmyinvoices")
        return client

    def require_source(self) -> None:
        """Make sure that the books are the account's: another company's list must not move the watermark.

        :raises Misconfigured: when they are another company's
        """
        books_of(self.debitoor, self.account)

    def source_time(self, *, ask: bool = False) -> datetime | None:
        """Return the time by the clock of Debitoor."""
        return reported_time(self.debitoor, self.debitoor.environment if ask else None)

    def require_target(self) -> None:
        """Make sure that the key works, and that the company of the settings exists or can be created.

        :raises Misconfigured: when it cannot
        """
        if self.account.defaults.company is None:
            self.getmyinvoices.check()
        else:
            self._company()

    def unknown_names(self) -> Iterable[Finding]:
        """Return nothing: without its company an import does not begin, and tags are created by an upload."""
        return ()

    doubts = unknown_names

    def records(
        self,
        window: Window,
        keep: MutableMapping[Any, SalesDocument],
    ) -> tuple[Iterable[SalesDocument], list[str]]:
        """Return what the window asks for, and the ids that do not exist any more."""
        records, gone = list_sales(window, self.account, self.debitoor)
        return sorted(records, key=lambda record: naming_order(record.id)), gone

    def list_request(self, window: Window) -> None:
        """Return nothing to share: each account makes sure first that the books are its own."""

    def read(self, source_id: str) -> SalesDocument:
        """Return a sales document as it is now.

        :raises NotFound: when it does not exist (any more)
        """
        return sales_document(source_id, self.debitoor)

    def id_of(self, record: SalesDocument) -> str:
        """Return the document's id."""
        return record.id

    def is_archived(self, record: SalesDocument) -> bool:
        """Return that sales documents are not archived."""
        return False

    def select(self, record: SalesDocument, *, sent_again: bool = False) -> LeftOut | None:
        """Return why the account does not take a document."""
        return select_sales(record, self.account)

    def recheck(self, entry: Entry) -> LeftOut | bool:
        """Return ``False``: whatever a document waits for, the listing of changes shows it."""
        return False

    def planned(self, record: SalesDocument, left_out: LeftOut | None = None) -> PlannedDocument:
        """Return what the ledger keeps of a document."""
        waits = left_out if left_out and left_out.waits else None
        former = former_key(self._key, record.id, self.debitoor.session)
        return planned_sales_document(record, self._key(record.id), waits, former_key=former)

    def _key(self, sales_id: str, origin: Origin | None = None) -> str:
        """Return the document's key; ids of Debitoor are unique over its accounts."""
        label = origin_label(origin or self.debitoor.session.origin)
        return exchange_key(f"debitoor:{label}", sales_id, f"getmyinvoices:{self.getmyinvoices.account_number}")

    def load(self, snapshot: str) -> SalesDocument:
        """Return the record that the ledger kept."""
        return SALES_DOCUMENTS.load(snapshot)

    def corrected(self, record: SalesDocument, decisions: str) -> SalesDocument:
        """Return the document as it is: Debitoor made it itself."""
        return record

    def stated(self, record: SalesDocument) -> Statement | None:
        """Return the figures of a sales document."""
        return Statement.of_total(record.date, (), gross_of(record), record.currency)

    def worth(self) -> Worth:
        """Return the worth of documents in the currency of the books; no rate of another one is known."""
        return Worth(books_of(self.debitoor, self.account).currency or currency_of_payments(self.debitoor))

    def wanted_name(self, record: SalesDocument) -> str:
        """Return the file name made of the document's number."""
        return upload_name(record)

    def drafts(self, records: Sequence[SalesDocument], *, look: bool = True) -> UploadDrafts:
        """Ask for the company and for marked documents once.

        :raises Misconfigured: when the company does not exist, and is not to be created or cannot be
        """
        if not look:
            return UploadDrafts(self.account, None, {})
        company = self._company()
        marked = copies_of(self.getmyinvoices, _days(records))
        return UploadDrafts(self.account, None if isinstance(company, CompanyToCreate) else company, copies(marked))

    @contextmanager
    def moving(self, job: Job, pending: Sequence[Entry]) -> Iterator[Callable[[list[Entry]], Mover]]:
        """Make sure of books and company, and ask for marked documents once a run."""
        books_of(self.debitoor, self.account)
        company = self._company()
        company_uid = create_company(company, self.getmyinvoices)
        days = _days(SALES_DOCUMENTS.load(entry.snapshot) for entry in pending)
        if last := job.ledger.documents.last_moved_at(job.account_id, self.name):
            days.add(last.date())  # what the run before may have uploaded twice

        def look() -> Mapping[str, list[Document]]:
            marked = copies_of(self.getmyinvoices, days)
            hold_repeated(job, copies(marked))
            if looks_around and not around:
                around.append(Recorded.near(self.target_records_near, dates))
            return marked

        presence = Presence(look)
        dates = {entry.document_date for entry in pending if not entry.wants_new_record}
        looks_around = self.account.duplicates != "off"
        around: list[Recorded] = []  # the target's records before the run wrote any
        judged = SharedJudgement()

        def prepare(claimed: list[Entry]) -> Mover:
            attempts = open_attempts(job.ledger, claimed, file_first=False)
            elsewhere = job.ledger.documents.sent_elsewhere(claimed)
            return UploadMover(
                account=self.account,
                settings_fingerprint=job.settings_fingerprint,
                ledger=job.ledger,
                getmyinvoices=self.getmyinvoices,
                debitoor=self.debitoor,
                company_uid=company_uid,
                attempts=attempts,
                copies=presence.now(attempted=bool(attempts or elsewhere)),
                elsewhere=elsewhere,
                lookalikes=in_ledger(job, claimed, judged, around) if looks_around else None,
                name_again=partial(name_again, job),
                now=job.now,
            ).move

        yield prepare

    def _company(self) -> int | CompanyToCreate | None:
        return find_company(self.account, self.getmyinvoices, lambda: country_of_books(self.debitoor))

    def copies(self, days: Iterable[date | None]) -> Copies:
        """Return the marked documents that were written on these days or later."""
        return copies(copies_of(self.getmyinvoices, days))

    def repeated_copies(self, days: Iterable[date | None], *, at_least: int = 0) -> Copies:
        """Return those of which a sales document has several."""
        return repeated_of(self.getmyinvoices, days)

    def target_records(
        self, start: date | None, end: date | None, keep: MutableMapping[Any, Any]
    ) -> Iterable[TargetRecord]:
        """Return the documents of a period that carry the marker of a sales document; others are left out."""
        return target_records(
            self.getmyinvoices.documents_kept_in(
                keep, archived=Archived.ANY, note=ANY_SALES_MARKER, start=start, end=end
            )
        )

    def target_records_near(self, start: date, end: date) -> Iterable[TargetRecord]:
        """Return the documents of a period that are of the type of imported ones."""
        defaults = self.account.defaults
        for kind in sorted({defaults.document_type, defaults.credit_note_type or defaults.document_type}):
            listed = self.getmyinvoices.documents(archived=Archived.ANY, document_type=kind, start=start, end=end)
            yield from comparable(listed)

    def archive(self, source_id: str) -> None:
        """Refuse, since Debitoor has no archive."""
        raise NotImplementedError(f"Document {source_id}: Debitoor has no archive.")

    def found_documents(self) -> Iterable[FoundDocument]:
        """Return the sales documents whose marker is in a note in GetMyInvoices, with what Debitoor states of them."""
        marked = self.getmyinvoices.documents(archived=Archived.ANY, note=ANY_SALES_MARKER)
        return found_documents(marked, self.debitoor, self._key)

    def samples(self, most: int) -> Sequence[SalesDocument]:
        """Return recent sales documents that the account takes."""
        listed = sample_sales(self.account, self.debitoor)
        return [record for record in listed if self.select(record) is None][:most]

    def file_name(self, entry: Entry, side: Side) -> str:
        """Return the name of a document's file; Debitoor's PDFs have none of their own."""
        return entry.target_name or f"{entry.source_name}.pdf"

    def download(self, entry: Entry, side: Side, into: BinaryIO) -> None:
        """Write a document's file from Debitoor or from its copy.

        :raises NotFound: when it is not there
        """
        if side == "source":
            self.debitoor.sales_pdf(self.read(entry.source_id), into)
        else:
            self.getmyinvoices.download(int(entry.target_id or 0), into)


def _days(records: Iterable[SalesDocument]) -> set[date | None]:
    """Return the days on which sales documents were booked."""
    return {record.created_date and record.created_date.date() for record in records}
