"""The steps after a small plan, all in the task of the plan, so that a run with few documents takes one worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.operators.base import SyncOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.operators.transfer import TransferOperator, announce

if TYPE_CHECKING:
    from airflow.sdk import Context

    from debitoor_provider.sync.steps.job import Job


def steps_after(plan: SyncOperator) -> list[SyncOperator]:
    """Return the steps from a plan to its report; none unless they follow on one another and nothing else does.

    :param plan: the step, on a worker: rendered, and with its DAG
    """
    steps: list[SyncOperator] = []
    ahead: list[Any] = list(plan.downstream_list) if plan.has_dag() else []  # type: ignore[no-untyped-call]
    while ahead:
        task = ahead.pop()
        if ahead or not _belongs(task, plan):
            return []
        steps.append(task)
        ahead = list(task.downstream_list)
    return steps if steps and isinstance(steps[-1], DebitoorReportOperator) else []


def _belongs(task: Any, plan: SyncOperator) -> bool:
    """Return whether a task is a step of the plan's account and of nothing else."""
    return (
        isinstance(task, SyncOperator)
        and (task.account, task.settings) == (plan.account, plan.settings)
        and len(task.upstream_task_ids) == 1
    )


def do_all(plan: SyncOperator, steps: list[SyncOperator], job: Job, context: Context) -> dict[str, Any] | None:
    """Do the steps after a plan, one after the other; ``None`` as soon as one has to be a task of its own.

    :return: their summaries by their names
    """
    done: dict[str, Any] = {}
    moved: dict[str, int] = {}
    for step in steps:
        summary = step.ahead(job, context)
        if summary is None:
            return None
        done[step.task_id] = summary
        if isinstance(step, TransferOperator):
            moved = summary
    announce(plan, job, context, moved)
    return done
