"""From GetMyInvoices to Debitoor: what the steps of a run ask of this direction."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, BinaryIO

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.constants import PAGE_SIZE
from debitoor_provider.services.errors import NotFound
from debitoor_provider.services.getmyinvoices.constants import SERVICE
from debitoor_provider.services.getmyinvoices.listing import overlap_of
from debitoor_provider.sync.books import complete_books_of, country_of_own_books
from debitoor_provider.sync.exchange_key import exchange_key, former_key, origin_label
from debitoor_provider.sync.export.choices import corrected, to_decisions
from debitoor_provider.sync.export.conversion import booked_worth, decided_amount
from debitoor_provider.sync.export.drafts import PREVIEWED_FILES, ExpenseDrafts
from debitoor_provider.sync.export.exchange_rates import ExchangeRates
from debitoor_provider.sync.export.listing import (
    ChangedDocuments,
    document_uid,
    list_documents,
    sales_ids,
    sample_documents,
)
from debitoor_provider.sync.export.moving import moving
from debitoor_provider.sync.export.names import require_category, unknown_names
from debitoor_provider.sync.export.present import comparable, copies_since, expenses_of, repeated_since, target_records
from debitoor_provider.sync.export.records import DOCUMENTS, planned_document
from debitoor_provider.sync.export.restored import found_documents
from debitoor_provider.sync.export.selection import select
from debitoor_provider.sync.export.suppliers import Suppliers
from debitoor_provider.sync.export.waits import ASKED, RECHECKED, look_again
from debitoor_provider.sync.home_rate import rate_doubts
from debitoor_provider.sync.markers import find_sales_marker, sales_marker
from debitoor_provider.sync.naming.naming import document_name
from debitoor_provider.sync.naming.template import Template
from debitoor_provider.sync.statement import Statement
from debitoor_provider.sync.steps.left_out import LeftOut
from debitoor_provider.sync.steps.source_time import reported_time
from debitoor_provider.sync.text import caseless
from debitoor_provider.sync.worth import Worth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, MutableMapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date, datetime, timedelta

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import Environment
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Company, Document
    from debitoor_provider.services.http.origin import Origin
    from debitoor_provider.sync.accounts.finding import Finding
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from debitoor_provider.sync.ledger import Entry, FoundDocument, PlannedDocument
    from debitoor_provider.sync.statement import TargetRecord
    from debitoor_provider.sync.steps.copies import Copies
    from debitoor_provider.sync.steps.direction import Mover, ServiceClients, Side
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.window import Window


class ExportDirection:
    """Documents of GetMyInvoices become expenses in Debitoor.

    :param services: returns the client of ``getmyinvoices`` or ``debitoor``
    :param ecb_rates: file with the ECB's reference rates that people keep up to date; empty: none
    """

    name = "export"
    source_title = SERVICE
    target_title = "Debitoor"
    numbers_decide = False
    deleted = LeftOut(Message("deleted", service="GetMyInvoices"))
    asked, rechecked = ASKED, RECHECKED

    def __init__(self, account: ExportAccount, services: ServiceClients, ecb_rates: str = "") -> None:
        self.account = account
        self._services = services
        self._rates = ExchangeRates(ecb_rates)

    @cached_property
    def getmyinvoices(self) -> GetMyInvoicesClient:
        """The client of the source."""
        client: GetMyInvoicesClient = self._services("getmyinvoices")
        return client

    @cached_property
    def debitoor(self) -> DebitoorClient:
        """The client of the target."""
        client: DebitoorClient = self._services("debitoor")
        return client

    @property
    def overlap(self) -> timedelta:
        """How far a listing reaches back, in whatever time zone GetMyInvoices compares."""
        return overlap_of(self.getmyinvoices.zone)

    def require_source(self) -> None:
        """Do nothing: the account's number is part of each document's key."""

    def source_time(self, *, ask: bool = False) -> datetime | None:
        """Return the time by the clock of GetMyInvoices."""
        return reported_time(self.getmyinvoices, self.getmyinvoices.check if ask else None)

    def require_target(self) -> None:
        """Make sure that the books are the account's.

        :raises Misconfigured: when they are another company's, lack currency or country, or the account's category
        """
        self._books()

    def unknown_names(self) -> Iterable[Finding]:
        """Return companies and tags of the filter that GetMyInvoices does not have."""
        return unknown_names(self.account, lambda: self._companies, self.getmyinvoices.tags)

    def doubts(self) -> Iterable[Finding]:
        """Return a finding if the country of the books does not have the rate of the reverse charge."""
        rule = self.account.reverse_charge
        if rule is None or self.account.stated_home_rate:  # the file alone shows whether it does
            return ()
        return rate_doubts(rule.tax_rate, country_of_own_books(self.debitoor, self.account))

    def records(self, window: Window, keep: MutableMapping[Any, Document]) -> tuple[Iterable[Document], list[str]]:
        """Return what the window asks for, and the ids that do not exist any more."""
        return list_documents(window, self.account, self.getmyinvoices, keep)

    def list_request(self, window: Window) -> ChangedDocuments | None:
        """Return what the window asks GetMyInvoices for, when other accounts may be answered together with it."""
        return ChangedDocuments.of(window, self.account, self.getmyinvoices)

    def read(self, source_id: str) -> Document:
        """Return a document as it is now; see the protocol for what it raises."""
        return self.getmyinvoices.document(document_uid(source_id), approval=False).document

    def id_of(self, record: Document) -> str:
        """Return the document's id."""
        return str(record.document_uid)

    def is_archived(self, record: Document) -> bool:
        """Return whether the document is archived in GetMyInvoices."""
        return record.is_archived

    def select(self, record: Document, *, sent_again: bool = False) -> LeftOut | None:
        """Return why the account does not take a document.

        A marker in a document's note is believed when the books have the sales document. Otherwise it came there in
        another way, e.g. in a quotation, and the document waits, so that a person sees it.
        """
        left_out = select(record, self.account, archived_by_us=sent_again)
        if left_out is not None and left_out.code == "imported":
            sales_id = find_sales_marker(record.note) or ""
            if sales_id not in self._sales_ids:
                return LeftOut(Message("marked_elsewhere", mark=sales_marker(sales_id)), waits=True)
        return left_out

    @cached_property
    def _sales_ids(self) -> frozenset[str]:
        """The ids of all sales documents of the books, deleted ones included: copies of those are copies too."""
        return sales_ids(self.debitoor)

    def recheck(self, entry: Entry) -> LeftOut | bool:
        """Return whether a run looks at a document that waits for its date, an exchange rate or its approval."""
        return look_again(entry, self.account, self._rates)

    def planned(self, record: Document, left_out: LeftOut | None = None) -> PlannedDocument:
        """Return what the ledger keeps of a document."""
        waits = left_out if left_out and left_out.waits else None
        former = former_key(self._key, record.document_uid, self.getmyinvoices.session)
        return planned_document(record, self._key(record.document_uid), waits, former_key=former)

    def _key(self, uid: int, origin: Origin | None = None) -> str:
        """Return the document's key: each GetMyInvoices account numbers its documents on its own."""
        source, target = self.getmyinvoices, caseless(self.account.debitoor_id)
        label = origin_label(origin or source.session.origin)
        return exchange_key(f"getmyinvoices:{label}:{source.account_number}", uid, f"debitoor:{target}")

    def load(self, snapshot: str) -> Document:
        """Return the record that the ledger kept."""
        return DOCUMENTS.load(snapshot)

    def corrected(self, record: Document, decisions: str) -> Document:
        """Return a document with the date and the currency that a person has stated."""
        return corrected(record, to_decisions(decisions).corrections)

    def stated(self, record: Document) -> Statement | None:
        """Return the figures that a document's record states; lines and net amounts of several rates are left out."""
        if record.stated_gross is None:
            return None
        return Statement.of_total(record.document_date, record.tax_rates, record.stated_gross, record.currency)

    def worth(self) -> Worth:
        """Return the worth of documents as the account books them."""
        books = self._books().currency
        return Worth(books, partial(booked_worth, self.account, books, self._rates), decided_amount)

    def wanted_name(self, record: Document) -> str:
        """Return the file name that the account's template makes."""
        return document_name(self._template, record)

    @cached_property
    def _template(self) -> Template:
        return Template.parse(self.account.rename)

    def drafts(self, records: Sequence[Document], *, look: bool = True) -> ExpenseDrafts:
        """Ask for books, companies and marked expenses once.

        :raises Misconfigured: when the books are another company's, or lack the account's category
        """
        books = self._books()
        marked = expenses_of(self.debitoor, [record.created_at for record in records]) if look else {}
        files = iter(range(PREVIEWED_FILES if look else 0))
        largest = self.debitoor.max_file_bytes if look else None
        suppliers = self._suppliers()
        client, rates = self.getmyinvoices, self._rates
        return ExpenseDrafts(self.account, client, books, suppliers, marked, rates, files, largest, self.select)

    def moving(self, job: Job, pending: Sequence[Entry]) -> AbstractContextManager[Callable[[list[Entry]], Mover]]:
        """Ask for what the documents of a run need together before they move."""
        return moving(
            job,
            pending,
            account=self.account,
            getmyinvoices=self.getmyinvoices,
            debitoor=self.debitoor,
            books=self._books,
            suppliers=self._suppliers,
            target_records_near=self.target_records_near,
            rates=self._rates,
            select=self.select,
        )

    def copies(self, days: Iterable[date | None]) -> Copies:
        """Return the marked expenses that were written on these days or later."""
        return copies_since(self.debitoor, days)

    def repeated_copies(self, days: Iterable[date | None], *, at_least: int = 0) -> Copies:
        """Return those of which a document has several."""
        return repeated_since(self.debitoor, days, at_least)

    def target_records(
        self, start: date | None, end: date | None, keep: MutableMapping[Any, Any]
    ) -> Iterable[TargetRecord]:
        """Return the expenses of a period, with and without markers."""
        return target_records(self.debitoor.expenses_kept_in(keep, from_date=start, to_date=end))

    def target_records_near(self, start: date, end: date) -> Iterable[TargetRecord]:
        """Return the expenses of a period, no matter who booked them."""
        return comparable(self.debitoor.expenses(from_date=start, to_date=end, page_size=PAGE_SIZE))

    def archive(self, source_id: str) -> None:
        """Archive a document in GetMyInvoices.

        :raises RejectError: when it is locked or deleted
        """
        self.getmyinvoices.archive(int(source_id))

    def found_documents(self) -> Iterable[FoundDocument]:
        """Return the documents whose marker is on an expense in Debitoor."""
        return found_documents(self.debitoor.expenses(page_size=PAGE_SIZE), self._key, self.account.specification)

    def samples(self, most: int) -> Sequence[Document]:
        """Return documents that the account takes; failing those, others of its period."""
        listed = sample_documents(self.account, self.getmyinvoices)
        taken = [record for record in listed if (left_out := self.select(record)) is None or left_out.waits]
        return (taken or listed)[:most]

    def file_name(self, entry: Entry, side: Side) -> str:
        """Return the name of a document's file there."""
        return (entry.target_name if side == "target" else None) or entry.source_name

    def download(self, entry: Entry, side: Side, into: BinaryIO) -> None:
        """Write a document's file from GetMyInvoices or from its expense.

        :raises NotFound: when it is not there
        """
        if side == "source":
            self.getmyinvoices.download(int(entry.source_id), into)
            return
        file = self.debitoor.expense(entry.target_id or "").file
        if file is None:
            raise NotFound(Message("expense_without_file"))
        self.debitoor.download_file(file, into)

    def _books(self) -> Environment:
        books = complete_books_of(self.debitoor, self.account, self.account.books)
        require_category(self.account, self.debitoor)
        return books

    def _suppliers(self) -> Suppliers:
        return Suppliers(self._companies, self.getmyinvoices.company, self.getmyinvoices.countries)

    @cached_property
    def _companies(self) -> list[Company]:
        return self.getmyinvoices.companies()
