"""Uploads as a run would make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from debitoor_provider.sync.import_.draft import new_document, note_of, sent_of, statement_of, upload_name
from debitoor_provider.sync.money import cents
from debitoor_provider.sync.steps.drafts import Shown
from debitoor_provider.sync.steps.repeated_records import booked_twice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from debitoor_provider.messages import Message
    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.services.getmyinvoices.models import NewDocument
    from debitoor_provider.sync.accounts.settings import ImportAccount
    from debitoor_provider.sync.ledger import Sent
    from debitoor_provider.sync.statement import Statement
    from debitoor_provider.sync.steps.copies import Copies, Copy
    from debitoor_provider.sync.steps.left_out import LeftOut


@dataclass(frozen=True, slots=True)
class UploadDraft:
    """An upload as a person sees it before it is made.

    :param company: that it will be assigned to
    :param document: the sales document that is uploaded
    """

    upload: NewDocument
    company: str
    document: SalesDocument

    def shown(self) -> Shown:
        """Return what a person sees of it."""
        upload = self.upload
        amount = upload.gross_amount
        return Shown(
            description=_description(upload.note, upload.tags),
            lines=() if amount is None else (f"{cents(amount)}",),
            currency=upload.currency,
            party=self.company,
            date=upload.document_date,
            category=upload.document_type,
        )

    def statement(self) -> Statement:
        """Return the figures of the upload."""
        return statement_of(self.upload)

    def sent(self) -> Sent:
        """Return the document's figures as they are uploaded."""
        return sent_of(self.upload, self.document)


@dataclass(frozen=True, slots=True)
class UploadDrafts:
    """Drafts of a list of sales documents.

    :param copies: the documents that GetMyInvoices has of sales documents
    """

    account: ImportAccount
    company_uid: int | None
    copies: Copies

    def description(self, record: SalesDocument) -> str:
        """Return note and tags of an upload."""
        return _description(note_of(record, self.account), self.account.defaults.tags)

    def draft(self, record: SalesDocument, decisions: str = "") -> UploadDraft:
        """Return the upload that a sales document becomes.

        :raises Obstacle: when the account's rules hold the document
        """
        upload = new_document(record, self.account, self.company_uid, upload_name(record))
        return UploadDraft(upload, self.account.defaults.company or "", record)

    def released(self, record: SalesDocument, decisions: str = "", *, sent_again: bool = False) -> LeftOut | None:
        """Return nothing: sales documents have no approval."""
        return None

    def copies_of(self, record: SalesDocument) -> Sequence[Copy]:
        """Return the documents that carry the sales document's marker."""
        return self.copies.get(record.id, ())

    def present(self, record: SalesDocument, drafted: UploadDraft) -> Message | bool:
        """Return whether GetMyInvoices has a document with the sales document's marker."""
        there = self.copies_of(record)
        return booked_twice(there) if len(there) > 1 else bool(there)


def _description(note: str, tags: Iterable[str]) -> str:
    return " ".join([note, *(f"#{tag}" for tag in tags)])
