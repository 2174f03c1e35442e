"""What a person sees who has to approve a plan: in Airflow's own view, and in the account's notification."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

from debitoor_provider.messages import Message, Reader, labelled, languages, words, written_for
from debitoor_provider.messages.figures import shown_as
from debitoor_provider.runs.addresses import account_place, airflow_address, full_address
from debitoor_provider.runs.notification import Notification, amount_of, number_of
from debitoor_provider.sync.text import one_line, shorten, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from airflow.sdk import Context

    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.steps.approval import ApprovalQuestion
    from debitoor_provider.sync.steps.job import Job

_APPROVE, _REFUSE = "do.approve", "do.refuse"
_WIDTH = 100
"""Characters of a line of the list."""


def is_approval(chosen: Iterable[str]) -> bool:
    """Return whether a person chose to approve, in any language."""
    return bool(set(chosen) & {words(language)[_APPROVE] for language in languages()})


def options_of(job: Job) -> list[str]:
    """Return what can be chosen, in the language of the account's notifications."""
    return [words(_language_of(job))[name] for name in (_APPROVE, _REFUSE)]


class ApprovalRequest:
    """A question about a plan, in the language of the account's notifications.

    :param context: of the task that asks
    :param task_id: its name
    """

    def __init__(self, job: Job, question: ApprovalQuestion, context: Context, task_id: str) -> None:
        self._job = job
        self._question = question
        self._reader = Reader(_language_of(job), page=True)
        dag_run = context["dag_run"]
        dag, run, task = (quote(part, safe="") for part in (dag_run.dag_id, dag_run.run_id, task_id))
        self._place = f"/dags/{dag}/runs/{run}/tasks/{task}/required_actions"

    @cached_property
    def options(self) -> list[str]:
        """What can be chosen."""
        return options_of(self._job)

    @cached_property
    def subject(self) -> str:
        """One line."""
        with written_for(self._reader):
            asks = Message("plan_subject", count=self._question.count)
            return labelled(one_line(self._job.account.name), asks.text())

    @cached_property
    def body(self) -> str:
        """The question as Markdown, in which names are no markup: an indented block is shown as it is."""
        with written_for(self._reader):
            page = full_address(account_place(self._job.account_id))
            paragraphs = [*self._reasons, self._sums, self._first]
            paragraphs += ["\n".join(f"    {line}" for line in self._lines), *self._more, self._consequences]
            return "\n\n".join(filter(None, [*paragraphs, page and f"<{page}>"]))

    @cached_property
    def notification(self) -> Notification:
        """The notification."""
        with written_for(self._reader):
            parts: list[str | tuple[str, ...]] = [*self._reasons, self._sums, self._first, tuple(self._lines)]
            parts += [*self._more, self._consequences]
            question = self._question
            facts = {
                "account": self._job.account_id,
                "name": self._job.account.name,
                "approval": {
                    "count": question.count,
                    "sums": {currency: f"{amount:f}" for currency, amount in question.sums.items()},
                    "unknown": question.unknown,
                    "limits": {each.limit_name: f"{each.number:f}" for each in question.exceeded},
                },
            }
            return Notification(self.subject, tuple(filter(None, parts)), airflow_address(self._place), facts)

    @property
    def _reasons(self) -> list[str]:
        return [excess.message.text() for excess in self._question.exceeded]

    @property
    def _sums(self) -> str:
        amounts = [
            f"{shown_as('amount', f'{amount:f}', self._reader)} {shown(currency)}".strip()
            for currency, amount in self._question.sums.items()
        ]
        unknown = self._question.unknown
        parts = [Message("plan_sums", sums=" · ".join(amounts)).text()] if amounts else []
        return " ".join([*parts, *([Message("plan_unknown", count=unknown).text()] if unknown else [])])

    @property
    def _first(self) -> str:
        listed = Message("plan_first", count=len(self._question.first)) if self._more else Message("plan_all")
        return listed.text()

    @property
    def _lines(self) -> list[str]:
        return [
            shorten(one_line(" · ".join(filter(None, self._described(each)))), _WIDTH) for each in self._question.first
        ]

    def _described(self, entry: Entry) -> Sequence[str]:
        day = shown_as("day", entry.document_date.isoformat(), self._reader) if entry.document_date else ""
        return (
            day,
            shown(number_of(entry)),
            shown(entry.company),
            amount_of(entry, self._reader),
        )

    @property
    def _more(self) -> list[str]:
        more = self._question.count - len(self._question.first)
        return [Message("notice_more", count=more).text()] if more else []

    @property
    def _consequences(self) -> str:
        return Message("plan_answers", count=self._job.account.limits.approval_hours).text()


def tell(job: Job, request: ApprovalRequest) -> None:
    """Tell the account's people that a plan waits for one of them; what prevents it is a warning of the run."""
    notify = job.account.notify
    if notify is None or "attention" not in notify.when:
        return
    from debitoor_provider.runs.report import warned_of_failure

    with warned_of_failure(job, notify):
        from debitoor_provider.runs.notifiers import send

        send(notify, request.notification)


def _language_of(job: Job) -> str:
    return job.account.notify.language if job.account.notify else languages()[0]
