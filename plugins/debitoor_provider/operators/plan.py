"""The first step: what is to be moved."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk.bases.operator import TRIGGER_FAIL_REPR
from airflow.sdk.exceptions import DownstreamTasksSkipped

from debitoor_provider.links.records import SourceRecordLink, TargetRecordLink
from debitoor_provider.messages import Message
from debitoor_provider.operators.base import SyncOperator
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from debitoor_provider.sync.steps.direction import Side
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
    :param preview: show names, figures and targets in the log and move nothing; a text says *yes* or *no*, *true* or
        *false*, *on* or *off*, *1* or *0*, and any other one fails the task
    :param start_from_trigger: make the plan of a scheduled run in the triggerer, so that a run with nothing to do takes
        no worker: the task is skipped then, and with it the report, if its trigger rule is ``none_skipped``. Where
        the triggerer cannot read the account's file, or reads other settings than ``settings``, a worker plans
    :param folder: folder of the account's file, for the triggerer; by default the configured one
    :param carries_out: up to how many documents of a scheduled run the plan's task moves itself: the steps after it, to
        the report, are done in the same process and then skipped. They continue in tasks of their own, as they would
        without, from where something goes wrong, a person is asked or a document is rejected, and when another task
        comes between or after them. Where a person has to correct something first, the step that needs the service
        fails there without asking it again; a later try asks it
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
    operator_extra_links = (*SyncOperator.operator_extra_links, SourceRecordLink(), TargetRecordLink())

    def __init__(
        self,
        *,
        period_from: str = "",
        period_to: str = "",
        document_ids: str | int | Sequence[str | int] = "",
        preview: bool | str = False,
        start_from_trigger: bool = False,
        folder: str = "",
        carries_out: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if type(carries_out) is not int or carries_out < 0:
            from debitoor_provider.runs.arguments import ArgumentError
            from debitoor_provider.sync.accounts.values import quoted

            raise ArgumentError(Message("argument_carries_out", value=quoted(carries_out)))
        self.carries_out = carries_out
        self.record_urls: dict[Side, str] = {}
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
        """Continue after the triggerer: with the plan that was made there, or by making it.

        :param event: the plan's summary, or why the run stops; ``None`` when there is no plan yet
        :raises StopError: when the source refused in the triggerer what it would be asked again
        """
        from debitoor_provider.sync.ledger import Verdict

        if event is None:
            return self.execute(context)
        if Verdict.STOPPED in event:
            return self._in_job(context, partial(self._stop, reason=event[Verdict.STOPPED]))
        self.log.info("Planned: %s", event)
        if not self._is_small(event):
            return event
        return self._in_job(context, partial(self._carry_out, summary=event))

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Context) -> Any:
        """Make the plan here when the triggerer did not get to it."""
        if next_method == TRIGGER_FAIL_REPR:
            self.log.warning("The triggerer did not plan the run, so it is planned here.")
            return self.execute(context)
        return super().resume_execution(next_method, next_kwargs, context)

    def step(self, job: Job, context: Context) -> dict[str, Any]:
        """Plan the run."""
        from debitoor_provider.runs.dag_files import require_single
        from debitoor_provider.runs.form import check_form, require_read, to_switch
        from debitoor_provider.runs.plan import dry_run, make_plan
        from debitoor_provider.runs.report import conclude
        from debitoor_provider.runs.windows import requested_window
        from debitoor_provider.sync.ledger import Run

        is_preview = to_switch("preview", self.preview)
        job.ledger.runs.start(Run(job.run_id, job.account_id, job.direction.name, job.kind.value))
        if self.folder:
            require_single(job.account_id, Path(self.folder))
        dag_run = context["dag_run"]
        conf = getattr(dag_run, "conf", None)
        if dag_run.dag_id == DAG_ID_PREFIX + job.account_id:
            check_form(conf, self._given(is_preview=is_preview))
        else:  # other DAGs have forms of their own
            require_read(conf, self._given(is_preview=is_preview))
        window = requested_window(context, job.account, self.period_from, self.period_to, self.document_ids)
        if is_preview:
            plan = dry_run(job, window, self.log)
        else:
            plan = make_plan(job, window)
            self.log.info("Planned: %s", plan.summary)
        if not plan.has_work:
            self._skip_the_rest(job, context, plan.summary)
        elif self.is_in_dag and not self._is_followed():
            conclude(job)
        elif self._is_small(plan.summary):
            return self._carry_out(job, context, summary=plan.summary)
        return plan.summary

    def _stop(self, job: Job, context: Context, *, reason: dict[str, Any]) -> dict[str, Any]:
        """Fail as the plan in the triggerer did."""
        from debitoor_provider.services.errors import StopError

        raise StopError(Message.from_json(reason))

    def _is_small(self, summary: dict[str, Any]) -> bool:
        """Return whether the plan's task may move the documents of a plan itself."""
        return bool(self.carries_out) and summary.get("due", self.carries_out + 1) <= self.carries_out

    def _carry_out(self, job: Job, context: Context, *, summary: dict[str, Any]) -> dict[str, Any]:
        """Do the steps after the plan too, as far as nothing is unusual; what is left is done in their own tasks.

        :raises DownstreamTasksSkipped: when nothing is left
        """
        from debitoor_provider.operators.whole_run import do_all, steps_after
        from debitoor_provider.runs.lineage import lineage_of
        from debitoor_provider.services.errors import Interrupted, ServiceError, StopError
        from debitoor_provider.sync.ledger import LedgerError, Verdict
        from debitoor_provider.sync.window import RunKind

        is_mapped = getattr(context["ti"], "map_index", -1) >= 0
        steps = [] if is_mapped or job.kind is not RunKind.SCHEDULED else steps_after(self)
        if not steps:
            return summary
        self.lineage = lineage_of(job, ["source"], [*dict.fromkeys(side for step in steps for side in step.writes)])
        try:
            done = do_all(self, steps, job, context)
        except Interrupted:
            raise
        except (ServiceError, LedgerError) as error:
            self.log.warning("The remaining steps run in their own tasks: %s", error)
            if isinstance(error, StopError):  # which the step that meets it fails with, without asking again
                with suppress(LedgerError):
                    job.ledger.runs.note_error(job.run_id, error.located, Verdict.STOPPED)
            return summary
        if done is None:
            self.log.info("The remaining steps run in their own tasks.")
            return summary
        self.record_urls = done.record_urls
        context["ti"].xcom_push("return_value", summary | done.summaries)
        raise DownstreamTasksSkipped(tasks=sorted(done.summaries))

    def _given(self, *, is_preview: bool) -> set[str]:
        """Return the keys of the trigger form that the operator has a value for."""
        given = {
            "from": self.period_from,
            "to": self.period_to,
            "document_ids": self.document_ids,
            "dry_run": is_preview,
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
        ahead = list(self.downstream_list) if self.is_in_dag else []
        while ahead:
            task = ahead.pop()
            if task.trigger_rule == "all_success" and task.task_id not in rest:
                rest[task.task_id] = None
                ahead += task.downstream_list
        if rest:
            context["ti"].xcom_push("return_value", summary)
            raise DownstreamTasksSkipped(tasks=sorted(rest))
