"""The report step: the result of a run, and whether a user has to look at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from debitoor_provider.sync.ledger import Ledger
    from debitoor_provider.sync.steps.job import Job

LATE: Final = "late"
"""The outcome that people are notified of when an account's run is not done in time; no verdict of a run."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a run.

    :param counts: documents by what happened to them in this run
    :param invoices: documents of this run by the outcome of their e-invoice
    :param verdict: of the run, or that it is late
    :param message: why it failed; ``None`` when it did not
    :param warnings: what a user should look into although it did not make the run fail
    :param answers: who approved or refused what the run was to do
    """

    counts: Mapping[str, int]
    verdict: Verdict | Literal["late"]
    message: Message | None = None
    warnings: Sequence[Message] = ()
    answers: Sequence[Message] = ()
    invoices: Mapping[str, int] = field(default_factory=dict)

    @property
    def summary(self) -> dict[str, Any]:
        """The counts, with those by e-invoice as ``e_invoices`` if there are any."""
        return {**self.counts, **({"e_invoices": dict(self.invoices)} if self.invoices else {})}


def report(job: Job, failed_steps: Sequence[str] = ()) -> Report:
    """Count a run's documents, give the run its verdict and write both into the ledger.

    A newly rejected document makes its run fail once. A held one does not: the account's own rules foresee it, and it
    stays in the list of what needs attention.

    :param failed_steps: steps of the run that failed
    """
    run = job.ledger.runs.get(job.run_id)
    counts = job.ledger.runs.counts(job.run_id)
    invoices = job.ledger.lists.invoices(account=job.account_id, run=job.run_id)
    rejected = counts.get("rejected", 0)
    if failed_steps:
        verdict = Verdict.STOPPED if run and run.verdict == Verdict.STOPPED else Verdict.FAILED
    else:
        verdict = Verdict.REJECTED if rejected else Verdict.SUCCESS
    message = _message(failed_steps, run.message if run else None, rejected)
    result = Report(counts, verdict, message, run.warnings if run else (), run.answers if run else (), invoices)
    if run is not None:
        job.ledger.runs.finish(job.run_id, counts={**run.counts, **result.summary}, verdict=verdict, message=message)
    return result


def refusal_met(ledger: Ledger, run_id: str, service: str) -> Message | None:
    """Return why a service refuses all that a run asks of it, once a step has found that out; ``None`` otherwise.

    :param service: its name as people know it
    """
    run = ledger.runs.get(run_id)
    if run is None or run.finished_at is not None or run.verdict != Verdict.STOPPED or run.message is None:
        return None
    return run.message if run.message.params.get("service") == service else None


def _message(failed_steps: Sequence[str], reason: Message | None, rejected: int) -> Message | None:
    """Return why a run failed: steps that failed, documents that were newly rejected, or both."""
    steps = list(failed_steps)
    failed = Message("run_step_failed_because", steps=steps, reason=reason) if reason else None
    failed = failed or Message("run_step_failed", steps=steps)
    left = Message("run_rejected", count=rejected)
    if steps and rejected:
        return Message("run_failed_and_rejected", failed=failed, rejected=left)
    if steps:
        return failed
    return left if rejected else None
