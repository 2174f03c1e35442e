"""From GetMyInvoices to a folder: what the steps of a run ask of this direction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, BinaryIO

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import NotFound
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.services.getmyinvoices.constants import OVERLAP, SERVICE
from debitoor_provider.services.getmyinvoices.enums import Archived
from debitoor_provider.services.getmyinvoices.models import Document
from debitoor_provider.sync.accounts.finding import Finding
from debitoor_provider.sync.ledger import Entry, FoundDocument, PlannedDocument, State
from debitoor_provider.sync.naming.naming import document_name
from debitoor_provider.sync.naming.template import Template
from debitoor_provider.sync.period import outside
from debitoor_provider.sync.statement import Statement, TargetRecord
from debitoor_provider.sync.steps.copies import Copies, Copy, only_several
from debitoor_provider.sync.steps.direction import Direction, Mover, ServiceClients, Side
from debitoor_provider.sync.steps.job import Job
from debitoor_provider.sync.steps.left_out import LeftOut
from debitoor_provider.sync.steps.source_time import reported_time
from debitoor_provider.sync.text import fold
from debitoor_provider.sync.window import Window
from debitoor_provider.sync.worth import Worth
from tests.toy.folder import Folder
from tests.toy.mover import DELETED, DOCUMENTS, FolderDrafts, FolderMover
from tests.toy.settings import FolderAccount


class FolderDirection:
    """Documents of GetMyInvoices become files in a folder."""

    name = "folder"
    source_title = SERVICE
    target_title = "Folder"
    numbers_decide = False
    overlap = OVERLAP
    deleted = DELETED
    asked = rechecked = ()

    def __init__(self, account: FolderAccount, services: ServiceClients) -> None:
        self.account = account
        self._services = services

    @cached_property
    def getmyinvoices(self) -> GetMyInvoicesClient:
        client: GetMyInvoicesClient = self._services("getmyinvoices")
        return client

    @cached_property
    def folder(self) -> Folder:
        client: Folder = self._services("folder")
        return client

    def require_source(self) -> None:
        """Do nothing: an account of GetMyInvoices numbers its documents on its own."""

    def source_time(self, *, ask: bool = False) -> datetime | None:
        return reported_time(self.getmyinvoices, self.getmyinvoices.check if ask else None)

    def require_target(self) -> None:
        self.folder.check()

    def unknown_names(self) -> Iterable[Finding]:
        return ()

    def doubts(self) -> Iterable[Finding]:
        return ()

    def records(self, window: Window, keep: MutableMapping[Any, Document]) -> tuple[Iterable[Document], list[str]]:
        if window.document_ids:
            found, gone = [], []
            for uid in window.document_ids:
                try:
                    found.append(self.read(uid))
                except NotFound:
                    gone.append(uid)
            return found, gone
        if window.is_empty:
            return [], []
        listed = self.getmyinvoices.documents_kept_in(
            keep,
            archived=Archived.ANY if window.unfiltered else Archived.NO,
            start=window.asked_start,
            end=window.asked_end,
            updated_since=window.updated_since,
            line_items=True,
        )
        return listed, []

    def list_request(self, window: Window) -> None:
        """Return nothing to share."""

    def read(self, source_id: str) -> Document:
        return self.getmyinvoices.document(int(source_id), approval=False).document

    def id_of(self, record: Document) -> str:
        return str(record.document_uid)

    def is_archived(self, record: Document) -> bool:
        return record.is_archived

    def recheck(self, entry: Entry) -> LeftOut | bool:
        return False

    def select(self, record: Document, *, sent_again: bool = False) -> LeftOut | None:
        if record.document_type not in self.account.document_types:
            return LeftOut(Message("document_type", which=Message("type_not_exported", type=record.document_type)))
        if record.is_archived and not sent_again:
            return LeftOut(Message("archived"))
        tag = self.account.tag
        if tag and fold(tag) not in map(fold, record.tags):
            return LeftOut(Message("tag_missing", which=Message("lacks_tag", tag=tag)), waits=True)
        return outside(record.document_date, self.account.period)

    def planned(self, record: Document, left_out: LeftOut | None = None) -> PlannedDocument:
        waits = left_out if left_out and left_out.waits else None
        return PlannedDocument(
            source_id=self.id_of(record),
            exchange_key=f"folder:{self.getmyinvoices.account_number}:{record.document_uid}",
            snapshot=DOCUMENTS.dump(record),
            state=State.WAITING if waits else State.PLANNED,
            message=waits.message if waits else None,
            source_name=record.filename,
            document_date=record.document_date,
            document_number=record.document_number,
            company=record.company_name,
            currency=record.currency,
            net_amount=record.net_amount,
            gross_amount=record.gross_amount,
        )

    def load(self, snapshot: str) -> Document:
        return DOCUMENTS.load(snapshot)

    def corrected(self, record: Document, decisions: str) -> Document:
        return record

    def stated(self, record: Document) -> Statement | None:
        return Statement.of_total(record.document_date, (), record.gross_amount, record.currency)

    def worth(self) -> Worth:
        return Worth("EUR")

    def wanted_name(self, record: Document) -> str:
        return document_name(Template.parse(self.account.rename), record)

    def drafts(self, records: Sequence[Document], *, look: bool = True) -> FolderDrafts:
        return FolderDrafts(self._there() if look else {})

    @contextmanager
    def moving(self, job: Job, pending: Sequence[Entry]) -> Iterator[Callable[[list[Entry]], Mover]]:
        self.folder.check()
        yield (
            lambda claimed: (
                FolderMover(
                    settings_fingerprint=job.settings_fingerprint,
                    ledger=job.ledger,
                    getmyinvoices=self.getmyinvoices,
                    folder=self.folder,
                    read=self.read,
                    select=self.select,
                    there=self._there(),
                    now=job.now,
                ).move
            )
        )

    def copies(self, days: Iterable[date | None]) -> Copies:
        found: dict[str, list[Copy]] = {}
        for id_, record in self.folder.records().items():
            copy = Copy(id_, id_, _date(record), Decimal(record["gross"]), record["currency"])
            found.setdefault(record["marker"], []).append(copy)
        return found

    def repeated_copies(self, days: Iterable[date | None], *, at_least: int = 0) -> Copies:
        return only_several(self.copies(days))

    def target_records(
        self, start: date | None, end: date | None, keep: MutableMapping[Any, Any]
    ) -> Iterable[TargetRecord]:
        for id_, record in self.folder.records().items():
            day = _date(record)
            if (start is None or (day and day >= start)) and (end is None or (day and day <= end)):
                statement = Statement.of_total(day, (), Decimal(record["gross"]), record["currency"])
                yield TargetRecord(id_, frozenset({record["marker"]}), id_, record["company"], statement)

    def target_records_near(self, start: date, end: date) -> Iterable[TargetRecord]:
        return self.target_records(start, end, {})

    def archive(self, source_id: str) -> None:
        self.getmyinvoices.archive(int(source_id))

    def found_documents(self) -> Iterable[FoundDocument]:
        number = self.getmyinvoices.account_number
        return [
            FoundDocument(
                source_id=record["marker"],
                exchange_key=f"folder:{number}:{record['marker']}",
                target_id=id_,
                target_name=id_,
                document_date=_date(record),
                company=record["company"],
                currency=record["currency"],
                gross_amount=Decimal(record["gross"]),
            )
            for id_, record in self.folder.records().items()
        ]

    def samples(self, most: int) -> Sequence[Document]:
        listed = self.getmyinvoices.first_documents(archived=Archived.NO, line_items=True)
        return [record for record in listed if self.select(record) is None][:most]

    def file_name(self, entry: Entry, side: Side) -> str:
        return (entry.target_name if side == "target" else None) or entry.source_name

    def download(self, entry: Entry, side: Side, into: BinaryIO) -> None:
        if side == "source":
            self.getmyinvoices.download(int(entry.source_id), into)
        else:
            self.folder.read(entry.target_id or "", into)

    def _there(self) -> dict[str, str]:
        return {record["marker"]: id_ for id_, record in self.folder.records().items()}


def _date(record: dict[str, Any]) -> date | None:
    return date.fromisoformat(record["date"]) if record["date"] else None


_IMPLEMENTED: type[Direction[Document]] = FolderDirection
"""For the type checker: the protocol is met."""
