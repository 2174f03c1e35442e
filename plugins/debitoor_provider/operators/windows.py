"""What a run asks for, read from Airflow's context."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.sync.window import RunKind, Window, backfill, manual

if TYPE_CHECKING:
    from airflow.sdk import Context


def kind_of(context: Context) -> RunKind:
    """Tell why a run runs; a backfill keeps its kind even when it took over a scheduled run."""
    run_type = context["dag_run"].run_type
    name = str(getattr(run_type, "value", run_type))
    return RunKind(name) if name in {kind.value for kind in RunKind} else RunKind.MANUAL


def requested_window(
    context: Context, timezone: str, period_from: str, period_to: str, document_ids: str
) -> Window | None:
    """Tell what a person or a backfill asked for; ``None`` for whatever is new.

    :raises Misconfigured: when a date of the trigger form is none
    """
    ids = tuple(part.strip() for part in document_ids.split(",") if part.strip())
    if period_from or period_to or ids:
        return manual(to_day("From", period_from), to_day("To", period_to), ids)
    if kind_of(context) is RunKind.BACKFILL:
        start, end = context["data_interval_start"], context["data_interval_end"]
        if start is None or end is None:
            raise Misconfigured("The backfill's run has no data interval.", operation="plan")
        return backfill(start, end, timezone)
    return None


def to_day(field: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise Misconfigured(
            f"{field}: {text!r} is not a date.", operation="plan", remedy="Write it as YYYY-MM-DD."
        ) from None
