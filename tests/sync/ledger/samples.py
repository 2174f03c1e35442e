"""Documents and clocks that read like sentences."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Entry, Ledger, PlannedDocument, State
from debitoor_provider.sync.ledger.database.tables import invoice_counts, metadata, moved_counts, state_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TTL = timedelta(minutes=5)
RUN = "debitoor__acme/manual__1"
OWNER = f"{RUN}/export/1"
WHY = Message("as_written", text="why", remedy="")
STEPS_OF_A_RUN: dict[str, Callable[[Ledger, Entry], Entry]] = {
    "intend": lambda ledger, entry: ledger.steps.intend(entry),
    "file_uploaded": lambda ledger, entry: ledger.steps.file_uploaded(entry, "file"),
    "unclear": lambda ledger, entry: ledger.steps.unclear(entry, WHY),
    "postpone": lambda ledger, entry: ledger.steps.postpone(entry, WHY),
    "moved": lambda ledger, entry: ledger.steps.moved(entry, "expense"),
    "hold": lambda ledger, entry: ledger.steps.hold(entry, WHY, code="code"),
    "reject": lambda ledger, entry: ledger.steps.reject(entry, WHY, code="code"),
    "wait": lambda ledger, entry: ledger.steps.wait(entry, WHY, code="code"),
}
"""What a run does with a claimed document."""


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, **span: float) -> datetime:
        self.time += timedelta(**span)
        return self.time


def document(number: int | str, **differing: Any) -> PlannedDocument:
    values: dict[str, Any] = {
        "source_id": str(number),
        "exchange_key": f"gmi:G-20707:{number}>debitoor:59f0",
        "snapshot": f'{{"documentUid": {number}}}',
        "source_name": f"scan-{number}.pdf",
        "document_date": date(2026, 2, 3),
        "document_number": f"R-{number}",
        "company": "Müller & Söhne",
        "currency": "EUR",
        "net_amount": Decimal("100.00"),
        "gross_amount": Decimal("119.00"),
    }
    return PlannedDocument(**values | differing)


def emptied(url: str) -> str:
    """Empty the tables of a ledger, the figures once more at the end, since they follow the documents."""
    with Ledger(url)._database.write() as connection:
        for table in (*reversed(metadata.sorted_tables), state_counts, invoice_counts, moved_counts):
            connection.execute(table.delete())
    return url


def planned(ledger: Ledger, *numbers: int, account: str = "acme", **differing: Any) -> list[Entry]:
    """Plan documents and return their entries, in the order of the numbers."""
    ledger.plans.enter(account, "export", RUN, [document(number, **differing) for number in numbers])
    known = ledger.documents.known(account, "export", [str(number) for number in numbers])
    return [known[str(number)] for number in numbers]


def give_name(ledger: Ledger, entry: Entry, name: str) -> Entry | None:
    """Give a planned document its name; return ``None`` when another one of the account has that name."""
    naming = ledger.names.give_all([(entry, name)])
    assert naming.named or naming.taken
    return naming.named[0] if naming.named else None


def claimed(ledger: Ledger, *numbers: int, owner: str = OWNER) -> list[Entry]:
    return ledger.leases.claim(planned(ledger, *numbers), owner, TTL, run_id=RUN)


def in_state(ledger: Ledger, state: State, number: int = 1) -> Entry:
    """Bring one document into a state by the steps that lead there."""
    (entry,) = claimed(ledger, number)
    match state:
        case State.WAITING:
            entry = ledger.steps.wait(
                entry, Message("as_written", text="It is not approved yet.", remedy=""), code="approval"
            )
        case State.SENDING:
            entry = ledger.steps.intend(entry)
        case State.MOVED:
            entry = ledger.steps.moved(ledger.steps.intend(entry), f"expense-{number}")
        case State.ARCHIVED:
            (entry,) = ledger.steps.archived([ledger.steps.moved(ledger.steps.intend(entry), f"expense-{number}")], RUN)
        case State.HELD:
            entry = ledger.steps.hold(
                entry, Message("as_written", text="It is in USD.", remedy="Book it by hand."), code="currency"
            )
        case State.REJECTED:
            entry = ledger.steps.reject(
                entry, Message("as_written", text="The file is empty.", remedy="Upload it again."), code="file"
            )
        case State.IGNORED:
            (entry,) = ledger.documents.ignore([entry], "user:ada", "not ours")
        case State.GONE:
            ledger.plans.enter("acme", "export", RUN, [], gone=[entry.source_id])
    ledger.leases.release(OWNER)
    return fresh(ledger, entry)


def fresh(ledger: Ledger, entry: Entry) -> Entry:
    found = ledger.documents.entry(entry.id)
    assert found is not None
    return found


def kinds(ledger: Ledger, entry: Entry) -> Sequence[str]:
    return [event.kind for event in ledger.documents.history(entry)]
