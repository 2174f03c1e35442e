"""What the target has already, found by the marks of the documents, and what became of an attempt (design 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from debitoor_provider.services.getmyinvoices.enums import Archived
from debitoor_provider.sync.ledger import Kind, State
from debitoor_provider.sync.specification import ANY_SALES_MARKER, find_marker, find_sales_marker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.debitoor.models import Expense
    from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.ledger import Entry, Ledger

Present = TypeVar("Present")

SETTLE = timedelta(seconds=90)
"""A write that was answered by 503 may still be committed (Debitoor contract section 10)."""
_CLOCKS = timedelta(days=1)  # more than time zones and clocks differ


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


class Look(Generic[Present]):
    """What the target has of all that a run is to move: asked for once, not for each batch of it.

    While the run goes on, nobody else brings these documents there without the ledger's knowing. So it is asked for
    again when the ledger knows of an earlier attempt, or of another account's, at one of a batch.

    :param ask: asks the target about everything that the run is to move
    """

    def __init__(self, ask: Callable[[], Present]) -> None:
        self._ask = ask
        self._seen: Present | None = None

    def at(self, *, somebody_was_there: bool) -> Present:
        """Give what there is, at a time after the batch was claimed if that matters."""
        if self._seen is None or somebody_was_there:
            self._seen = self._ask()
        return self._seen


def expenses_of(debitoor: DebitoorClient, arrivals: Iterable[date | None]) -> Mapping[int, list[Expense]]:
    """Ask Debitoor which expenses carry the mark of a document; gives them by the document's id.

    An expense is newer than its document, so those that were changed since the first of the documents arrived are all
    there can be. Neither the dates of the documents are asked by, which people change, nor the ledger, which may be a
    new one after a loss, or an old one out of a back-up.

    :param arrivals: when each document arrived in GetMyInvoices; ``None``: nobody knows
    """
    found: dict[int, list[Expense]] = {}
    for expense in debitoor.expenses(changed_since=_since(arrivals)):
        for uid in {find_marker(line.description) for line in expense.lines}:
            if uid is not None:
                found.setdefault(uid, []).append(expense)
    return found


def copies_of(getmyinvoices: GetMyInvoicesClient, bookings: Iterable[datetime | None]) -> Mapping[str, Document]:
    """Ask GetMyInvoices which documents carry the mark of a sales document; gives them by the sales document's id.

    As :func:`expenses_of`, and for the same reasons.

    :param bookings: when each sales document was booked in Debitoor; ``None``: nobody knows
    """
    since = _since(booked and booked.date() for booked in bookings)
    rows = getmyinvoices.documents(archived=Archived.ANY, note=ANY_SALES_MARKER, updated_since=since)
    return {sales_id: row for row in rows if (sales_id := find_sales_marker(row.note))}


def open_attempts(ledger: Ledger, claimed: Sequence[Entry]) -> dict[int, Attempt]:
    """Find, by entry id, the attempts that may have booked something without our knowing.

    An attempt that did not get to upload its file has booked nothing.
    """
    open_ones = (entry for entry in claimed if entry.state is State.SENDING and entry.file_id)
    found = ((entry.id, last_attempt(ledger, entry)) for entry in open_ones)
    return {id_: attempt for id_, attempt in found if attempt}


def last_attempt(ledger: Ledger, entry: Entry) -> Attempt | None:
    """Read the last attempt from a document's history."""
    history = ledger.documents.history(entry)
    intents = [place for place, event in enumerate(history) if event.kind == Kind.INTENT]
    if not intents:
        return None
    since = history[intents[-1] :]
    unclear = [event.at for event in since if event.kind == Kind.UNCLEAR]
    return Attempt(since[0].at, unclear[0] if unclear else since[-1].at, since[0].detail)


def _since(days: Iterable[date | None]) -> datetime | None:
    """Give a moment before the first of the days, wherever it began; ``None`` when one of them is not known."""
    known = list(days)
    if not known or None in known:
        return None
    return datetime.combine(min(filter(None, known)), time.min, UTC) - _CLOCKS
