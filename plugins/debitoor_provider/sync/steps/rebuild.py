"""A lost ledger, restored from the markers that every record at the target carries (design section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.steps.repeated_records import hold_repeated

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import RebuildResult
    from debitoor_provider.sync.steps.job import Job


def rebuild(job: Job) -> RebuildResult:
    """Enter every document whose marker is on a record at the target as moved.

    Two sync accounts that share both services find each other's documents too: that keeps either from sending them.
    Those of which the target has more than one record are held.

    :raises Misconfigured: when the target belongs to another company
    """
    result = job.ledger.documents.rebuild(job.account_id, job.direction.name, job.direction.found_documents())
    hold_repeated(job, job.direction.repeated_copies([None]))
    return result
