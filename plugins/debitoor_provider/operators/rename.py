"""The second step of an export: file names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.operators.base import SyncOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from debitoor_provider.runs.exchange import Exchange


class DebitoorRenameOperator(SyncOperator):
    """Give each planned document the file name that its copy at the target will have.

    The API of GetMyInvoices cannot rename (contract section 7.1): the name there stays, the copy in Debitoor gets the
    new one.
    """

    def step(self, exchange: Exchange, context: Context) -> dict[str, Any]:
        """Name the documents of the run."""
        from debitoor_provider.sync.steps.rename import rename

        named = rename(
            exchange.unnamed(context), account=exchange.account, ledger=exchange.ledger, run_id=exchange.run_id
        )
        return {"named": named}
