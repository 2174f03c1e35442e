"""The last step where the source has an archive, as GetMyInvoices has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.operators.base import SyncOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from debitoor_provider.sync.steps.job import Job


class DebitoorArchiveOperator(SyncOperator):
    """Archive at the source what was verified at the target, and nothing else."""

    archives = True
    writes = ("source",)

    def step(self, job: Job, context: Context) -> dict[str, Any]:
        """Archive what was moved and is not archived yet."""
        from debitoor_provider.sync.steps.archive import archive

        archived = archive(job)
        self.log.info("Archived %s documents", archived)
        return {"archived": archived}
