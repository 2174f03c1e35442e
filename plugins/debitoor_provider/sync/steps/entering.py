"""A plan is entered into the ledger, if the account's target is the one that it has had so far."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.sync.ledger import DONE, TargetChanged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debitoor_provider.sync.ledger import PlannedDocument, PlanResult
    from debitoor_provider.sync.steps.job import Job

_MOST_LOOKED_FOR = 20


def enter(job: Job, planned: Iterable[PlannedDocument], **options: Any) -> PlanResult:
    """Enter a plan; see :meth:`~debitoor_provider.sync.ledger.plans.Plans.enter`.

    Books may get another name, e.g. the address registered at Debitoor: they are the same ones if they have a document
    that was sent. To others, what was sent would seem to be there already; and what another account knows of them, by
    which it repeats nothing, would be overwritten.

    :param planned: the documents, which are read again where the target has another name
    :raises Misconfigured: when the account's target has none of the documents that were sent
    """
    enter_as = partial(job.ledger.plans.enter, job.account_id, job.direction.name, job.run_id)
    options["settings_fingerprint"] = job.settings_fingerprint
    try:
        return enter_as(planned, **options)
    except TargetChanged as changed:
        if not _is_same_target(job, changed.source_ids):
            before, service = changed.before.partition(":")[2], job.direction.target_title
            message = Message("target_changed", account=job.account_id, before=before, service=service)
            raise Misconfigured(message, operation="plan") from None
    return enter_as(planned, **options, same_target=True)


def require_known_target(job: Job) -> None:
    """Make sure that the account's target is the one that it has had so far, as the plan of its documents would.

    :raises Misconfigured: when it has none of the latest documents that were sent
    """
    name, documents = job.direction.name, job.ledger.documents
    latest = documents.entries(job.account_id, name, DONE, limit=_MOST_LOOKED_FOR)
    records = [job.direction.load(entry.snapshot) for entry in latest if entry.snapshot]
    enter(job, [job.direction.planned(record) for record in records], dry_run=True)


def _is_same_target(job: Job, source_ids: Iterable[str]) -> bool:
    """Return whether the target has one of the records by which documents were sent, as far as these are known."""
    known = job.ledger.documents.known(job.account_id, job.direction.name, list(source_ids)).values()
    sent = [(entry.moved_at, entry) for entry in known if entry.target_id and entry.moved_at]
    latest = [entry for _, entry in sorted(sent, key=lambda one: one[0], reverse=True)[:_MOST_LOOKED_FOR]]
    if not latest:
        return True
    there = job.direction.copies({entry.moved_at.date() if entry.moved_at else None for entry in latest})
    return any(copy.id == entry.target_id for entry in latest for copy in there.get(entry.source_id, ()))
