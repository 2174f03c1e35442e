"""Documents of GetMyInvoices into the books of Debitoor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.operators.transfer import TransferOperator

if TYPE_CHECKING:
    from debitoor_provider.runs.exchange import Exchange
    from debitoor_provider.sync.ledger import Pending


class DebitoorExportOperator(TransferOperator):
    """Book the planned documents as expenses in Debitoor, each with its file, each once."""

    def transfer(self, exchange: Exchange, pending: Pending) -> None:
        """Move the documents of the run."""
        from debitoor_provider.sync.export.mover import export

        export(
            pending,
            account=exchange.export_account,
            ledger=exchange.ledger,
            getmyinvoices=exchange.getmyinvoices,
            debitoor=exchange.debitoor,
            run_id=exchange.run_id,
            ending=exchange.ending,
        )
