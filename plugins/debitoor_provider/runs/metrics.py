"""What a run counts in Airflow's own metrics (``[metrics]`` of its configuration); see ``docs/monitoring.md``.

Tags distinguish accounts and connections, as ``dag_id`` and ``task_id`` do in Airflow's metrics.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airflow.sdk.observability import stats

if TYPE_CHECKING:
    from airflow.sdk import Context

    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.report import Report

COUNTED = ("moved", "held", "rejected")
"""How a run's documents are counted, as ``debitoor.documents.<name>``."""


def count_run(job: Job, result: Report) -> None:
    """Count what a run did, what needs attention now, and when the account was last brought up to date."""
    from debitoor_provider.sync.ledger import ATTENTION, WENT_THROUGH, LedgerError

    tags = _tags(job)
    if job.planned_by is None:  # one for chosen documents lists nothing new
        gauge_late(job, is_late=False)
    for name in COUNTED:
        stats.incr(f"debitoor.documents.{name}", result.counts.get(name, 0), tags=tags)
    for outcome, number in result.invoices.items():
        stats.incr("debitoor.documents.e_invoice", number, tags={**tags, "outcome": outcome})
    with suppress(LedgerError):  # the run's verdict does not depend on its metrics
        states = job.ledger.figures.of(job.account_id)
        attention = sum(states.get(state, 0) for state in ATTENTION)
        stats.gauge("debitoor.documents.attention", attention, tags=tags)
        last = job.ledger.runs.last_listed([job.account_id], WENT_THROUGH).get(job.account_id)
        if last and last.finished_at:
            since = datetime.now(UTC) - last.finished_at
            stats.gauge("debitoor.last_success.seconds_ago", max(0, round(since.total_seconds())), tags=tags)
            # Stays right when no further run updates it.
            stats.gauge("debitoor.last_success.timestamp", round(last.finished_at.timestamp()), tags=tags)


def gauge_late(job: Job, *, is_late: bool) -> None:
    """Report whether an account is late: it is not when a run of it that listed what is new has just ended."""
    stats.gauge("debitoor.late", int(is_late), tags=_tags(job))


def _tags(job: Job) -> dict[str, str]:
    account = stats.normalize_name_for_stats(job.account_id, log_warning=False)  # StatsD takes ASCII only
    return {"account": account, "direction": job.direction.name}


def count_failure(context: Context, operator: str) -> None:
    """Count a permanent failure as Airflow counts the other failures of tasks; it does not count those itself.

    Airflow counts where it decides about a retry, and an ``AirflowFailException`` does not get there.
    """
    tags = getattr(context.get("ti"), "stats_tags", None)
    if tags is not None:
        stats.incr("operator_failures", tags={**tags, "operator_name": operator})
        stats.incr("ti_failures", tags=tags)
