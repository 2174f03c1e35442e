"""The first step: what is to be moved."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk.bases.operator import TRIGGER_FAIL_REPR
from airflow.sdk.exceptions import DownstreamTasksSkipped

from debitoor_provider.operators.base import SyncOperator
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from debitoor_provider.sync.steps.job import Job

_TRIGGER = "debitoor_provider.triggers.plan.PlanTrigger"  # by name: only the triggerer needs it
_PATIENCE = timedelta(minutes=10)
"""How long the triggerer may take, or be away, before a worker makes the plan."""


class DebitoorPlanOperator(SyncOperator):
    """Ask the source what is new, choose by the account's settings, and write down what is to be moved.

    Without a period, documents or a backfill's data interval, everything new or changed since the last complete plan
    is asked for. When nothing is to be done, the run is reported on here and the following steps are skipped; one with
    a trigger rule of its own goes by that.

    :param period_from: first document date, ``YYYY-MM-DD``, inclusive; empty: open
    :param period_to: last document date, ``YYYY-MM-DD``, inclusive; empty: open
    :param document_ids: only these documents, by their ids at the source: a list such as a sensor returns, one id,
        or a text with commas between them
    :param preview: ``True``, or a text that says so: show names, figures and targets in the log and move nothing
    :param start_from_trigger: make the plan of a scheduled run in the triggerer, so that a run with nothing to do takes
        no worker: the task is skipped then, and with it the report, if its trigger rule is ``none_skipped``. Where
        the triggerer cannot read the account's file, or reads other settings than ``settings``, a worker plans
    :param folder: folder of the account's file, for the triggerer; by default the configured one
    """

    template_fields: Sequence[str] = (
        *SyncOperator.template_fields,
        "period_from",
        "period_to",
        "document_ids",
        "preview",
    )

    reports = True
    reads = ("source",)

    def __init__(
        self,
        *,
        period_from: str = "",
        period_to: str = "",
        document_ids: str | int | Sequence[str | int] = "",
        preview: bool | str = False,
        start_from_trigger: bool = False,
        folder: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.period_from = period_from
        self.period_to = period_to
        self.document_ids = document_ids
        self.preview = preview
        self.folder = folder
        if start_from_trigger:
            self._start_from_trigger()

    def _start_from_trigger(self) -> None:
        """Let the scheduler hand the task to the triggerer first; what it gets is stored, and so holds no settings."""
        from airflow.triggers.base import StartTriggerArgs

        from debitoor_provider.sync.accounts.settings import digest

        self.start_trigger_args = StartTriggerArgs(
            trigger_cls=_TRIGGER,
            trigger_kwargs={
                **{name: getattr(self, name) for name in DebitoorPlanOperator.template_fields},
                "folder": self.folder,
                "digest": digest(self.settings) if self.settings else "",
            },
            next_method=self.go_on.__name__,
            next_kwargs=None,
            timeout=_PATIENCE,
        )
        self.start_from_trigger = True

    def go_on(self, context: Context, event: dict[str, Any] | None = None) -> dict[str, Any]:
        """Go on after the triggerer: with the plan that was made there, or by making it.

        :param event: the plan's summary; ``None`` when there is no plan yet
        """
        if event is None:
            return self.execute(context)
        self.log.info("Planned: %s", event)
        return event

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Context) -> Any:
        """Make the plan here when the triggerer did not get to it."""
        if next_method == TRIGGER_FAIL_REPR:
            self.log.warning("The triggerer did not plan the run, so it is planned here.")
            return self.execute(context)
        return super().resume_execution(next_method, next_kwargs, context)

    def step(self, job: Job, context: Context) -> dict[str, Any]:
        """Plan the run."""
        from debitoor_provider.runs.dag_files import require_single
        from debitoor_provider.runs.form import check_form, require_read
        from debitoor_provider.runs.plan import dry_run, make_plan
        from debitoor_provider.runs.report import conclude
        from debitoor_provider.runs.windows import requested_window
        from debitoor_provider.sync.ledger import Run

        job.ledger.runs.start(Run(job.run_id, job.account_id, job.direction.name, job.kind.value))
        if self.folder:
            require_single(job.account_id, Path(self.folder))
        dag_run = context["dag_run"]
        conf = getattr(dag_run, "conf", None)
        if dag_run.dag_id == DAG_ID_PREFIX + job.account_id:
            check_form(conf)
        else:  # other DAGs have forms of their own
            require_read(conf, self._given())
        window = requested_window(context, job.account, self.period_from, self.period_to, self.document_ids)
        if is_yes(self.preview):
            plan = dry_run(job, window, self.log)
        else:
            plan = make_plan(job, window)
            self.log.info("Planned: %s", plan.summary)
        if not plan.has_work:
            self._skip_the_rest(job, context, plan.summary)
        elif self.has_dag() and not self._is_followed():  # type: ignore[no-untyped-call]
            conclude(job)
        return plan.summary

    def _given(self) -> set[str]:
        """Return the keys of the trigger form that the operator has a value for."""
        given = {
            "from": self.period_from,
            "to": self.period_to,
            "document_ids": self.document_ids,
            "dry_run": is_yes(self.preview),
        }
        return {key for key, value in given.items() if value}

    def _skip_the_rest(self, job: Job, context: Context, summary: dict[str, Any]) -> None:
        """Report, and skip the steps that would find nothing to do; a task with its own trigger rule is left.

        One of several mapped plans skips nothing: the steps after it may be those of the other accounts too.
        """
        if getattr(context["ti"], "map_index", -1) >= 0:
            return
        from debitoor_provider.runs.report import conclude

        conclude(job)
        rest: dict[str, None] = {}
        ahead = list(self.downstream_list) if self.has_dag() else []  # type: ignore[no-untyped-call]
        while ahead:
            task = ahead.pop()
            if task.trigger_rule == "all_success" and task.task_id not in rest:
                rest[task.task_id] = None
                ahead += task.downstream_list
        if rest:
            context["ti"].xcom_push("return_value", summary)
            raise DownstreamTasksSkipped(tasks=sorted(rest))  # type: ignore[no-untyped-call]


def is_yes(answer: bool | str) -> bool:
    """Return whether a switch is on, which a template may have made a text."""
    return str(answer).strip().lower() in {"true", "1", "yes"}
