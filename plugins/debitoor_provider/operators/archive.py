"""The last step of an export: the archive of GetMyInvoices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.operators.base import SyncOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from debitoor_provider.runs.exchange import Exchange


class DebitoorArchiveOperator(SyncOperator):
    """Archive in GetMyInvoices what was verified in Debitoor, and nothing else."""

    def step(self, exchange: Exchange, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Archive what was moved and is not archived yet."""
        from debitoor_provider.sync.steps.archive import archive

        archived = archive(
            exchange.ledger.documents.to_archive(exchange.account_id),
            account=exchange.export_account,
            ledger=exchange.ledger,
            getmyinvoices=exchange.getmyinvoices,
            run_id=exchange.run_id,
            ending=exchange.ending,
        )
        self.log.info("Archived %s documents", archived)
        return {"archived": archived}
