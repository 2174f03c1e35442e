"""Who goes first when there are fewer free slots than tasks: what is due, then what a person started, then a backfill.

Loaded where Airflow schedules, by the plugin; no task needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.task.priority_strategy import PriorityWeightStrategy
from airflow.utils.types import DagRunType

if TYPE_CHECKING:
    from airflow.models.taskinstance import TaskInstance

_BEHIND = {DagRunType.MANUAL: 1_000, DagRunType.BACKFILL_JOB: 2_000}


class DueFirst(PriorityWeightStrategy):
    """Put the steps of a triggered run behind those of the due ones, and the steps of a backfill behind both.

    A due run weighs as much as other people's DAGs do, so that none of them has to wait for ours. Among runs of a kind,
    one that has begun is finished before another one begins.
    """

    def get_weight(self, ti: TaskInstance) -> int:
        """Return the task's own weight and one for each task before it, less what puts its kind of run behind."""
        task = ti.task
        if TYPE_CHECKING:
            assert task
        before = task.get_flat_relative_ids(upstream=True)
        # By the run's name: Airflow makes a run's tasks before it lets them see the run.
        return task.priority_weight + len(before) - _BEHIND.get(DagRunType.from_run_id(ti.run_id or ""), 0)
