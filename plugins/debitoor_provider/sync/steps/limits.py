"""Safety stops: a run that exceeds a limit of its account stops before it does damage, and a person is asked.

Nothing is written or archived by a run whose number of documents exceeds the limit. The share of rejected documents is
known only while documents are moved: once it is exceeded, no further document begins, and no later run begins one
before a person has allowed it or the account's settings have changed.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.http.errors import StopError
from debitoor_provider.sync.ledger import State

if TYPE_CHECKING:
    from debitoor_provider.sync.steps.job import Job

NEW_DOCUMENTS, ARCHIVED, REJECTED_SHARE = "new_documents", "archived", "rejected_share"

JUDGED_FROM = 20
"""Documents that a run has to be through with before the share of rejected ones counts."""


class LimitExceeded(StopError):
    """A run stopped because a limit of its account is exceeded; a person may allow it once."""


def require_few_new(job: Job) -> None:
    """Make sure that a run is to move no more documents than its account allows.

    :raises LimitExceeded: when it is, before any of them is moved
    """
    most = job.account.limits.new_documents
    if most is None:
        return
    planned = job.ledger.plans.pending(job.account_id, job.direction.name, [State.PLANNED], planned_by=job.planned_by)
    moved = job.ledger.runs.counts(job.run_id).get("moved", 0)
    _require(job, NEW_DOCUMENTS, len(planned) + moved, most)


def require_few_archived(job: Job, number: int) -> None:
    """Make sure that a run is to archive no more documents than its account allows.

    :param number: of documents that are to be archived now
    :raises LimitExceeded: when it is, before any of them is archived
    """
    most = job.account.most_archived
    if most is not None:
        _require(job, ARCHIVED, number + job.ledger.runs.counts(job.run_id).get("archived", 0), most)


def foreseen(job: Job, number: int) -> Message | None:
    """Return what would stop a run that is to move so many documents; ``None`` if nothing would.

    :param number: of documents that the run would try to move
    """
    most = job.account.limits.new_documents
    stopped = _unanswered_share(job)
    if stopped is not None:
        return stopped
    if most is None or number <= most or job.ledger.stops.is_allowed(job.account_id, NEW_DOCUMENTS, number - most):
        return None
    return _message(job, NEW_DOCUMENTS, number, most)


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
        if job.ledger.stops.use(job.account_id, REJECTED_SHARE, 0, job.run_id):
            self._most = None
            return
        counts = job.ledger.runs.counts(job.run_id)
        self._rejected = counts.get("rejected", 0)
        self._finished = self._rejected + sum(counts.get(name, 0) for name in ("moved", "held", "waiting"))

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


def _require(job: Job, name: str, number: int, most: int) -> None:
    if number <= most:
        job.ledger.stops.withdraw(job.account_id, name)
    elif not job.ledger.stops.use(job.account_id, name, number - most, job.run_id):
        _stop(job, name, number, _message(job, name, number, most))


def _message(job: Job, name: str, number: int, most: int) -> Message:
    return Message(f"limit_{name}", account=job.account_id, number=number, most=most)


def _stop(job: Job, name: str, number: int, message: Message) -> None:
    job.ledger.stops.ask(
        job.account_id,
        name,
        number,
        message,
        run_id=job.run_id,
        settings_fingerprint=job.settings_fingerprint,
    )
    raise LimitExceeded(message, operation=job.direction.name)
