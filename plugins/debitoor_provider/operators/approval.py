"""The step between the plan and what follows: a person approves a large plan, or refuses it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk.exceptions import TaskAwaitingInput

from debitoor_provider.operators.base import SyncOperator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from debitoor_provider.sync.steps.approval import ExceededLimits, PendingApproval
    from debitoor_provider.sync.steps.job import Job

_ANSWER_TRIGGER = "debitoor_provider.triggers.answer:AnswerTrigger"  # by name: triggers import operators
_LOOK_SECONDS = 15.0  # well above the scheduler's loop


class _Asking(HITLOperator):
    """What is asked, and in which language, is known when the plan is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(subject="", options=["Approve", "Refuse"], **kwargs)


class DebitoorApprovalOperator(SyncOperator, _Asking):
    """Wait in Airflow until a person has approved or refused a plan that exceeds a limit of its account.

    It goes between the plan and the transfer. A plan within the limits, or whose excess was allowed on the
    Synchronisation page, does not wait. A refused plan moves nothing: its documents are held, and the run continues
    with none. When nobody answers in time, the task fails for good, as a safety stop does.

    A waiting task takes no slot of a worker, of a pool or of the triggerer. The account's settings say which limits
    these are (``limits.new_documents``, ``limits.amount``) and how long it waits (``limits.approval_hours``).
    """

    # No text is a template: names of documents are in them, and are shown as they are.
    template_fields: Sequence[str] = SyncOperator.template_fields
    needs_plan = True

    def step(self, job: Job, context: Context) -> dict[str, Any]:
        """Ask, unless there is nothing to ask.

        :raises TaskAwaitingInput: when a person has to answer
        """
        from debitoor_provider.runs.approval import ApprovalRequest, options_of, tell
        from debitoor_provider.sync.steps.approval import pending_approval, question_of, wait_for_answer

        task = self._named(context)
        longest = timedelta(hours=job.account.limits.approval_hours)
        self.response_timeout = longest
        if pending := pending_approval(job, task):
            # A retry: what follows from the answer met a fault; or it came before the LocalExecutor had ended the task,
            # and Airflow believes that it was killed. To ask again would delete it. A refusal of which a part was done
            # may have left a plan within the limits.
            self._wait_in_triggerer(pending, options_of(job), context, pending.since + longest)
        question = question_of(job)
        if question is None:
            return {"asked": False}
        request = ApprovalRequest(job, question, context, self.task_id)
        self.subject, self.body, self.options = request.subject, request.body, request.options
        try:
            HITLOperator.execute(self, context)
        except TaskAwaitingInput:
            pending = wait_for_answer(job, question, task)
            tell(job, request)
            raise self._wait(pending) from None
        raise AssertionError("Airflow did not wait for an answer.")

    def ahead(self, job: Job, context: Context) -> dict[str, Any] | None:
        """Continue when there is nothing to ask; a person is asked by a task of its own."""
        from debitoor_provider.sync.steps.approval import question_of

        return {"asked": False} if question_of(job) is None else None

    def _named(self, context: Context) -> str:
        """Return what names a task of a run while it asks: a retry has the same, but not a task that was cleared.

        A retry gets an id of its own; more tries are allowed to what was cleared.
        """
        ti: Any = context["ti"]
        return f"{self.task_id}/{ti.map_index}/{ti.max_tries}"

    def _wait(self, pending: PendingApproval) -> TaskAwaitingInput:
        return TaskAwaitingInput(
            method_name=self.go_on.__name__, kwargs=_kwargs(pending), timeout=self.response_timeout
        )

    def _wait_in_triggerer(
        self, pending: PendingApproval, options: list[str], context: Context, until: datetime
    ) -> NoReturn:
        trigger = resolve_name(_ANSWER_TRIGGER)(
            ti_id=context["task_instance"].id,
            options=options,
            params={},
            timeout_datetime=until,
            poke_interval=_LOOK_SECONDS,
        )
        self.defer(trigger=trigger, method_name=self.go_on.__name__, kwargs=_kwargs(pending))

    def go_on(
        self, context: Context, event: dict[str, Any], asked: ExceededLimits, since: str, seen: int | None = None
    ) -> dict[str, Any]:
        """Do what the person answered.

        :param event: the answer, as Airflow hands it over
        :param asked: the exceeded limits that were shown
        :param since: when it was shown
        :param seen: the last change of a document before that
        :raises LimitExceeded: when nobody answered in time
        """
        return self._in_job(context, partial(self._answered, event=event, asked=asked, since=since, seen=seen))

    def _answered(
        self,
        job: Job,
        context: Context,
        *,
        event: dict[str, Any],
        asked: ExceededLimits,
        since: str,
        seen: int | None,
    ) -> dict[str, Any]:
        from debitoor_provider.runs.approval import is_approval
        from debitoor_provider.sync.steps.approval import PendingApproval, approve, refuse, unanswered

        pending = PendingApproval(asked, datetime.fromisoformat(since), seen)
        if event.get("error_type") == "timeout":
            raise unanswered(job, pending)
        if "error" in event:
            self.process_trigger_event_error(event)
        actor = f"user:{(event.get('responded_by_user') or {}).get('name') or '?'}"
        if is_approval(event["chosen_options"]):
            approve(job, pending, actor)
            self.log.info("The plan was approved by %s", actor)
            return {"asked": True, "approved": True, "by": actor}
        held = refuse(job, pending, actor)
        return {"asked": True, "approved": False, "by": actor, "held": held}


def _kwargs(pending: PendingApproval) -> dict[str, Any]:
    """Return what the resumed method needs to know of the question."""
    return {"asked": pending.exceeded_limits, "since": pending.since.isoformat(), "seen": pending.seen}
