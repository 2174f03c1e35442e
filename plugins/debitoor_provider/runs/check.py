"""A check as people read it, and sending what it found missing."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message, localized
from debitoor_provider.runs.spreadsheets import PROGRAMS, guarded
from debitoor_provider.runs.tables import cell, money, worded_table
from debitoor_provider.runs.words import word
from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger import DONE, IllegalTransition
from debitoor_provider.sync.statement import percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from debitoor_provider.runs.spreadsheets import Dialect
    from debitoor_provider.runs.tables import RankedTable
    from debitoor_provider.sync.check.rows import Check, Row, SumRow
    from debitoor_provider.sync.steps.job import Job

_TEXTS = frozenset({"document", "at_target", "number", "party", "currency", "rates_here", "rates_there", "why"})
"""Cells that hold what people and services wrote."""
MISSING = "missing at the target"
"""The reason of what is sent after a check; the page has words for it."""


def counts_text(found: Check) -> str:
    """Return the counts in one line."""
    counts = [(_outcome(outcome), number) for outcome, number in found.counts.items() if number]
    if not counts:
        return Message("check_no_documents").text()
    return ", ".join(Message("check_count", outcome=outcome, number=number).text() for outcome, number in counts)


def _outcome(outcome: str) -> str:
    return word(f"check.outcome.{outcome}", outcome)


def documents_table(rows: Iterable[Row]) -> RankedTable:
    """Show documents with their figures at both sides."""
    made = worded_table(_DOCUMENTS, "Here", "There", least=("At target", "Number", "Party", "Date"))
    for row in rows:
        values = (
            _outcome(row.outcome),
            row.source_id,
            ", ".join(row.target_ids),
            localized(str(row.document_date or ""), "day"),
            row.document_number,
            row.party,
            money(row.here.gross, row.here.currency) if row.here else "",
            money(row.there.gross, row.there.currency) if row.there else "",
            row.message,
        )
        made.add_row(*map(cell, values))
    return made


def sums_table(sums: Iterable[SumRow]) -> RankedTable:
    """Show the sums of both sides for each month and tax rate."""
    figures = ("Rate", "Source", "Target", "Difference", "Others at target")
    made = worded_table(_SUMS, *figures, least=("Others at target",))
    for row in sums:
        both = (row.source, row.target, row.difference, row.others)
        amounts = [money(amount, row.currency, is_named=False) for amount in both]
        made.add_row(*map(cell, (localized(row.month, "month"), localized(percent(row.rate)), row.currency, *amounts)))
    return made


_DOCUMENTS = {
    "Outcome": "check.outcome",
    "Document": "documents.document",
    "At target": "documents.target_id",
    "Date": "documents.date",
    "Number": "documents.number",
    "Party": "documents.company",
    "Here": "check.sums.source",
    "There": "check.sums.target",
    "Why": "documents.why",
}
_SUMS = {
    "Month": "check.sums.month",
    "Rate": "check.sums.rate",
    "Currency": "check.sums.currency",
    "Source": "check.sums.source",
    "Target": "check.sums.target",
    "Difference": "check.sums.difference",
    "Others at target": "check.sums.others",
}
"""The page's word for each column of a table."""


def documents_csv(rows: Iterable[Row], dialect: Dialect = PROGRAMS) -> Iterator[str]:
    """Write documents as CSV, bit by bit."""
    return _csv((row.as_row() for row in rows), _COLUMNS, dialect)


def sums_csv(sums: Iterable[SumRow], dialect: Dialect = PROGRAMS) -> Iterator[str]:
    """Write sums as CSV."""
    return _csv((row.as_row() for row in sums), _SUMS_COLUMNS, dialect)


_COLUMNS = {
    "outcome": "check.outcome",
    "document": "documents.source_id",
    "at_target": "documents.target_id",
    "date": "documents.date",
    "number": "documents.number",
    "party": "documents.company",
    "currency": "choice.placeholder.currency",
    "gross_here": "check.sums.source",
    "gross_there": "check.sums.target",
    "rates_here": "check.rates.source",
    "rates_there": "check.rates.target",
    "why": "documents.why",
}
_SUMS_COLUMNS = {
    "month": "check.sums.month",
    "rate": "check.sums.rate",
    "currency": "choice.placeholder.currency",
    "source": "check.sums.source",
    "target": "check.sums.target",
    "difference": "check.sums.difference",
    "others_at_target": "check.sums.others",
}
"""The page's word for each field."""


def _csv(rows: Iterable[dict[str, Any]], columns: Mapping[str, str], dialect: Dialect) -> Iterator[str]:
    yield dialect.head((name.replace("_", " "), word) for name, word in columns.items())
    for some in chunks(rows):
        yield dialect.lines([_cell(name, row[name], dialect) for name in columns] for row in some)


def _cell(name: str, value: Any, dialect: Dialect) -> Any:
    if name == "outcome":
        return dialect.word(f"check.outcome.{value.replace(' ', '_')}", value)
    if name in {"rates_here", "rates_there", "rate"} and dialect.language:
        value = localized(value)
    return guarded(value) if name in _TEXTS else value


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
            with suppress(IllegalTransition):  # somebody else was faster, and the run that names them looks again
                job.ledger.documents.retry(moved, actor, MISSING, if_missing=True)
    return source_ids
