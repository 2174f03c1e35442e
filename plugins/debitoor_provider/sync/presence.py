"""What the books have already: expenses that carry a document's mark, and what became of an attempt (design 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.ledger import Kind, State
from debitoor_provider.sync.specification import find_marker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import Expense
    from debitoor_provider.sync.ledger import Entry, Ledger

SETTLE = timedelta(seconds=90)
"""A write that was answered by 503 may still be committed (Debitoor contract section 10)."""
_CLOCKS = timedelta(minutes=15)  # how far our clock and the service's may differ


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last attempt to book a document.

    :param began: when it was announced
    :param given_up: when it was given up, or heard of last
    :param announced: what was to be booked
    """

    began: datetime
    given_up: datetime
    announced: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Presence:
    """The expenses with a mark, as far as they were asked for.

    :param by_mark: by the id of the document that the mark names
    :param days: the expense dates from the first to the last of which were asked for; ``None``: all there are
    """

    debitoor: DebitoorClient
    by_mark: Mapping[int, list[Expense]]
    days: Sequence[date] | None

    def of(self, document_uid: int) -> list[Expense]:
        """Give the expenses of a document that were found."""
        return self.by_mark.get(document_uid, [])

    def on(self, document_uid: int, day: date) -> list[Expense]:
        """Give the expenses of a document, asked for anew when its date has become another since it was planned."""
        if self.days is None or (self.days and self.days[0] <= day <= self.days[-1]):
            return self.of(document_uid)
        anew = _by_mark(self.debitoor.expenses(from_date=day, to_date=day))
        return self.of(document_uid) + anew.get(document_uid, [])


def look_up(
    debitoor: DebitoorClient, claimed: Sequence[Entry], attempts: Iterable[Attempt], *, everywhere: bool
) -> Presence:
    """Ask Debitoor which documents it has already.

    :param attempts: those whose outcome is open: what they booked is found whatever its date
    :param everywhere: whatever the dates of the documents
    """
    if everywhere:
        return Presence(debitoor, _by_mark(debitoor.expenses()), None)
    found: dict[str, Expense] = {}
    days = sorted({entry.document_date for entry in claimed if entry.document_date})
    if days:
        found |= {expense.id: expense for expense in debitoor.expenses(from_date=days[0], to_date=days[-1])}
    if began := [attempt.began for attempt in attempts]:
        found |= {expense.id: expense for expense in debitoor.expenses(changed_since=min(began) - _CLOCKS)}
    return Presence(debitoor, _by_mark(found.values()), days)


def open_attempts(ledger: Ledger, claimed: Sequence[Entry]) -> dict[int, Attempt]:
    """Find, by entry id, the attempts that may have booked something without our knowing.

    An attempt that did not get to upload its file has booked nothing.
    """
    open_ones = (entry for entry in claimed if entry.state is State.SENDING and entry.file_id)
    found = ((entry.id, last_attempt(ledger, entry)) for entry in open_ones)
    return {id_: attempt for id_, attempt in found if attempt}


def last_attempt(ledger: Ledger, entry: Entry) -> Attempt | None:
    """Read the last attempt from a document's history."""
    history = ledger.history(entry)
    intents = [place for place, event in enumerate(history) if event.kind == Kind.INTENT]
    if not intents:
        return None
    since = history[intents[-1] :]
    unclear = [event.at for event in since if event.kind == Kind.UNCLEAR]
    return Attempt(since[0].at, unclear[0] if unclear else since[-1].at, since[0].detail)


def _by_mark(expenses: Iterable[Expense]) -> dict[int, list[Expense]]:
    found: dict[int, list[Expense]] = {}
    for expense in expenses:
        for uid in {find_marker(line.description) for line in expense.lines}:
            if uid is not None:
                found.setdefault(uid, []).append(expense)
    return found
