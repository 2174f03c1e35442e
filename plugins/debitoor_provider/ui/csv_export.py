"""Documents as a table for spreadsheets."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING

from debitoor_provider.sync.batches import chunks
from debitoor_provider.ui.models.common import RunRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from debitoor_provider.sync.ledger import Entry, Ledger

_BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes the text for Latin 1."""
_HEAD = (
    "document", "state", "document date", "number", "company", "net", "gross", "currency", "source name",
    "target name", "at target", "planned by", "moved by", "moved at", "archived at", "changed at", "reason", "remedy",
    "mark", "e-invoice",
)  # fmt: skip

_BORDER = re.compile('([;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029][\\s"]*)(?=[=+@\uff1d\uff0b\uff0d\uff20-])')
"""Where a reader that separates cells by semicolons or tabs, or ends rows at any line break, meets a formula."""
_FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula begins with; the last four are the wide ones of East Asia."""


def rows_of(ledger: Ledger, ids: Sequence[int]) -> Iterator[str]:
    """Write documents as CSV, bit by bit."""
    yield _BYTE_ORDER_MARK + _lines([_HEAD])
    for chunk in chunks(ids):
        yield _lines(_cells(entry) for entry in ledger.documents.by_ids(chunk))


def _cells(entry: Entry) -> Sequence[object]:
    return (
        _guarded(entry.source_id),
        entry.state,
        entry.document_date,
        _guarded(entry.document_number),
        _guarded(entry.company),
        entry.net_amount,
        entry.gross_amount,
        _guarded(entry.currency),
        _guarded(entry.source_name),
        _guarded(entry.target_name or ""),
        _guarded(entry.target_id or ""),
        _run(entry.planned_by, entry.account),
        _run(entry.moved_by, entry.account),
        _moment(entry.moved_at),
        _moment(entry.archived_at),
        _moment(entry.changed_at),
        _guarded(entry.reason),
        _guarded(entry.remedy),
        _guarded(entry.mark.text() if entry.mark else ""),
        entry.invoice,
    )


def _guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, whatever separates cells there."""
    text = _BORDER.sub(r"\1'", text)
    if text[:1].isalnum():  # as nearly all of them do
        return text
    is_formula = text.lstrip().startswith(_FORMULAS) or text[:1].isspace()
    return f"'{text}" if is_formula else text


@lru_cache(maxsize=1_000)
def _run(run_id: str | None, account: str) -> str:
    run = RunRef.of(run_id, account)
    return _guarded(run.dag_run_id) if run else ""


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _lines(rows: Iterable[Sequence[object]]) -> str:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
