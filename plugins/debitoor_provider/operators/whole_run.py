"""The steps after a small plan, all in the task of the plan, so that a run with few documents takes one worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.operators.base import SyncOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.operators.transfer import TransferOperator, announce

if TYPE_CHECKING:
    from airflow.sdk import Context

    from debitoor_provider.sync.steps.direction import Side
    from debitoor_provider.sync.steps.job import Job


def steps_after(plan: SyncOperator) -> list[SyncOperator]:
    """Return the steps from a plan to its report, in their order; none when other tasks come between or after them.

    :param plan: the step, on a worker: rendered, and with its DAG
    """
    if not plan.is_in_dag:
        return []
    left: dict[str, Any] = {task.task_id: task for task in plan.get_flat_relatives(upstream=False)}
    known = {plan.task_id}
    steps: list[SyncOperator] = []
    while left:
        ready = [task for task in left.values() if task.upstream_task_ids <= known]
        if len(ready) != 1 or not _belongs(ready[0], plan):
            return []
        steps.append(ready[0])
        known.add(ready[0].task_id)
        del left[ready[0].task_id]
    return steps if steps and isinstance(steps[-1], DebitoorReportOperator) else []


def _belongs(task: Any, plan: SyncOperator) -> bool:
    """Return whether a task is a step of the plan's account."""
    return isinstance(task, SyncOperator) and (task.account, task.settings) == (plan.account, plan.settings)


class DoneAhead(NamedTuple):
    """What the task of a plan did beyond the plan.

    :param summaries: of the steps, by their names
    :param record_urls: the web addresses of the records of the document that was moved last
    """

    summaries: dict[str, Any]
    record_urls: dict[Side, str]


def do_all(plan: SyncOperator, steps: list[SyncOperator], job: Job, context: Context) -> DoneAhead | None:
    """Do the steps after a plan, one after the other; ``None`` as soon as one has to be a task of its own."""
    done: dict[str, Any] = {}
    moved: dict[str, int] = {}
    for step in steps:
        step.require_direction(job)
        summary = step.ahead(job, context)
        if summary is None:
            return None
        done[step.task_id] = summary
        if isinstance(step, TransferOperator):
            moved = summary
    return DoneAhead(done, announce(plan, job, context, moved))
