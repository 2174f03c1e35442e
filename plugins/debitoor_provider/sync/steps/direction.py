"""What the steps know of a direction; :mod:`debitoor_provider.sync.directions` lists those there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, MutableMapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date, datetime, timedelta

    from debitoor_provider.sync.accounts.finding import Finding
    from debitoor_provider.sync.ledger import Entry, FoundDocument, PlannedDocument
    from debitoor_provider.sync.statement import Statement, TargetRecord
    from debitoor_provider.sync.steps.copies import Copies
    from debitoor_provider.sync.steps.drafts import Drafts
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.left_out import LeftOut
    from debitoor_provider.sync.steps.shared import ListRequest
    from debitoor_provider.sync.window import Window
    from debitoor_provider.sync.worth import Worth

Record = TypeVar("Record")
"""A document as its source describes it."""
Side = Literal["source", "target"]
ServiceClients: TypeAlias = Callable[[str], Any]
"""Returns the client of a service by its name, opened on first use."""
Mover: TypeAlias = "Callable[[Entry], None]"
"""Moves one claimed document to its next state."""


class Direction(Protocol[Record]):
    """One account's way from its source to its target.

    :param name: as in the account file's ``type``
    :param source_title: the source's name, as people know it
    :param target_title: the target's
    :param numbers_decide: whether documents with different numbers are different ones, since one program numbers them
    :param deleted: why a document is left out that the source does not have any more
    """

    name: str
    source_title: str
    target_title: str
    numbers_decide: bool
    deleted: LeftOut

    @property
    def overlap(self) -> timedelta:
        """How far a listing reaches back behind the watermark."""
        ...

    @property
    def asked(self) -> Collection[str]:
        """The codes of the reasons for which a run asks the source about waiting documents: a few of them each time."""
        ...

    @property
    def rechecked(self) -> Collection[str]:
        """The codes of the other reasons about which :meth:`recheck` does not always return ``False``."""
        ...

    def require_source(self) -> None:
        """Make sure that the source belongs to the account, before a listing of it moves the watermark.

        :raises Misconfigured: when it does not
        """
        ...

    def source_time(self, *, ask: bool = False) -> datetime | None:
        """Return the time by the source's clock; ``None`` when it has not reported it.

        :param ask: make a call if no answer has reported it yet
        """
        ...

    def require_target(self) -> None:
        """Make sure that the target belongs to the account.

        :raises Misconfigured: when it does not
        """
        ...

    def unknown_names(self) -> Iterable[Finding]:
        """Ask the services for what the settings name, and return what may still come but does not exist now."""
        ...

    def doubts(self) -> Iterable[Finding]:
        """Ask the target, and return which settings do not fit it; runs continue with them."""
        ...

    def records(self, window: Window, keep: MutableMapping[Any, Record]) -> tuple[Iterable[Record], list[str]]:
        """Return what the window asks for, and the ids that were asked for but do not exist any more.

        :param keep: where records lie until they are taken
        """
        ...

    def list_request(self, window: Window) -> ListRequest[Record] | None:
        """Return, without a call, what :meth:`records` asks the source for; ``None``: each account asks on its own."""
        ...

    def read(self, source_id: str) -> Record:
        """Return a document as it is now.

        :raises NotFound: when it does not exist (any more)
        """
        ...

    def id_of(self, record: Record) -> str:
        """Return the document's id at the source."""
        ...

    def is_archived(self, record: Record) -> bool:
        """Return whether the document is archived at the source."""
        ...

    def select(self, record: Record, *, sent_again: bool = False) -> LeftOut | None:
        """Return why the account does not take a document; ``None`` when it does.

        :param sent_again: it was archived because it had been sent, and a person wants it sent again
        """
        ...

    def recheck(self, entry: Entry) -> LeftOut | bool:
        """Return whether a run looks at a waiting document. Makes no call.

        :return: ``True``: even if no listing of changes shows it; ``False``: if one does; a reason: it still waits, for
            this reason, unless its record has changed
        """
        ...

    def planned(self, record: Record, left_out: LeftOut | None = None) -> PlannedDocument:
        """Return what the ledger keeps of a document.

        :param left_out: why it waits
        """
        ...

    def load(self, snapshot: str) -> Record:
        """Return the record that the ledger kept."""
        ...

    def corrected(self, record: Record, decisions: str) -> Record:
        """Return a document's record with the facts that a person has stated about it.

        :param decisions: what a person has decided about the document, as the ledger stores it
        """
        ...

    def stated(self, record: Record) -> Statement | None:
        """Return the figures that a document's record states, right or wrong; ``None`` without a gross amount."""
        ...

    def worth(self) -> Worth:
        """Return what tells the worth of documents in the currency of the books."""
        ...

    def wanted_name(self, record: Record) -> str:
        """Return the file name that the copy at the target should have."""
        ...

    def drafts(self, records: Sequence[Record], *, look: bool = True) -> Drafts[Record]:
        """Ask for what drafts of these documents need together. Writes nothing.

        :param look: look at the target too: for copies of the documents, and whether it can take them
        :raises StopError: when a run could not move any of them
        """
        ...

    def moving(self, job: Job, pending: Sequence[Entry]) -> AbstractContextManager[Callable[[list[Entry]], Mover]]:
        """Prepare to move documents; yields what looks at a claimed batch and returns what moves one document of it.

        :param pending: all that the run is to move
        """
        ...

    def copies(self, days: Iterable[date | None]) -> Copies:
        """Return the records at the target that carry a document's marker and were written on these days or later.

        :param days: one of them ``None``: all records
        """
        ...

    def repeated_copies(self, days: Iterable[date | None], *, at_least: int = 0) -> Copies:
        """Return those of :meth:`copies` of which a document has several, in little memory however many there are.

        :param at_least: how many records were written since, as far as the caller knows
        """
        ...

    def target_records(
        self, start: date | None, end: date | None, keep: MutableMapping[Any, Any]
    ) -> Iterable[TargetRecord]:
        """Return the target's records of a period: those with a marker, and others that the account could have made.

        :param start: first date, inclusive
        :param end: last date, inclusive
        :param keep: where records lie until they are taken
        """
        ...

    def target_records_near(self, start: date, end: date) -> Iterable[TargetRecord]:
        """Return the target's records with dates of a period that may repeat a document, no matter who made them.

        :param start: first date, inclusive
        :param end: last date, inclusive
        """
        ...

    def archive(self, source_id: str) -> None:
        """Archive a document at the source. Archiving twice does no harm.

        :raises RejectError: when the source refuses
        """
        ...

    def found_documents(self) -> Iterable[FoundDocument]:
        """Return the documents whose marker is on a record at the target."""
        ...

    def samples(self, most: int) -> Sequence[Record]:
        """Return real documents to try settings on, if possible those that the account takes."""
        ...

    def file_name(self, entry: Entry, side: Side) -> str:
        """Return the name of a document's file at its source or target."""
        ...

    def download(self, entry: Entry, side: Side, into: BinaryIO) -> None:
        """Write a document's file from its source or target.

        :raises NotFound: when it is not there
        """
        ...
