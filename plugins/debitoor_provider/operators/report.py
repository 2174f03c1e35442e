"""The last step of every run: counts and verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

from debitoor_provider.operators.base import SyncOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.report import Report


class DebitoorReportOperator(SyncOperator):
    """Count what the run did, write it into the ledger, and give the run its verdict.

    Runs whatever happened before it (``trigger_rule="all_done"``). The run is red when one of its steps failed, or when
    a document was newly rejected; a document that stays rejected does not keep later runs red.
    """

    reports = True

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("trigger_rule", "all_done")
        super().__init__(**kwargs)

    def step(self, job: Job, context: Context) -> dict[str, Any]:
        """Report on the run.

        :raises AirflowFailException: when the run's verdict is that it failed
        """
        failed = self._failed_steps(context)
        from debitoor_provider.runs.report import conclude
        from debitoor_provider.sync.ledger import Run, Verdict

        if job.ledger.runs.get(job.run_id) is None:
            job.ledger.runs.start(Run(job.run_id, job.account_id, job.direction.name, job.kind.value))
        result = conclude(job, failed)
        self._log(result)
        if result.verdict != Verdict.SUCCESS:
            raise AirflowFailException(str(result.message))
        return result.summary

    def _failed_steps(self, context: Context) -> list[str]:
        """Return the steps of the account's run that failed; other tasks before the report are none of its business."""
        steps, dag_run = self.own_steps(upstream=True), context["dag_run"]
        if not steps:  # Airflow would return all tasks
            return []
        of_runs = context["ti"].get_task_states(dag_id=dag_run.dag_id, task_ids=steps, run_ids=[dag_run.run_id])
        return sorted(step for step, state in of_runs.get(dag_run.run_id, {}).items() if state == "failed")

    def ahead(self, job: Job, context: Context) -> dict[str, Any] | None:
        """Report on a run that went well; another one is reported on where people look for what went wrong."""
        from debitoor_provider.runs.report import conclude

        if job.ledger.runs.counts(job.run_id).get("rejected"):
            return None
        result = conclude(job)
        self._log(result)
        return result.summary

    def _log(self, result: Report) -> None:
        self.log.info("Report: %s", result.summary)
        for answer in result.answers:
            self.log.info("%s", answer)
        for warning in result.warnings:
            self.log.warning("%s", warning)
