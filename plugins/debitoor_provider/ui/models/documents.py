"""Documents as the API returns them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from debitoor_provider.messages import readable
from debitoor_provider.runs.history import with_canonical_amounts
from debitoor_provider.sync.accounts.values import not_valid
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.ledger import ATTENTION, DONE, Entry, Event, EventKind, State, origins
from debitoor_provider.sync.marks import EInvoice, Mark
from debitoor_provider.sync.steps.lookalikes import lookalike_keys
from debitoor_provider.ui.models.common import Moment, RequestDay, RunRef, Text, in_currency
from debitoor_provider.ui.models.corrections import StatedFacts
from debitoor_provider.ui.models.lookalikes import LookalikeModel
from debitoor_provider.ui.redaction import redacted_detail

Action = Literal[
    "book_invoice", "book_record", "distinct", "send", "send_again", "only_if_missing", "mark_moved", "ignore"
]

ORIGINS: dict[Action, frozenset[State]] = {
    "book_invoice": ATTENTION,
    "book_record": ATTENTION,
    "distinct": frozenset({State.HELD, *DONE}),
    "send": origins(EventKind.RETRIED),
    "send_again": origins(EventKind.SENT_AGAIN),
    "only_if_missing": origins(EventKind.SENT_AGAIN),
    "mark_moved": origins(EventKind.MARKED_MOVED),
    "ignore": origins(EventKind.IGNORED),
}
"""The states in which a document allows an action."""
FIGURES: dict[Action, str] = {"book_invoice": "invoice", "book_record": "record"}
"""The actions that choose whose figures are booked, where the document has a question that they answer."""


def allows(entry: Entry, action: Action) -> bool:
    """Return whether a document allows an action."""
    if entry.state not in ORIGINS[action]:
        return False
    if action == "distinct":
        return bool(lookalike_keys(entry))
    return action not in FIGURES or bool(DIRECTIONS[entry.direction].questions(entry, FIGURES[action]))


class MarkModel(BaseModel):
    """What a person should know of a document although it was sent."""

    code: str = Field(description="nearest_split, paid_before, possible_duplicate or unbooked")
    text: Text


class DocumentModel(BaseModel):
    """One document and its state."""

    id: int
    account: str
    direction: str
    source_id: Text
    state: State
    reason_code: Text
    reason: Text
    remedy: Text
    marks: list[MarkModel]
    invoice: Text = Field(description="Outcome of its e-invoice, such as proven; empty if its file was not read")
    source_name: Text
    target_name: Text | None
    document_date: date | None
    document_number: Text
    company: Text
    currency: Text
    net_amount: Decimal | None
    gross_amount: Decimal | None
    booked_gross: Decimal | None = Field(description="What was sent, in the target's currency")
    booked_currency: Text
    target_id: str | None
    planned_by: RunRef | None
    moved_by: RunRef | None
    attempts: int
    created_at: Moment
    changed_at: Moment
    moved_at: Moment | None
    archived_at: Moment | None
    actions: list[Action] = Field(
        description="What its state allows; in the list of what needs attention, empty without the right to edit"
    )

    @classmethod
    def of(cls, entry: Entry, **more: Any) -> Self:
        """Return the model of an entry of the ledger."""
        values = {name: getattr(entry, name) for name in _PLAIN} | {
            "marks": [MarkModel(code=mark.code, text=str(mark)) for mark in entry.marks],
            "net_amount": in_currency(entry.net_amount, entry.currency),
            "gross_amount": in_currency(entry.gross_amount, entry.currency),
            "booked_gross": in_currency(entry.booked_gross, entry.booked_currency),
            "target_id": entry.target_id or None,
            "planned_by": RunRef.of(entry.planned_by, entry.account),
            "moved_by": RunRef.of(entry.moved_by, entry.account),
            "actions": [action for action in ORIGINS if allows(entry, action)],
        }
        return cls.model_validate(values | more)


_MADE = {"marks", "net_amount", "gross_amount", "booked_gross", "target_id", "planned_by", "moved_by", "actions"}
_PLAIN = DocumentModel.model_fields.keys() - _MADE


ChangedAfter = Annotated[
    Moment | None, Field(description="Only what changed after this was looked through for the text; null: everything")
]


class DocumentList(BaseModel):
    """A page of a list of documents."""

    total: int = Field(description="How many match")
    states: dict[State, int] = Field(description="How many match in each state, whatever states are chosen")
    marks: dict[str, int] = Field(
        description="How many match with each mark, or are held for what it says, whatever mark is chosen"
    )
    invoices: dict[str, int] = Field(description="How many match with each e-invoice, whatever one is chosen")
    changed_after: ChangedAfter = None
    documents: list[DocumentModel]


class EventModel(BaseModel):
    """One line of a document's history."""

    at: Moment
    kind: str
    actor: Text = Field(description="run, check, or user:<name>")
    run: RunRef | None
    from_state: State | None
    to_state: State
    detail: dict[str, Any]

    @classmethod
    def of(cls, event: Event, entry: Entry) -> EventModel:
        """Return the model of an event of the ledger.

        :param entry: the document that it is about
        """
        return cls(
            at=event.at,
            kind=event.kind,
            actor=event.actor,
            run=RunRef.of(event.run_id, entry.account),
            from_state=event.from_state,
            to_state=event.to_state,
            detail=readable(with_canonical_amounts(redacted_detail(event.detail), entry)),
        )


class ValueModel(BaseModel):
    """A value of a record or an e-invoice."""

    model_config = ConfigDict(from_attributes=True)

    text: Text | None = Field(
        description="A kind in words, a currency, a date as 2026-01-31 or an amount as 119.00; null for a mere rate"
    )
    rate: Decimal | None = Field(description="Tax rate in percent; null for a value of the whole document")


class ContradictionModel(BaseModel):
    """One thing that record and e-invoice of a held document say differently."""

    model_config = ConfigDict(from_attributes=True)

    what: Literal["kind", "currency", "date", "gross", "net", "rates", "by_rate"]
    record: list[ValueModel]
    invoice: list[ValueModel]


class DocumentWithHistory(DocumentModel):
    """One document with its history."""

    stated: StatedFacts = Field(description="What a person has stated about it in place of its record")
    correctable: list[str] = Field(description="Which of these a person may state now")
    books_currency: str | None = Field(description="Currency of the books; null while it is not known without asking")
    contradictions: list[ContradictionModel] = Field(description="What record and e-invoice say differently, if held")
    lookalikes: list[LookalikeModel] = Field(description="What it may be a duplicate of")
    history: list[EventModel] = Field(description="Oldest first")
    source_title: str = Field(description="The service that it comes from")
    target_title: str = Field(description="The service that it goes to")
    source_url: str | None = Field(
        description="Where people see it at the source; null when the connection has no page"
    )
    target_url: str | None = Field(description="Where people see its record at the target, likewise")


class DocumentOfAccount(DocumentModel):
    """A document in a list of several accounts."""

    account_name: Text


class DocumentListOfAccounts(DocumentList):
    """A page of a list of documents of several accounts."""

    documents: list[DocumentOfAccount]  # type: ignore[assignment]  # a narrower list, which is only read


class AttentionList(BaseModel):
    """A page of what needs attention, newest change first."""

    total: int
    codes: dict[str, int] = Field(description="How many match with each reason, whatever reason is chosen")
    changed_after: ChangedAfter = None
    documents: list[DocumentOfAccount]


class AttentionCount(BaseModel):
    """How much needs attention."""

    total: int
    documents: int = Field(description="Held and rejected ones")
    accounts: int = Field(description="Those whose state needs a person, such as broken, reconnect, failed or late")


LARGEST_ID = 2**63 - 1
"""The largest number of a document that a database can hold."""
_Id = Annotated[int, Field(strict=True, ge=1, le=LARGEST_ID)]


class DocumentSelection(BaseModel):
    """Documents by what they have in common, as a list shows them."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    states: list[State] | None = None
    start: RequestDay | None = Field(default=None, alias="from", description="First document date, inclusive")
    end: RequestDay | None = Field(default=None, alias="to", description="Last document date, inclusive")
    search: Annotated[str, Field(max_length=200)] = ""
    mark: Mark | None = None
    invoice: EInvoice | None = None


class ActionRequest(BaseModel):
    """What is to be done with some documents of an account."""

    model_config = ConfigDict(extra="forbid")

    action: Action = Field(
        description="send: what was not sent; send_again: what was, as a second record;"
        " only_if_missing: the same, unless the target still has it"
    )
    ids: Annotated[list[_Id], Field(min_length=1, max_length=10_000)] | None = None
    fitting: DocumentSelection | None = None
    reason_code: Annotated[str, Field(max_length=100)] | None = Field(
        default=None, description="Only those that are still held or rejected for this reason, as it was shown"
    )
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.ids is None) == (self.fitting is None):
            raise not_valid("request_ids_or_fitting")
        return self


class ActionResult(BaseModel):
    """The result of an action."""

    changed: int
    left: int = Field(description="Documents in a state that does not allow it; they were left alone")
