"""The second step of an export: file names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.operators.base import SyncOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from debitoor_provider.sync.steps.job import Job


class DebitoorRenameOperator(SyncOperator):
    """Give each planned document the file name that its copy at the target will have.

    The API of GetMyInvoices cannot rename (contract section 7.1): the name there stays, the copy in Debitoor gets the
    new one.
    """

    needs_plan = True

    def step(self, job: Job, context: Context) -> dict[str, Any]:
        """Name the documents of the run."""
        from debitoor_provider.sync.steps.rename import rename

        return {"named": rename(job)}
