"""A dry run as a task: what would be moved, as a table in the log."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from debitoor_provider.runs.tables import preview_table, to_text
from debitoor_provider.sync.ledger import Run

if TYPE_CHECKING:
    from airflow.sdk.types import Logger

    from debitoor_provider.runs.exchange import Exchange
    from debitoor_provider.sync.window import RunKind, Window


def show(exchange: Exchange, window: Window | None, kind: RunKind, log: Logger) -> dict[str, Any]:
    """Log what a run would do and return the counts by outcome; nothing is moved and no watermark is touched."""
    exchange.ledger.runs.start(Run(exchange.run_id, exchange.account_id, exchange.account.type, "dry_run"))
    rows = exchange.preview(window, kind, datetime.now(UTC)).documents
    log.info("Dry run, nothing is moved:\n%s", to_text(preview_table(rows)))
    return {"dry_run": dict(Counter(row.outcome for row in rows))}
