"""The digest of a run: what the account's people have not been notified of yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from debitoor_provider.sync.ledger import ATTENTION, WENT_THROUGH, Notice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from debitoor_provider.messages import Message
    from debitoor_provider.sync.ledger import Entry, Ledger
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.report import Report

NAMED = 10
"""Most documents that a digest names."""
_WITHIN = ("failed", "reason")
"""The parameters in which a run's message holds the reason for the failure."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What there is to report after a run.

    :param notice: what the people have been notified of once it is sent
    :param failure: why the run failed
    :param works_again: whether it went well after a failure that they were notified of
    :param reasons: how many documents newly need a decision, by the code of the reason
    :param documents: the newest of them
    :param is_all: whether all that need a decision are counted, not only what is new to people
    """

    notice: Notice
    failure: Message | None = None
    works_again: bool = False
    reasons: Mapping[str, int] = field(default_factory=dict)
    documents: Sequence[Entry] = ()
    is_all: bool = False

    @property
    def has_news(self) -> bool:
        """Whether there is anything to report."""
        return bool(self.failure or self.works_again or self.reasons)

    @property
    def count(self) -> int:
        """How many documents newly need a decision."""
        return sum(self.reasons.values())


def digest_of(job: Job, result: Report) -> Digest | None:
    """Return what there is to report after a run, ``None`` when there is nothing.

    The same failure is notified once a day, by the account's clock. Documents are new when they came into their state
    after those of the last notification.
    """
    notify = job.account.notify
    if notify is None:
        return None
    notice = job.ledger.notices.last(job.account_id)
    seen, failures, is_failing = notice.seen, notice.failures, notice.is_failing
    failure, works_again = None, False
    if "failed" in notify.when:
        today = job.now().astimezone(ZoneInfo(job.account.timezone)).date().isoformat()
        if result.verdict not in WENT_THROUGH:
            code = code_of(result.message)
            if failures.get(code) != today:
                failure, is_failing = result.message, True
                failures = {**{known: day for known, day in failures.items() if day == today}, code: today}
        elif is_failing and not job.ledger.stops.pending([job.account_id]):
            works_again, is_failing = True, False
    reasons: Mapping[str, int] = {}
    documents: Sequence[Entry] = ()
    if "attention" in notify.when:
        last = job.ledger.plans.last_change()
        documents, reasons = _undecided(job.ledger, job.account_id, seen)
        seen = last if documents else seen
    digest = Digest(Notice(job.account_id, seen, failures, is_failing), failure, works_again, reasons, documents)
    return digest if digest.has_news else None


def code_of(message: Message | None) -> str:
    """Return the code of a failure: that of the innermost reason, whichever step and service it was met at."""
    if message is None:
        return ""
    code, params = message.code, message.params
    while within := next((params[name] for name in _WITHIN if isinstance(params.get(name), dict)), None):
        stored: dict[str, Any] = within
        code, params = stored["code"], stored.get("params", {})
    return code


def open_digest(ledger: Ledger, account: str, failure: Message | None) -> Digest:
    """Return what there is to say of an account at the moment, no matter what was said before.

    :param failure: why it, or what depends on it, failed
    """
    documents, reasons = _undecided(ledger, account, None)
    return Digest(Notice(account), failure, reasons=reasons, documents=documents, is_all=True)


def _undecided(ledger: Ledger, account: str, since: int | None) -> tuple[list[Entry], dict[str, int]]:
    """Return the newest documents that need a decision since a change, and how many by reason; in this order.

    What comes in between the readings is counted now and notified again the next time, rather than never.
    """
    found = ledger.documents.entries(account, states=ATTENTION, came_after=since, limit=NAMED)
    counts = ledger.documents.codes(account, states=ATTENTION, came_after=since) if found else {}
    return found, counts
