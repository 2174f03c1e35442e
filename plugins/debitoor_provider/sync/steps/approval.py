"""The approval of a plan: what a person is asked before a run exceeds a limit, and what follows from the answer."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from debitoor_provider.messages import Message
from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.steps.lease import RunLeases
from debitoor_provider.sync.steps.limits import (
    PLAN_WAITS,
    LimitExceeded,
    ask,
    exceeded_by,
    person,
    to_move,
    use_permission,
)
from debitoor_provider.sync.steps.stream import BATCH
from debitoor_provider.sync.steps.transfer import LEASE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.limits import Excess

log = logging.getLogger(__name__)

ExceededLimits: TypeAlias = "Mapping[str, Mapping[str, Any]]"
"""What a run would reach, as number and sentence, by the limit that it would exceed; as JSON keeps it."""

NAMED = 20
"""Most documents that a question names."""


class PendingApproval(NamedTuple):
    """What an answer is about.

    :param exceeded_limits: what is approved, whatever else is planned in the meantime
    :param since: when it was shown
    :param seen: the last change of a document before that: what was planned later was not shown
    """

    exceeded_limits: ExceededLimits
    since: datetime
    seen: int | None


@dataclass(frozen=True, slots=True)
class ApprovalQuestion:
    """What a person is asked about a plan.

    :param exceeded: the limits that it exceeds, and that nobody has allowed yet
    :param count: how many documents it is about
    :param sums: what they come to, by currency; credit notes are taken off
    :param unknown: how many of them state no amount
    :param first: the first of them
    """

    exceeded: Sequence[Excess]
    count: int
    sums: Mapping[str, Decimal]
    unknown: int
    first: Sequence[Entry]


def question_of(job: Job) -> ApprovalQuestion | None:
    """Return what a person has to be asked before a run moves its documents; ``None`` when there is nothing to ask.

    What was allowed before, on the page or for an earlier try of the run, is not asked again.
    """
    exceeded = [excess for excess in exceeded_by(job) if not use_permission(job, excess.limit_name, excess.over)]
    if not exceeded:
        return None
    sums: dict[str, Decimal] = {}
    documents, unknown = to_move(job), 0
    for entry in documents:
        if entry.gross_amount is None:
            unknown += 1
        else:
            sums[entry.currency] = sums.get(entry.currency, Decimal(0)) + entry.gross_amount
    return ApprovalQuestion(exceeded, len(documents), dict(sorted(sums.items())), unknown, list(documents[:NAMED]))


def wait_for_answer(job: Job, question: ApprovalQuestion, task: str) -> PendingApproval:
    """Record that the run waits for a person, and return what the answer is about.

    :param task: which of the run's tasks asks; one that was cleared is another
    """
    seen = job.ledger.plans.last_change()
    for excess in question.exceeded:
        ask(job, excess.limit_name, excess.number, Message(PLAN_WAITS, reason=excess.message, task=task, seen=seen))
    return pending_approval(job, task) or PendingApproval({}, job.now(), seen)


def pending_approval(job: Job, task: str) -> PendingApproval | None:
    """Return what a task of the run has asked already; ``None`` when it has not, or another run has asked since."""
    stops = [
        stop
        for stop in job.ledger.stops.pending([job.account_id])
        if stop.message.code == PLAN_WAITS and (stop.run_id, stop.message.params["task"]) == (job.run_id, task)
    ]
    if not stops:
        return None
    asked = {stop.limit_name: {"number": str(stop.number), **stop.message.params["reason"]} for stop in stops}
    return PendingApproval(asked, max(stop.stopped_at for stop in stops), stops[-1].message.params.get("seen"))


def approve(job: Job, pending: PendingApproval, actor: str) -> None:
    """Let the run exceed what was shown to the person who approved its plan.

    :param actor: who approved it
    """
    for name, shown in pending.exceeded_limits.items():
        ask(job, name, Decimal(shown["number"]), Message.from_json(shown), approved_by=actor)
        use_permission(job, name, 0)


def refuse(job: Job, pending: PendingApproval, actor: str) -> int:
    """Hold the documents of a refused plan, and return how many these are; nothing is moved.

    They go when a person sends them, or when other settings of the account take them; those that are gone, or that the
    account does not take any more, leave automatically.

    :param actor: who refused it
    """
    message = Message("plan_refused", by=person(actor))
    leases = RunLeases(job.ledger, f"{job.run_id}@refused:{uuid.uuid4().hex[:8]}", LEASE)
    held = 0
    for some in chunks(to_move(job, unchanged_since=pending.seen), BATCH):
        try:
            for entry in leases.claim(some, job.run_id):
                is_shown = pending.seen is not None or entry.changed_at <= pending.since  # asked by an earlier version
                if is_shown and entry.state is State.PLANNED:
                    job.ledger.steps.hold(entry, message)
                    held += 1
        finally:
            leases.release()
    job.ledger.runs.note_answer(job.run_id, Message("plan_was_refused", by=person(actor), count=held))
    # Last: until then a retry looks for the answer again.
    job.ledger.stops.withdraw(job.account_id, *pending.exceeded_limits)
    log.info("The plan was refused by %s: %s documents are held", person(actor), held)
    return held


def unanswered(job: Job, pending: PendingApproval) -> LimitExceeded:
    """Make a stop like any other of a plan that nobody approved or refused in time, and return the run's error."""
    for name, shown in pending.exceeded_limits.items():
        ask(job, name, Decimal(shown["number"]), Message.from_json(shown))
    message = Message("plan_unanswered", account=job.account_id, count=job.account.limits.approval_hours)
    return LimitExceeded(message, operation=job.direction.name)
