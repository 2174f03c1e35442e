"""The end of a run: its verdict, in the ledger and in Airflow's metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.runs.metrics import count_run
from debitoor_provider.sync.steps.report import report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.report import Report


def conclude(job: Job, failed_steps: Sequence[str] = ()) -> Report:
    """Enter what a run came to into the ledger, and count it in Airflow's metrics.

    :param failed_steps: steps of the run that failed
    """
    result = report(job, failed_steps)
    count_run(job, result.counts)
    return result
