"""Documents as a table for spreadsheets."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from debitoor_provider.runs.spreadsheets import BYTE_ORDER_MARK, guarded, lines
from debitoor_provider.runs.tables import money
from debitoor_provider.sync.batches import chunks
from debitoor_provider.ui.models.common import RunRef

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from debitoor_provider.sync.ledger import Entry, Ledger

_HEAD = (
    "document", "state", "document date", "number", "company", "net", "gross", "currency", "booked gross",
    "booked currency", "source name",
    "target name", "at target", "planned by", "moved by", "moved at", "archived at", "changed at", "reason", "remedy",
    "mark", "e-invoice",
)  # fmt: skip


def rows_of(ledger: Ledger, ids: Sequence[int]) -> Iterator[str]:
    """Write documents as CSV, bit by bit."""
    yield BYTE_ORDER_MARK + lines([_HEAD])
    for chunk in chunks(ids):
        yield lines(_cells(entry) for entry in ledger.documents.by_ids(chunk))


def _cells(entry: Entry) -> Sequence[object]:
    return (
        guarded(entry.source_id),
        entry.state,
        entry.document_date,
        guarded(entry.document_number),
        guarded(entry.company),
        money(entry.net_amount),
        money(entry.gross_amount),
        guarded(entry.currency),
        money(entry.booked_gross),
        guarded(entry.booked_currency),
        guarded(entry.source_name),
        guarded(entry.target_name or ""),
        guarded(entry.target_id or ""),
        _run(entry.planned_by, entry.account),
        _run(entry.moved_by, entry.account),
        _moment(entry.moved_at),
        _moment(entry.archived_at),
        _moment(entry.changed_at),
        guarded(entry.reason),
        guarded(entry.remedy),
        guarded(" ".join(mark.text() for mark in entry.marks)),
        entry.invoice,
    )


@lru_cache(maxsize=1_000)
def _run(run_id: str | None, account: str) -> str:
    run = RunRef.of(run_id, account)
    return guarded(run.dag_run_id) if run else ""


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
