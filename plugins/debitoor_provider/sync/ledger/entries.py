"""What goes into the ledger and what comes out of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.sync.ledger.database.tables import KEY_LENGTH
from debitoor_provider.sync.ledger.sent import NOT_BOOKED, booked_columns
from debitoor_provider.sync.ledger.states import DONE, DUE, OPEN, DirectionName, State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from debitoor_provider.messages import Message
    from debitoor_provider.sync.rate_sums import ByRate

NO_REASON: Mapping[str, Any] = {"reason_code": "", "message": None}
"""The columns of a document that needs no reason."""
NO_TRACES: Mapping[str, Any] = {
    "target_name": None,
    "target_name_key": None,
    "file_id": None,
    "file_sha256": None,
    "file_bytes": None,
    "mark_code": "",
    "mark": None,
    "invoice": "",
    "choice": "",
    "duplicate_code": "",
    "duplicate": None,
    **NOT_BOOKED,
}
"""The columns that sending fills, as they are before it."""


def mark_columns(mark: Message | None) -> dict[str, Any]:
    """Return the columns of a document's mark."""
    return {"mark_code": mark.code if mark else "", "mark": mark}


def duplicate_columns(duplicate: Message | None) -> dict[str, Any]:
    """Return the columns of what a document may be a duplicate of."""
    return {"duplicate_code": duplicate.code if duplicate else "", "duplicate": duplicate}


DECIDED: Mapping[str, Any] = {**NO_REASON, **duplicate_columns(None)}
"""The columns of a held or rejected document that a person has decided about."""


class Entry(NamedTuple):
    """One document as the ledger knows it; a tuple, since a document's way needs about ten.

    :param exchange_key: source document and target company, over all accounts; what a lease is about
    :param mark: what a person should know of the figures that were sent although nothing is wrong with the document
    :param invoice: the result of looking for an e-invoice in its file, e.g. ``proven``; empty if it was not looked into
    :param choice: whose figures a person wants, by the reason that was shown, see :mod:`.choices`; empty before that
    :param corrections: facts that a person has stated about it, as words ``name=value``; empty if none
    :param duplicate: what it may be a duplicate of although it was sent
    :param booked_gross: what was sent, in the target's currency; ``None`` before that
    :param booked_rates: of which tax rates that was, see :func:`.rates_text`; empty if they are not known
    :param snapshot: the source record as it was planned; opaque to the ledger
    :param fingerprint: changes with the source record
    :param target_id: the record at the target; of a document that is still to be sent: see :attr:`wants_new_record`
    :param file_id: a file that was uploaded to the target and is not used yet
    :param planned_by: the run that listed it last
    :param moved_by: the run that worked on it last
    :param attempts: intents since it was planned
    :param asked_at: when the source was asked about it last
    :param was_there: of one that is open: whether the target had a record of it when it was last asked
    :param owner: the holder of the lease under which it was claimed; empty when read without a claim
    :param run_id: the run that claimed it
    """

    id: int
    account: str
    direction: DirectionName
    source_id: str
    state: State
    previous_state: State | None
    reason_code: str
    message: Message | None
    mark_code: str
    mark: Message | None
    invoice: str
    choice: str
    corrections: str
    duplicate_code: str
    duplicate: Message | None
    source_name: str
    target_name: str | None
    document_date: date | None
    document_number: str
    company: str
    currency: str
    net_amount: Decimal | None
    gross_amount: Decimal | None
    booked_gross: Decimal | None
    booked_currency: str
    booked_rates: str
    snapshot: str
    fingerprint: str
    settings_fingerprint: str
    exchange_key: str
    target_id: str | None
    file_id: str | None
    file_sha256: str | None
    file_bytes: int | None
    planned_by: str | None
    moved_by: str | None
    attempts: int
    asked_at: datetime | None
    created_at: datetime
    changed_at: datetime
    moved_at: datetime | None
    archived_at: datetime | None
    was_there: bool
    owner: str = ""
    run_id: str = ""

    def __repr__(self) -> str:
        return f"Entry(id={self.id}, account={self.account!r}, source_id={self.source_id!r}, state={self.state!s})"

    @property
    def reason(self) -> str:
        """Why it is in its state, in English; empty when there is nothing to say."""
        return self.message.text() if self.message else ""

    @property
    def remedy(self) -> str:
        """What a person can do about it, in English."""
        return self.message.remedy() if self.message else ""

    @property
    def decisions(self) -> str:
        """What a person has decided about it: whose figures count, and facts of its own."""
        return f"{self.choice} {self.corrections}".strip()

    @property
    def marks(self) -> tuple[Message, ...]:
        """What a person should know of it although it was sent; the reason why it is held is not also a mark."""
        return tuple(mark for mark in (self.mark, self.duplicate) if mark and mark.code != self.reason_code)

    @property
    def goes_although_archived(self) -> bool:
        """Whether it was archived because it had been sent, and is open again because a person wants it sent again."""
        return self.state in OPEN | DUE and self.archived_at is not None

    @property
    def wants_new_record(self) -> bool:
        """Whether a person wants a new record in addition to the one that the target may have."""
        return self.target_id is not None and self.state not in DONE


def record_digest(snapshot: str) -> str:
    """Return what changes with the record of a document."""
    return hashlib.sha256(snapshot.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """A document as a plan wants it in the ledger.

    :param state: planned, waiting, held or rejected
    :param message: why it waits, is held or is rejected
    :param fingerprint: changes when the source record did; empty: made from the snapshot
    :param former_key: the exchange key that an earlier version gave it; empty: none, or the same
    """

    source_id: str
    exchange_key: str
    snapshot: str = field(repr=False)
    state: State = State.PLANNED
    message: Message | None = None
    source_name: str = ""
    document_date: date | None = None
    document_number: str = ""
    company: str = ""
    currency: str = ""
    net_amount: Decimal | None = None
    gross_amount: Decimal | None = None
    fingerprint: str = ""
    former_key: str = ""

    @property
    def reason_code(self) -> str:
        """The reason's stable short name; empty without one."""
        return self.message.code if self.message else ""

    def __post_init__(self) -> None:
        if self.state not in OPEN:
            raise ValueError(f"a plan cannot make a document {self.state}")
        require_key("source_id", self.source_id)
        require_key("exchange_key", self.exchange_key)
        if not self.fingerprint:
            object.__setattr__(self, "fingerprint", record_digest(self.snapshot))


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A document that the target has, as ``rebuild`` found it there.

    :param booked_gross: of the target's record; ``None`` if it states none
    :param booked_currency: of the target's record
    :param by_rate: the amounts of each tax rate, as the books state them
    """

    source_id: str
    exchange_key: str
    target_id: str
    target_name: str | None = None
    document_date: date | None = None
    document_number: str = ""
    company: str = ""
    currency: str = ""
    net_amount: Decimal | None = None
    gross_amount: Decimal | None = None
    booked_gross: Decimal | None = None
    booked_currency: str = ""
    by_rate: ByRate = field(default_factory=dict)
    moved_at: datetime | None = None
    snapshot: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        require_key("source_id", self.source_id)
        require_key("exchange_key", self.exchange_key)
        require_key("target_id", self.target_id)

    @property
    def booked(self) -> Mapping[str, Any]:
        """The columns of what the target has."""
        if self.booked_gross is None:
            return NOT_BOOKED
        return booked_columns(self.booked_gross, self.booked_currency, self.by_rate)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a document's history.

    :param actor: ``run``, ``check``, or ``user:<name>``
    :param kind: see :class:`~debitoor_provider.sync.ledger.states.EventKind`
    """

    id: int
    document_id: int
    at: datetime
    run_id: str | None
    actor: str
    kind: str
    from_state: State | None
    to_state: State
    detail: Mapping[str, Any]


def require_key(name: str, value: str) -> None:
    """Raise :class:`ValueError` for a key that is empty or too long to be indexed."""
    if not value or len(value) > KEY_LENGTH:
        raise ValueError(f"{name} must have 1 to {KEY_LENGTH} characters")
