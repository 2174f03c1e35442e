"""A check as people read it, and sending what it found missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.runs.spreadsheets import BYTE_ORDER_MARK, guarded, lines
from debitoor_provider.runs.tables import cell, money, table
from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger import DONE
from debitoor_provider.sync.statement import percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.table import Table

    from debitoor_provider.sync.check.rows import Check, Row, SumRow
    from debitoor_provider.sync.steps.job import Job

_TEXTS = frozenset({"document", "at_target", "number", "party", "currency", "rates_here", "rates_there", "why"})
"""Cells that hold what people and services wrote."""


def counts_text(found: Check) -> str:
    """Return the counts in one line."""
    return ", ".join(f"{number} {outcome}" for outcome, number in found.counts.items() if number) or "no documents"


def documents_table(rows: Iterable[Row]) -> Table:
    """Show documents with their figures at both sides."""
    made = table(
        "Outcome", "Document", "At target", "Date", "Number", "Party", "Here", "There", "Why", right=["Here", "There"]
    )
    for row in rows:
        values = (
            row.outcome,
            row.source_id,
            ", ".join(row.target_ids),
            row.document_date,
            row.document_number,
            row.party,
            money(row.here.gross, row.here.currency) if row.here else "",
            money(row.there.gross, row.there.currency) if row.there else "",
            row.message,
        )
        made.add_row(*map(cell, values))
    return made


def sums_table(sums: Iterable[SumRow]) -> Table:
    """Show the sums of both sides for each month and tax rate."""
    figures = ["Source", "Target", "Difference", "Others at target"]
    made = table("Month", "Rate", "Currency", *figures, right=["Rate", *figures])
    for row in sums:
        amounts = map(money, (row.source, row.target, row.difference, row.others))
        made.add_row(*map(cell, (row.month, percent(row.rate), row.currency, *amounts)))
    return made


def documents_csv(rows: Iterable[Row]) -> Iterator[str]:
    """Write documents as CSV, bit by bit."""
    return _csv((row.as_row() for row in rows), _HEAD)


def sums_csv(sums: Iterable[SumRow]) -> Iterator[str]:
    """Write sums as CSV."""
    return _csv((row.as_row() for row in sums), _SUMS_HEAD)


_HEAD = (
    "outcome", "document", "at_target", "date", "number", "party", "currency", "gross_here", "gross_there",
    "rates_here", "rates_there", "why",
)  # fmt: skip
_SUMS_HEAD = ("month", "rate", "currency", "source", "target", "difference", "others_at_target")


def _csv(rows: Iterable[dict[str, Any]], head: tuple[str, ...]) -> Iterator[str]:
    yield BYTE_ORDER_MARK + lines([[name.replace("_", " ") for name in head]])
    for some in chunks(rows):
        yield lines([guarded(row[name]) if name in _TEXTS else row[name] for name in head] for row in some)


def plan_again(job: Job, missing: Iterable[Row], actor: str) -> list[str]:
    """Let the next run that names these documents send them; returns their ids.

    :param missing: documents that a check found missing at the target
    :param actor: ``user:<name>``, for the history of those that were moved before
    """
    source_ids = []
    for some in chunks(missing):
        source_ids += [row.source_id for row in some]
        known = job.ledger.documents.by_ids(row.entry_id for row in some if row.entry_id is not None)
        if moved := [entry for entry in known if entry.state in DONE]:
            job.ledger.documents.retry(moved, actor, "missing at the target", again=True)
    return source_ids
