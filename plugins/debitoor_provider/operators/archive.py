"""The last step of an export: the archive of GetMyInvoices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.operators.base import SyncOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from debitoor_provider.sync.steps.job import Job


class DebitoorArchiveOperator(SyncOperator):
    """Archive in GetMyInvoices what was verified in Debitoor, and nothing else."""

    direction = "export"

    def step(self, job: Job, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Archive what was moved and is not archived yet."""
        from debitoor_provider.sync.steps.archive import archive

        archived = archive(job)
        self.log.info("Archived %s documents", archived)
        return {"archived": archived}
