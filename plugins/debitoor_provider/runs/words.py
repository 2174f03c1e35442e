"""Words of tables: what columns and values are called in the current reader's language.

English has the names that programs get, too; the other languages have the page's words.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import LOG, current_reader, localized, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_COLUMNS = {
    "account": "runs.account",
    "added": "table.added",
    "at": "table.at",
    "at_target": "documents.target_id",
    "attention": "accounts.attention",
    "booked": "documents.booked",
    "by": "table.by",
    "company": "documents.company",
    "currency": "choice.placeholder.currency",
    "date": "documents.date",
    "detail": "table.detail",
    "difference": "check.sums.difference",
    "direction": "accounts.direction",
    "document": "documents.document",
    "document_date": "documents.date",
    "document_number": "documents.number",
    "e-invoice": "contradictions.invoice",
    "field": "table.field",
    "figure": "table.figure",
    "file": "preview.record.file",
    "frequency": "field.frequency",
    "gross": "documents.gross",
    "gross_amount": "documents.gross",
    "invoice": "documents.invoice",
    "known": "table.known",
    "last_run": "accounts.last_run",
    "level": "table.level",
    "limit": "table.limit",
    "line": "table.line",
    "lines": "preview.record.lines",
    "mark": "documents.mark",
    "message": "documents.why",
    "moved": "accounts.moved",
    "name": "documents.name",
    "next_runs": "table.next_runs",
    "number": "documents.number",
    "outcome": "check.outcome",
    "reason": "documents.why",
    "record": "contradictions.record",
    "remedy": "documents.remedy",
    "restored": "table.restored",
    "result": "check.outcome",
    "source_id": "documents.source_id",
    "source_name": "documents.source_name",
    "state": "documents.state",
    "target_name": "documents.target_name",
    "to_do": "accounts.to_do",
    "waiting": "accounts.waiting",
    "what": "table.what",
    "why": "documents.why",
}
"""The page's word for each column of a list."""
_VALUES = {
    "figure": ("state",),
    "frequency": ("choice.frequency",),
    "invoice": ("invoice",),
    "level": ("state", "health"),
    "limit": ("field.limits",),
    "outcome": ("preview.outcome",),
    "result": ("state", "health"),
    "state": ("state", "runs.verdict", "health"),
    "what": ("history",),
}
"""The sections of the page's words in which the values of a column are found."""

_FORMS = {"at": "moment", "date": "day", "document_date": "day", "last_run": "moment", "next_runs": "moment"}
"""The columns of days and times, see :func:`~debitoor_provider.messages.figures.shown_as`."""


def word(key: str, name: str) -> str:
    """Return a word of the page; in English the name itself."""
    language = current_reader().language
    return name if language == LOG.language else words(language).get(key.replace(" ", "_"), name)


def heading(column: str, titles: Mapping[str, str] | None = None) -> str:
    """Return what a column of a list is called.

    :param titles: the page's words for columns that are called otherwise than in other lists
    """
    return word((titles or {}).get(column, _COLUMNS[column]), column)


def value_in(column: str, value: Any) -> Any:
    """Return a value of a list's column as people read it, with a word for a code."""
    if isinstance(value, list | tuple):
        return ", ".join(str(value_in(column, one)) for one in value)
    if isinstance(value, Decimal):
        return localized(f"{value:f}")
    if isinstance(value, int) and column != "line":
        return localized(str(value), "number")
    if column in _FORMS and value:
        return localized(str(value), _FORMS[column])
    if not isinstance(value, str):
        return value
    return next((said for part in _VALUES.get(column, ()) if (said := word(f"{part}.{value}", value)) != value), value)


def code_of(text: str, section: str, codes: Iterable[str]) -> str:
    """Return the code that a person means by its word; a text that is none as it is."""
    said = {word(f"{section}.{code}", code).casefold(): code for code in codes}
    return said.get(text.casefold(), text)
