"""The reference model: what has to be in the books and in the ledger, by the design and the two contracts alone.

It shares no code with the product. Every document that was entered is here with its record as it is now; a row
says what the exchange knows of it. Where the design leaves open which of several reasons is given, any of them will do.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")  # GetMyInvoices contract A-19
EVERYTHING_EVERY = timedelta(days=7)  # design section 4: a change that is not reported is found within a week
FRESH = timedelta(minutes=10)  # for so long a listed record may stand for the document as it is now
LARGE = 1 << 20  # bytes; above, the file comes apart from the record
OPEN = {"waiting", "planned", "attention"}
DONE = {"moved", "archived"}
DUE = {"planned", "sending"}


class Figures(NamedTuple):
    """Amounts of a document, and what keeps them from being booked."""

    net: str
    gross: str
    rates: tuple[str, ...]
    flaw: str = ""


FIGURES = {
    "one rate": Figures("100.00", "119.00", ("19",)),
    "reduced": Figures("10.00", "10.70", ("7",)),
    "two rates": Figures("200.00", "226.00", ("7", "19")),
    "untaxed": Figures("50.00", "50.00", ()),
    "negative": Figures("-100.00", "-119.00", ("19",)),
    "nothing": Figures("0.00", "0.00", (), "zero_amount"),
    "misread": Figures("100.00", "150.00", ("19",), "figures_disagree"),
    "no rate": Figures("100.00", "119.00", (), "no_tax_rate"),
}
SUPPLIERS = {"Paper Ltd": "DE", "Desk AG": "DE", "Vin SARL": "FR", "": ""}


@dataclass(frozen=True)
class Record:
    """What the list of GetMyInvoices contains about a document."""

    number: str
    kind: str = "INCOMING_INVOICE"
    day: str = "2026-01-31"
    figures: str = "one rate"
    currency: str = "EUR"
    supplier: str = "Paper Ltd"
    tags: frozenset[str] = frozenset()
    note: str = ""
    payment: str = "Not paid"
    archived: bool = False
    locked: bool = False


@dataclass
class Document:
    """A document of GetMyInvoices.

    :param changed: what the service holds for the time of its last change
    """

    record: Record
    sha256: str
    size: int
    changed: datetime
    is_pdf: bool = True
    approved: bool | None = None
    deleted: bool = False


@dataclass(frozen=True)
class Sale:
    """An invoice or credit note of Debitoor as it is now."""

    number: str
    kind: str
    day: str
    gross: Decimal
    sha256: str
    changed: datetime
    is_pdf: bool = True
    paid: bool = False
    cancelled: bool = False
    deleted: bool = False


@dataclass(frozen=True)
class ExportRules:
    """What a person set for the export."""

    kinds: tuple[str, ...] = ("INCOMING_INVOICE", "RECEIPT", "CREDIT_NOTE")
    wanted: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    payment: tuple[str, ...] = ()
    companies: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    approved_only: bool = False
    without_workflow: str = "skip"
    period: tuple[str | None, str | None] = (None, None)
    take_archived: bool = False
    archive: bool = False
    template: str = ""
    foreign: str = "hold"
    credit: str = "hold"

    def settings(self) -> dict[str, Any]:
        """Return the settings as the account file has them."""
        chosen: dict[str, Any] = {
            "document_types": self.kinds,
            "tags": {"any": self.wanted, "none": self.barred},
            "payment_status": self.payment,
            "approved_only": self.approved_only,
            "without_workflow": self.without_workflow,
            "archived": self.take_archived,
        }
        companies = dict(zip(("include", "exclude"), self.companies, strict=True))
        if any(self.companies):
            chosen["companies"] = {name: refs for name, refs in companies.items() if refs}
        return {
            "filter": chosen,
            "period": dict(zip(("from", "to"), self.period, strict=True)),
            "archive_after_transfer": self.archive,
            "rename": self.template,
            "foreign_currency": self.foreign,
            "positive_credit_note": self.credit,
            "parallel": 1,
        }


@dataclass(frozen=True)
class ImportRules:
    """What a person set for the import."""

    documents: tuple[str, ...] = ("invoices", "credit_notes")
    kind: str = "SALES_INVOICE"
    credit_kind: str | None = None
    period: tuple[str | None, str | None] = (None, None)

    def settings(self) -> dict[str, Any]:
        """Return the settings as the account file has them."""
        defaults = {"document_type": self.kind, "credit_note_type": self.credit_kind, "tags": ["debitoor"]}
        period = dict(zip(("from", "to"), self.period, strict=True))
        return {"documents": self.documents, "defaults": defaults, "period": period, "parallel": 1}


@dataclass
class Row:
    """What the exchange knows of a document.

    :param state: as in the ledger; held and rejected are both ``attention``
    :param why: the reasons of which one is given
    :param listed: the record as it was listed last
    :param rules: the settings at that time
    :param run: the run that listed it last
    :param asked: when, by our clock
    :param verified: whether a run saw it at the target
    :param refused: whether the source would not archive it
    :param stem: the file name that it got, but for a number at its end
    :param ours: whether it was archived at the source because it had been sent; that does not keep it from going again
    """

    state: str
    why: frozenset[str]
    listed: Any
    rules: Any
    run: str
    asked: datetime
    verified: bool = False
    refused: bool = False
    stem: str | None = None
    ours: bool = False

    def become(self, state: str, why: frozenset[str] = frozenset()) -> None:
        self.state, self.why = state, why
        if state in {"gone", "ignored"}:
            self.stem = None
        if state == "moved":
            self.refused = False

    def send_again(self) -> None:
        """Send a document again, with a new name, as a person requests it."""
        self.become("planned")
        self.stem = None


@dataclass(frozen=True)
class Copy:
    """What is at the target, with the amounts and the file as they were at transfer."""

    gross: Decimal
    day: str
    sha256: str
    number: str = ""
    kind: str = ""
    stem: str = ""
    live: bool = True


@dataclass
class Memory:
    """What the exchange of one direction remembers, and what it brought to the target."""

    rows: dict[str, Row] = field(default_factory=dict)
    copies: dict[str, Copy] = field(default_factory=dict)
    listed_at: datetime | None = None
    full_at: datetime | None = None
    full_rules: Any = None

    def since(self, now: datetime, rules: Any, overlap: timedelta) -> datetime | None:
        """Return since when a scheduled run asks for changes; ``None`` for everything.

        :param now: by the source's clock, which is read to the second
        """
        if self.listed_at is None or self.full_at is None or self.full_rules != rules:
            return None
        is_recent = now - self.full_at < EVERYTHING_EVERY - timedelta(minutes=1)
        return self.listed_at - overlap if is_recent else None

    def move_mark(self, now: datetime, rules: Any, *, full: bool) -> None:
        """Move the watermark after a complete scheduled plan; it never goes back."""
        self.listed_at = max(now, self.listed_at or now)
        if full:
            self.full_at = max(now, self.full_at or now)
        self.full_rules = rules

    def enter(
        self, listed: dict[str, tuple[Any, frozenset[str] | None]], gone: set[str], rules: Any, run: str, now: datetime
    ) -> set[str]:
        """Take in what was listed: its record, and why it waits; ``None`` when the account does not want it.

        :return: the ids that the account wants, now or later
        """
        kept = {id_ for id_, (_, waits) in listed.items() if waits is not None}
        for id_ in kept:
            record, waits = listed[id_]
            row = self.rows.get(id_)
            if row is not None and row.state == "sending":
                row.run = run  # which settles it
            if row is not None and (row.state in {*DONE, "ignored", "sending"}):
                continue
            if row is not None and row.state == "attention" and (row.listed, row.rules) == (record, rules):
                continue  # it would only be refused again
            state = "waiting" if waits else "planned"
            same = row is not None and row.state == state and (row.listed, row.rules) == (record, rules)
            stem = row.stem if row is not None and same else None
            ours = row is not None and row.ours
            self.rows[id_] = Row(state, waits or frozenset(), record, rules, run, now, stem=stem, ours=ours)
        for id_ in gone | (listed.keys() - kept):
            if id_ in self.rows and self.rows[id_].state in OPEN:
                self.rows[id_].become("gone")
        return kept

    def lose(self, kept: set[str]) -> None:
        """Mark unlisted documents as gone after a full listing."""
        for id_, row in self.rows.items():
            if id_ not in kept and row.state in OPEN and not row.ours:
                row.become("gone")

    def due(self, run: str | None) -> list[str]:
        """Return what a run has to move: everything, or what it planned itself where that was chosen."""
        return [id_ for id_, row in self.rows.items() if row.state in DUE and run in (None, row.run)]

    def again(self, ids: tuple[str, ...]) -> None:
        """Retry documents that a person named for a run and that need attention."""
        for id_ in ids:
            if id_ in self.rows and self.rows[id_].state == "attention":
                self.rows[id_].become("planned")

    def live(self, id_: str) -> bool:
        """Return whether the target has it."""
        return id_ in self.copies and self.copies[id_].live

    def remember(self) -> tuple[dict[str, Row], dict[str, Copy]]:
        """Keep rows and copies as they are, to compare or go back."""
        return {id_: replace(row) for id_, row in self.rows.items()}, dict(self.copies)


def local(moment: datetime) -> str:
    """Return a time as GetMyInvoices compares it (A-19)."""
    return moment.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M:%S")


def within(day: str, start: str | None, end: str | None) -> bool:
    """Return whether a day lies in a period, both ends inclusive; a document without a date lies in none (A-25)."""
    return (not start and not end) or (bool(day) and (not start or day >= start) and (not end or day <= end))
