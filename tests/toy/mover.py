"""What is written for a document, and one document on its way into the folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import NotFound
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.services.getmyinvoices.models import Document
from debitoor_provider.sync.content import seal, spool
from debitoor_provider.sync.ledger import Entry, Ledger
from debitoor_provider.sync.obstacle import rejected
from debitoor_provider.sync.snapshot import Snapshots, is_fresh
from debitoor_provider.sync.statement import Statement
from debitoor_provider.sync.steps.copies import Copy
from debitoor_provider.sync.steps.drafts import Draft, Shown
from debitoor_provider.sync.steps.leaving import leave
from debitoor_provider.sync.steps.left_out import LeftOut
from tests.toy.folder import Folder

DOCUMENTS = Snapshots(Document)
DELETED = LeftOut(Message("deleted", service="GetMyInvoices"))


@dataclass(frozen=True)
class FolderDraft:
    """The record that will lie next to a document's file."""

    marker: str
    company: str
    gross: Decimal
    document: Document

    def as_record(self) -> dict[str, Any]:
        date = self.document.document_date
        return {
            "marker": self.marker,
            "company": self.company,
            "gross": str(self.gross),
            "currency": self.document.currency,
            "date": date.isoformat() if date else None,
        }

    def shown(self) -> Shown:
        one = self.document
        return Shown(self.company, (f"{self.gross:.2f}",), one.currency, self.company, one.document_date, "")

    def statement(self) -> Statement:
        return Statement.of_total(self.document.document_date, (), self.gross, self.document.currency)

    def sent(self) -> None:
        """Return ``None``: the record says all."""


def draft(document: Document) -> FolderDraft:
    """Return what will be written.

    :raises Obstacle: when the document has no amount
    """
    if not document.gross_amount:
        raise rejected("no_gross_amount")
    return FolderDraft(str(document.document_uid), document.company_name, document.gross_amount, document)


@dataclass(frozen=True)
class FolderDrafts:
    """Drafts of a list of documents.

    :param there: the records in the folder, by marker
    """

    there: Mapping[str, str]

    def description(self, record: Document) -> str:
        return record.company_name

    def draft(self, record: Document, choice: str = "") -> FolderDraft:
        return draft(record)

    def released(self, record: Document, decisions: str = "", *, sent_again: bool = False) -> LeftOut | None:
        return None

    def copies_of(self, record: Document) -> Sequence[Copy]:
        there = self.there.get(str(record.document_uid))
        return [Copy(there, "", None, None, "")] if there else []

    def present(self, record: Document, draft: Draft) -> Message | bool:
        return str(record.document_uid) in self.there


@dataclass(frozen=True)
class FolderMover:
    """What the documents of one batch share.

    :param read: returns a document as it is now
    :param select: returns why the account does not take it
    :param there: the documents in the folder, by marker
    """

    settings_fingerprint: str
    ledger: Ledger
    getmyinvoices: GetMyInvoicesClient
    folder: Folder
    read: Callable[[str], Document]
    select: Callable[..., LeftOut | None]
    there: Mapping[str, str]
    now: Callable[[], datetime]

    def move(self, entry: Entry) -> None:
        there = self.there.get(entry.source_id)
        if there and not entry.wants_new_record:
            self.ledger.steps.moved(entry, there, detail={"found": True})
            return
        document = self._current(entry)
        if document is None:
            return
        record = draft(document).as_record()
        with spool() as body:
            self.getmyinvoices.download(document.document_uid, body, filename=document.filename)
            content = seal(body, document.filename)
            entry = self.ledger.steps.intend(entry, detail=record)
            name = self.folder.put(entry.target_name or document.filename, content.body, record)
        self.ledger.steps.moved(entry, name, sha256=content.sha256, size=content.size)

    def _current(self, entry: Entry) -> Document | None:
        if is_fresh(entry, self.settings_fingerprint, self.now()):
            return DOCUMENTS.load(entry.snapshot)
        try:
            document = self.read(entry.source_id)
        except NotFound:
            left_out: LeftOut | None = DELETED
        else:
            left_out = self.select(document, sent_again=entry.goes_although_archived)
        if left_out is None:
            return document
        leave(self.ledger, entry, left_out)
        return None
