"""What a run asks for, read from Airflow's context."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.sync.directions import row_of
from debitoor_provider.sync.window import RunKind, Window, backfill, chosen_days, manual

if TYPE_CHECKING:
    from airflow.sdk import Context

    from debitoor_provider.sync.accounts.settings import Account


_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NOW = timedelta(hours=1)
"""Airflow's trigger form proposes the time at which it was opened as the logical date."""
_QUEUED = timedelta(hours=6)
"""So long a run may have waited for the account's others before it began."""


def kind_of(context: Context) -> RunKind:
    """Return why a run runs; a backfill keeps its kind even when it took over a scheduled run."""
    run_type = context["dag_run"].run_type
    name = str(getattr(run_type, "value", run_type))
    return RunKind(name) if name in {kind.value for kind in RunKind} else RunKind.MANUAL


def is_of_low_priority(context: Context) -> bool:
    """Return whether other runs go before it: a backfill, or a run over a period of a person's choice."""
    form = context.get("params") or {}
    if kind_of(context) is RunKind.BACKFILL or form.get("from") or form.get("to"):
        return True
    return chosen_interval(context) is not None


def requested_window(
    context: Context, account: Account, period_from: object, period_to: object, document_ids: object
) -> Window | None:
    """Return the window that a person or a backfill requested; ``None`` for what is new.

    The data interval that a person triggered a run with counts as its period; what they entered may narrow it.

    :raises Misconfigured: when a date or an id of the trigger form is none, the period can hold no document, what they
        entered is not all in the interval, or a logical date that was chosen by hand stands for no period
    """
    ids = to_ids(document_ids, account)
    # The form of an account's own DAG calls them so.
    is_form = context["dag_run"].dag_id.startswith(DAG_ID_PREFIX)
    names = ("From", "To") if is_form else ("period_from", "period_to")
    start, end = to_period(**dict(zip(names, (period_from, period_to), strict=True)))
    interval = chosen_interval(context)
    if interval:
        window = manual(start, end, ids).within(*_days_of(*interval, context, account))
        if window.is_empty or (start and window.start != start) or (end and window.end != end):
            raise Misconfigured(Message("period_outside_interval"), operation="plan")
        return _meeting(window, account, context)
    if start or end or ids:
        return _meeting(manual(start, end, ids), account, context)
    if kind_of(context) is RunKind.MANUAL and (date := _chosen_date(context["dag_run"])):
        raise Misconfigured(Message("logical_date_alone", date=date), operation="plan")
    if kind_of(context) is RunKind.BACKFILL:
        begin, until = _interval_of(context)
        if begin is None or until is None:
            raise Misconfigured(Message("backfill_without_interval"), operation="plan")
        return backfill(begin, until, account.timezone)
    return None


def chosen_interval(context: Context) -> tuple[datetime, datetime] | None:
    """Return the data interval that a person triggered a run with; ``None`` when they chose none.

    Airflow gives a triggered run an interval as soon as it has a logical date, which its form always proposes: the last
    complete interval of the schedule counts only where the logical date is not the moment of triggering.
    """
    start, end = _interval_of(context)
    if kind_of(context) is not RunKind.MANUAL or start is None or end is None:
        return None
    dag_run = context["dag_run"]
    logical_date, run_after = getattr(dag_run, "logical_date", None), getattr(dag_run, "run_after", None)
    dag: Any = context.get("dag")
    if start == end and start in (logical_date, run_after):
        # Airflow sets this for a DAG without a schedule; on a schedule with intervals, a person entered it.
        is_airflows = dag is None or (start, end) == _last_interval(dag.timetable, start)
        return None if is_airflows else (start, end)
    if not logical_date or not run_after or dag is None:
        return start, end
    is_of_now = _chosen_date(dag_run) is None
    return None if is_of_now and (start, end) == _last_interval(dag.timetable, logical_date) else (start, end)


def _chosen_date(dag_run: Any) -> datetime | None:
    """Return the logical date of a run; ``None`` without one, or if it is the moment of triggering."""
    logical_date, run_after = getattr(dag_run, "logical_date", None), getattr(dag_run, "run_after", None)
    if not logical_date or not run_after:
        return None
    is_of_now = abs(run_after - logical_date) < _NOW and not _is_of_the_past(dag_run)
    return None if is_of_now else logical_date


def outside(window: Window, account: Account) -> Message | None:
    """Return why no document that an account takes can lie in a period; ``None`` when one can."""
    first, last = account.period.start, account.period.end
    if first and window.end and window.end < first:
        return Message("period_before_account", end=window.end, first=first)
    if last and window.start and window.start > last:
        return Message("period_after_account", start=window.start, last=last)
    return None


def _meeting(window: Window, account: Account, context: Context) -> Window:
    """Return a window that a person, or a DAG of theirs, chose.

    :raises Misconfigured: when it is wholly outside the account's own period; a DAG with a schedule is only warned
    """
    by_person = kind_of(context) is RunKind.MANUAL and not window.document_ids
    if by_person and (message := outside(window, account)):
        raise Misconfigured(message, operation="plan")
    return window


def _days_of(start: datetime, end: datetime, context: Context, account: Account) -> tuple[date, date]:
    """Return the first and the last day of the interval that a person triggered a run with.

    An interval of the schedule has the day that a backfill of it has.

    :raises Misconfigured: when it is reversed, or no day begins in it
    """
    if start > end:
        raise Misconfigured(Message("interval_reversed", start=start, end=end), operation="plan")
    if date := _unheeded_date(start, end, context):
        raise Misconfigured(Message("interval_of_now", date=date, start=start, end=end), operation="plan")
    days, scheduled = chosen_days(start, end, account.timezone), backfill(start, end, account.timezone)
    dag: Any = context.get("dag")
    if (
        dag is not None
        and (scheduled.start, scheduled.end) != days
        and (start, end) == _last_interval(dag.timetable, end)
    ):
        window = scheduled
    else:
        window = manual(*days, ())
    if window.start is None or window.end is None or window.is_empty:
        raise Misconfigured(Message("interval_without_day", start=start, end=end), operation="plan")
    return window.start, window.end


def _is_of_the_past(dag_run: Any) -> bool:
    """Return whether a DAG triggered the run with a logical date long before: its operator sets *run after* to that.

    A run that was cleared begins anew, however late; what stands there to the microsecond is the moment of triggering.
    """
    if getattr(dag_run, "clear_number", 0) and dag_run.logical_date.microsecond:
        return False
    began = getattr(dag_run, "start_date", None)
    return bool(began) and dag_run.run_after == dag_run.logical_date and began - dag_run.logical_date > _QUEUED


def _unheeded_date(start: datetime, end: datetime, context: Context) -> datetime | None:
    """Return the logical date of a run whose data interval has nothing to do with it; ``None`` if it has.

    Airflow's command line makes the interval by the moment of triggering.
    """
    dag, dag_run = context.get("dag"), context["dag_run"]
    logical_date, run_after = getattr(dag_run, "logical_date", None), getattr(dag_run, "run_after", None)
    if dag is None or logical_date is None or run_after is None or start <= logical_date <= end:
        return None
    timetable: Any = dag.timetable
    is_of_now = (start, end) == _last_interval(timetable, run_after) != _last_interval(timetable, logical_date)
    return logical_date if is_of_now else None


def _interval_of(context: Context) -> tuple[datetime | None, datetime | None]:
    return context.get("data_interval_start"), context.get("data_interval_end")


def _last_interval(timetable: Any, moment: datetime) -> tuple[datetime, datetime]:
    """Return the interval that Airflow gives a run with this logical date."""
    import pendulum
    from airflow.serialization.encoders import coerce_to_core_timetable  # few runs pay for the import

    timetable = coerce_to_core_timetable(timetable)
    interval = timetable.infer_manual_data_interval(run_after=pendulum.instance(moment))
    return interval.start, interval.end


def to_ids(chosen: object, account: Account) -> tuple[str, ...]:
    """Read ids of documents at the source, each once; none when ``chosen`` is an empty text.

    :param chosen: a text with commas between them, also one that a template has made of a list; one id; or several
    :raises Misconfigured: when the source cannot have such an id, or for a list without any: it chooses no document,
        and a run without a choice would take all that are new
    """
    if isinstance(chosen, str) and not chosen.strip():
        return ()
    several = chosen if isinstance(chosen, list | tuple | set | frozenset) else str(chosen or "").strip("[]").split(",")
    ids = tuple(dict.fromkeys(part for one in several if (part := str(one).strip(" \t\r\n'\""))))
    if not ids:
        raise Misconfigured(Message("form_no_documents"), operation="plan")
    row = row_of(account)
    wrong = [part for part in ids if not row.source_id.fullmatch(part)]
    if wrong:
        raise Misconfigured(
            Message("form_not_an_id", text=repr(wrong[0][:60]), source=row.source_title, example=row.source_id_example)
        )
    return ids


def to_period(**texts: object) -> tuple[date | None, date | None]:
    """Read the two ends of a period that a person entered, by the names of their fields; either may be empty.

    :raises Misconfigured: when one is no date, or the period ends before it begins
    """
    start, end = (to_day(field, text) for field, text in texts.items())
    if start and end and start > end:
        raise Misconfigured(Message("form_period_reversed", start=start, end=end, field=next(iter(texts))))
    return start, end


def to_day(field: str, entered: object) -> date | None:
    """Read a date that a person entered or a task returned; ``None`` when it is empty.

    :param field: its name there
    :raises Misconfigured: when it is none
    """
    if entered is None or (isinstance(entered, date) and not isinstance(entered, datetime)):
        return entered
    text = str(entered).strip()
    try:
        return parse_day(text) if text else None
    except ValueError:
        raise Misconfigured(Message("form_not_a_date", field=field, text=repr(text[:60]))) from None


def parse_day(text: str) -> date:
    """Parse a date in the one documented form; Python's own parser also accepts weeks and other forms.

    :raises ValueError: when it is none, or in another form
    """
    if not _DAY.fullmatch(text):
        raise ValueError(f"{text[:60]!r} is not a date: write it as YYYY-MM-DD")
    return date.fromisoformat(text)
