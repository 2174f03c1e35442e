"""Documents as a table for spreadsheets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import Query

from debitoor_provider.messages import current_reader
from debitoor_provider.runs.spreadsheets import PROGRAMS, Dialect, guarded
from debitoor_provider.sync.accounts.values import Timezone  # noqa: TC001  FastAPI reads it
from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.money import canonical
from debitoor_provider.ui.models.common import RunRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from debitoor_provider.sync.ledger import Entry, Ledger

_COLUMNS = (
    ("document", "documents.source_id"),
    ("state", "documents.state"),
    ("document date", "documents.date"),
    ("number", "documents.number"),
    ("company", "documents.company"),
    ("net", "documents.net"),
    ("gross", "documents.gross"),
    ("currency", "choice.placeholder.currency"),
    ("booked gross", "documents.booked"),
    ("booked currency", "documents.bookedCurrency"),
    ("source name", "documents.source_name"),
    ("target name", "documents.target_name"),
    ("at target", "documents.target_id"),
    ("planned by", "documents.planned_by"),
    ("moved by", "documents.moved_by"),
    ("moved at", "documents.moved_at"),
    ("archived at", "documents.archived_at"),
    ("changed at", "documents.changed"),
    ("reason", "documents.why"),
    ("remedy", "documents.remedy"),
    ("mark", "documents.mark"),
    ("e-invoice", "documents.invoice"),
)
_ACCOUNT = (("account", "documents.account"), ("account name", "accounts.name"))

_TIMES = frozenset({"moved at", "archived at", "changed at"})


@dataclass
class CsvForm:
    """How the reader of an answer gets a table."""

    form: Annotated[
        Literal["data", "spreadsheet"],
        Query(description="data: the same for all readers; spreadsheet: separators and words of the reader's language"),
    ] = "data"
    timezone: Annotated[Timezone, Query(description="IANA time zone of the times in a spreadsheet")] = "UTC"

    def dialect(self) -> Dialect:
        """Return how the table is written."""
        is_read = self.form == "spreadsheet"
        return Dialect.of(current_reader().language, ZoneInfo(self.timezone)) if is_read else PROGRAMS


def rows_of(
    ledger: Ledger, ids: Iterable[int], dialect: Dialect, names: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Write documents as CSV, bit by bit.

    :param names: of the accounts that the documents are of, by id; one that came in the meantime has its id for a
        name; ``None`` for documents of one account, which is not named
    """
    yield dialect.head(_COLUMNS if names is None else (*_ACCOUNT, *_COLUMNS), _TIMES)
    for chunk in chunks(ids):
        entries = ledger.documents.by_ids(chunk)
        yield dialect.lines((*_account(entry, names), *_cells(entry, dialect)) for entry in entries)


def _account(entry: Entry, names: Mapping[str, str] | None) -> Sequence[object]:
    return () if names is None else (guarded(entry.account), guarded(names.get(entry.account, entry.account)))


def _cells(entry: Entry, dialect: Dialect) -> Sequence[object]:
    return (
        guarded(entry.source_id),
        dialect.word(f"state.{entry.state}", entry.state),
        entry.document_date,
        guarded(entry.document_number),
        guarded(entry.company),
        _amount(entry.net_amount, entry.currency),
        _amount(entry.gross_amount, entry.currency),
        guarded(entry.currency),
        _amount(entry.booked_gross, entry.booked_currency),
        guarded(entry.booked_currency),
        guarded(entry.source_name),
        guarded(entry.target_name or ""),
        guarded(entry.target_id or ""),
        _run(entry.planned_by, entry.account),
        _run(entry.moved_by if entry.moved_at else None, entry.account),
        entry.moved_at,
        entry.archived_at,
        entry.changed_at,
        guarded(entry.reason),
        guarded(entry.remedy),
        guarded(" ".join(mark.text() for mark in entry.marks)),
        dialect.word(f"invoice.{entry.invoice}", entry.invoice),
    )


@lru_cache(maxsize=1_000)
def _run(run_id: str | None, account: str) -> str:
    run = RunRef.of(run_id, account)
    return guarded(run.dag_run_id) if run else ""


def _amount(amount: Decimal | None, currency: str) -> Decimal | str:
    return "" if amount is None else canonical(amount, currency)
