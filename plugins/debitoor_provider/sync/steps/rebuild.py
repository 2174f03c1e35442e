"""A lost ledger, restored from the marks that every record at the target carries (design section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import RebuildResult
    from debitoor_provider.sync.steps.job import Job


def rebuild(job: Job) -> RebuildResult:
    """Enter every document whose mark is on a record at the target as moved.

    Two sync accounts that share both services find each other's documents too: that keeps either from sending them.

    :raises Misconfigured: when the target belongs to another company
    """
    return job.ledger.documents.rebuild(job.account_id, job.direction.name, job.direction.found())
