"""What a run has to do, planned or foreseen, as the plan's operator and its trigger need it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.runs.windows import outside
from debitoor_provider.sync.ledger import DRY_RUN, WENT_THROUGH, Run
from debitoor_provider.sync.steps.plan import not_there, plan
from debitoor_provider.sync.steps.preview import preview
from debitoor_provider.sync.steps.source_time import warnings_of
from debitoor_provider.sync.window import RunKind

if TYPE_CHECKING:
    from airflow.sdk.types import Logger

    from debitoor_provider.messages import Message
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.window import Window


class Planned(NamedTuple):
    """What a run has to do.

    :param summary: counts, no document
    :param has_work: whether the following steps find anything to do
    """

    summary: dict[str, Any]
    has_work: bool


def make_plan(job: Job, window: Window | None) -> Planned:
    """Plan a run. A run that moves nothing asks the target anyway when a check of it is due.

    :param window: the requested window; ``None`` for whatever is new
    """
    made = plan(job, window)
    if not made.due and _is_check_due(job):
        job.direction.require_target()
    warnings = [*made.warnings, *(_unknown_names(job) if made.window.full and made.window.moves_watermark else ())]
    if window and (message := outside(window, job.account)):  # one of several intervals of a backfill
        job.ledger.runs.warn(job.run_id, message)
        warnings.append(message)
    has_work = bool(
        made.due
        or (job.account.archives and job.ledger.documents.to_archive(job.account_id, job.direction.name))
        or job.ledger.runs.counts(job.run_id)  # it was cleared: what it did before is for the report to judge
    )
    summary: dict[str, Any] = {
        "due": len(made.due),
        "new": made.new,
        "already_there": made.done,
        "waiting": made.waiting,
        "left_out": made.left_out,
    }
    if made.accounts > 1:
        summary["asked_for_accounts"] = made.accounts
    if warnings:
        summary["warnings"] = [str(warning) for warning in warnings]
    return Planned(summary, has_work)


def _unknown_names(job: Job) -> list[Message]:
    """Note and return which names in the settings the services do not have, e.g. a mistyped company of the filter.

    A listing of everything asks, so that an idle run costs no call more.
    """
    found = [finding.message for finding in job.direction.unknown_names()]
    for message in found:
        job.ledger.runs.warn(job.run_id, message)
    return found


def dry_run(job: Job, window: Window | None, log: Logger) -> Planned:
    """Log what a run would do and return the counts by outcome; nothing is moved and no watermark is touched."""
    from debitoor_provider.runs.tables import preview_table, to_text

    job.ledger.runs.start(Run(job.run_id, job.account_id, job.direction.name, DRY_RUN))
    job.direction.require_target()
    seen = preview(job, window)
    rows = seen.documents
    log.info("Dry run, nothing is moved:\n%s", to_text(preview_table(rows)))
    if seen.stop:
        log.warning("A run would stop: %s", seen.stop)
    warnings = warnings_of(job, job.direction.source_time(), None)
    if missing := not_there(window, {row.source_id for row in rows}):
        warnings.append(missing)
    warnings += seen.warnings
    for warning in warnings:
        log.warning("%s", warning)
        job.ledger.runs.warn(job.run_id, warning)
    summary: dict[str, Any] = {"dry_run": dict(Counter(str(row.outcome) for row in rows))}
    if invoices := Counter(row.invoice for row in rows if row.invoice):
        summary["e_invoices"] = dict(invoices)
    if warnings:
        summary["warnings"] = [str(warning) for warning in warnings]
    return Planned(summary, has_work=False)


def _is_check_due(job: Job) -> bool:
    """Return whether an idle run asks the target: each one that a person started, else the first one of a day (UTC).

    A run that did not go through leaves the check to the next one.
    """
    if job.kind is RunKind.MANUAL:
        return True
    last = job.ledger.runs.last_with_verdict(job.account_id, WENT_THROUGH)
    return last is None or last.started_at is None or last.started_at.date() != job.now().date()
