"""Safety stops: a run that exceeds a limit of its account stops before it does damage, and a person is asked.

Nothing is written or archived by a run whose documents exceed the limit by their number or amount. The share of
rejected documents is known only while documents are moved: once it is exceeded, no further document begins, and no
later run begins one before a person has allowed it or the account's settings have changed.
"""

from __future__ import annotations

import threading
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import StopError
from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.ledger import Entry, State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from debitoor_provider.sync.ledger import Pending, PlannedDocument
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.worth import DatedAmount

NEW_DOCUMENTS, AMOUNT, ARCHIVED, REJECTED_SHARE = "new_documents", "amount", "archived", "rejected_share"
PLAN_WAITS = "plan_waits"
"""The code of a stop that is answered in Airflow's own view, as long as its run waits."""

JUDGED_FROM = 20
"""Documents that a run has to be through with before the share of rejected ones counts."""


class LimitExceeded(StopError):
    """A run stopped because a limit of its account is exceeded; a person may allow it once."""


class Excess(NamedTuple):
    """A limit of an account that a run would exceed.

    :param limit_name: the setting
    :param number: what the run would reach
    :param most: what the account allows
    :param message: the sentence for a run that stops for it
    """

    limit_name: str
    number: Decimal
    most: Decimal
    message: Message

    @property
    def over(self) -> Decimal:
        """By how much the limit is exceeded."""
        return self.number - self.most


def to_move(job: Job, *, unchanged_since: int | None = None) -> Pending:
    """Return the documents that a run is to move, of which none has begun.

    :param unchanged_since: only those that have not changed since then, see :meth:`.Plans.last_change`
    """
    planned, by = [State.PLANNED], job.planned_by
    return job.ledger.plans.pending(
        job.account_id, job.direction.name, planned, planned_by=by, unchanged_since=unchanged_since
    )


def exceeded_by(job: Job) -> list[Excess]:
    """Return the limits that the documents of a run exceed by their number or amount, allowed or not."""
    limits, runs = job.account.limits, job.ledger.runs
    if limits.new_documents is None and limits.amount is None:
        return []
    return _excesses(
        job,
        to_move(job),
        moved=lambda: at_target(runs.counts(job.run_id)),
        amounts_moved=lambda: runs.amounts_moved(job.run_id),
    )


def at_target(counts: Mapping[str, int]) -> int:
    """Return how many documents of a run have come to be at the target, sent by it or found there."""
    return counts.get("moved", 0) + counts.get("already_there", 0)


def require_within_limits(job: Job) -> None:
    """Make sure that a run is to move no more than its account allows, in number and amount.

    :raises LimitExceeded: when it is, before any document is moved
    """
    exceeded = exceeded_by(job)
    job.ledger.stops.withdraw(job.account_id, *{NEW_DOCUMENTS, AMOUNT} - {excess.limit_name for excess in exceeded})
    for excess in exceeded:
        if not use_permission(job, excess.limit_name, excess.over):
            _stop(job, excess.limit_name, excess.number, excess.message)


def require_few_archived(job: Job, number: int) -> None:
    """Make sure that a run is to archive no more documents than its account allows.

    :param number: of documents that are to be archived now
    :raises LimitExceeded: when there are more, before any of them is archived
    """
    most = job.account.most_archived
    if most is None:
        return
    excess = _excess(job, ARCHIVED, number + job.ledger.runs.counts(job.run_id).get("archived", 0), most)
    if excess is None:
        job.ledger.stops.withdraw(job.account_id, ARCHIVED)
    elif not use_permission(job, excess.limit_name, excess.over):
        _stop(job, excess.limit_name, excess.number, excess.message)


def use_permission(job: Job, limit_name: str, over: Decimal | int) -> bool:
    """Use up a person's permission that a run exceeds a limit, and note it with the run; return whether there is one.

    :param over: by how much the run exceeds the limit
    """
    allowed = job.ledger.stops.use(job.account_id, limit_name, over, job.run_id)
    if allowed:
        params = {"by": person(allowed.allowed_by), "limit": limit_name, "number": allowed.number}
        job.ledger.runs.note_answer(job.run_id, Message("limit_was_allowed", **params))
    return bool(allowed)


def person(actor: str) -> str:
    """Return the name of a person whom the ledger knows as an actor."""
    return actor.removeprefix("user:")


def foreseen(job: Job, planned: Iterable[PlannedDocument]) -> Message | None:
    """Return what would stop a run, or what a person would have to approve first; ``None`` if nothing would.

    :param planned: the documents that the run would try to move
    """
    stopped = _unanswered_share(job)
    if stopped is not None:
        return stopped
    for excess in _excesses(job, list(planned)):
        if not job.ledger.stops.is_allowed(job.account_id, excess.limit_name, excess.over):
            asks = job.account.limits.exceeded == "approval"
            return Message("plan_would_wait", reason=excess.message) if asks else excess.message
    return None


def foreseen_at_archive(job: Job, moved: int) -> Message | None:
    """Return what would stop a run before it archives anything, after it has moved its documents.

    :param moved: how many documents the run would bring to the target, or find there
    """
    most = job.account.most_archived
    if most is None:
        return None
    left = len(job.ledger.documents.to_archive(job.account_id, job.direction.name))
    excess = _excess(job, ARCHIVED, left + moved, most)
    is_stop = excess and not job.ledger.stops.is_allowed(job.account_id, excess.limit_name, excess.over)
    return excess.message if excess and is_stop else None


class RejectedShare:
    """Watches the share of rejected documents while a run moves them; may be used by many threads.

    :raises LimitExceeded: when an earlier run was stopped for it, and it was not allowed, nor the settings changed
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._most = job.account.limits.rejected_share
        self._lock = threading.Lock()
        self._finished = self._rejected = 0
        if self._most is None:
            return
        if unanswered := _unanswered_share(job):
            raise LimitExceeded(unanswered, operation=job.direction.name)
        job.ledger.stops.withdraw(job.account_id, REJECTED_SHARE)
        if use_permission(job, REJECTED_SHARE, 0):
            self._most = None
            return
        counts = job.ledger.runs.counts(job.run_id)
        self._rejected = counts.get("rejected", 0)
        self._finished = self._rejected + at_target(counts) + sum(counts.get(name, 0) for name in ("held", "waiting"))

    def count(self, *, is_rejected: bool) -> None:
        """Count a document that the run is through with.

        :raises LimitExceeded: when too many were rejected
        """
        if self._most is None:
            return
        with self._lock:
            self._finished += 1
            self._rejected += is_rejected
            finished, rejected = self._finished, self._rejected
            if finished < JUDGED_FROM or rejected * 100 <= self._most * finished:
                return
            most, self._most = self._most, None  # others that are under way end as they do
        params = {"account": self._job.account_id, "rejected": rejected, "finished": finished, "most": most}
        _stop(self._job, REJECTED_SHARE, rejected, Message("limit_rejected_share", **params))


def _unanswered_share(job: Job) -> Message | None:
    """Return the unanswered stop for rejected documents under the current settings."""
    most = job.account.limits.rejected_share
    if most is None:
        return None
    for stop in job.ledger.stops.pending([job.account_id], REJECTED_SHARE):
        rejected, finished = stop.message.params["rejected"], stop.message.params["finished"]
        if stop.settings_fingerprint == job.settings_fingerprint and rejected * 100 > most * finished:
            return stop.message
    return None


def _excesses(
    job: Job,
    documents: Collection[Entry | PlannedDocument],
    moved: Callable[[], int] = int,
    amounts_moved: Callable[[], Iterable[DatedAmount]] = tuple,
) -> list[Excess]:
    """Return the limits that documents exceed by their number or amount.

    :param moved: returns how many the run has moved already
    :param amounts_moved: returns what these came to
    """
    limits = job.account.limits
    found: list[Excess | None] = []
    if limits.new_documents is not None:
        found.append(_excess(job, NEW_DOCUMENTS, len(documents) + moved(), limits.new_documents))
    if limits.amount is not None:
        worth = job.direction.worth()
        planned = (worth.of(_amount(each), decisions) for each, decisions in _decided(job, documents))
        amounts = chain(planned, map(worth.of, amounts_moved()))
        total = sum(filter(None, amounts), Decimal(0))
        found.append(_excess(job, AMOUNT, total, limits.amount, currency=worth.currency))
    return [excess for excess in found if excess]


def _amount(document: Entry | PlannedDocument) -> DatedAmount:
    return document.gross_amount, document.currency, document.document_date


def _decided(job: Job, documents: Iterable[Entry | PlannedDocument]) -> Iterator[tuple[Entry | PlannedDocument, str]]:
    """Return documents, each with what a person has decided about it."""
    for some in chunks(documents):
        new = [each.source_id for each in some if not isinstance(each, Entry)]
        known = job.ledger.documents.known(job.account_id, job.direction.name, new) if new else {}
        for each in some:
            entry = each if isinstance(each, Entry) else known.get(each.source_id)
            yield each, entry.decisions if entry else ""


def _excess(job: Job, name: str, number: Decimal | int, most: Decimal | int, **named: str) -> Excess | None:
    if number <= most:
        return None
    params = {"account": job.account_id, "number": number, "most": most, **named}
    return Excess(name, Decimal(number), Decimal(most), Message(f"limit_{name}", **params))


def ask(job: Job, name: str, number: Decimal | int, message: Message, *, approved_by: str = "") -> None:
    """Record that a limit stops a run until a person has answered.

    :param approved_by: who has done so; empty while nobody has
    """
    job.ledger.stops.ask(
        job.account_id,
        name,
        number,
        message,
        run_id=job.run_id,
        settings_fingerprint=job.settings_fingerprint,
        approved_by=approved_by,
    )


def _stop(job: Job, name: str, number: Decimal | int, message: Message) -> None:
    ask(job, name, number, message)
    raise LimitExceeded(message, operation=job.direction.name)
