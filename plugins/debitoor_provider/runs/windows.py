"""What a run asks for, read from Airflow's context."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.http.errors import Misconfigured
from debitoor_provider.sync.directions import row_of
from debitoor_provider.sync.window import RunKind, Window, backfill, manual

if TYPE_CHECKING:
    from airflow.sdk import Context

    from debitoor_provider.sync.accounts.settings import Account


def kind_of(context: Context) -> RunKind:
    """Return why a run runs; a backfill keeps its kind even when it took over a scheduled run."""
    run_type = context["dag_run"].run_type
    name = str(getattr(run_type, "value", run_type))
    return RunKind(name) if name in {kind.value for kind in RunKind} else RunKind.MANUAL


def is_patient(context: Context) -> bool:
    """Return whether other runs go before it: a backfill, or a run over a period of a person's choice."""
    form = context.get("params") or {}
    return kind_of(context) is RunKind.BACKFILL or bool(form.get("from") or form.get("to"))


def requested_window(
    context: Context, account: Account, period_from: str, period_to: str, document_ids: str
) -> Window | None:
    """Return what a person or a backfill asked for; ``None`` for whatever is new.

    :raises Misconfigured: when a date or an id of the trigger form is none
    """
    ids = to_ids(document_ids, account)
    if period_from or period_to or ids:
        return manual(to_day("From", period_from), to_day("To", period_to), ids)
    if kind_of(context) is RunKind.BACKFILL:
        start, end = context["data_interval_start"], context["data_interval_end"]
        if start is None or end is None:
            raise Misconfigured(Message("backfill_without_interval"), operation="plan")
        return backfill(start, end, account.timezone)
    return None


def to_ids(text: str, account: Account) -> tuple[str, ...]:
    """Read ids of documents at the source, separated by commas, each once.

    :raises Misconfigured: when the source cannot have such an id
    """
    ids = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    row = row_of(account)
    wrong = [part for part in ids if not row.source_id.fullmatch(part)]
    if wrong:
        raise Misconfigured(
            Message("form_not_an_id", text=repr(wrong[0][:60]), source=row.source_title, example=row.source_id_example)
        )
    return ids


def to_day(field: str, text: str) -> date | None:
    """Read a date that a person entered; ``None`` when it is empty.

    :param field: its name there
    :raises Misconfigured: when it is none
    """
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise Misconfigured(Message("form_not_a_date", field=field, text=repr(text[:60]))) from None
