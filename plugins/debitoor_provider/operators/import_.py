"""Invoices and credit notes of Debitoor into GetMyInvoices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.operators.transfer import TransferOperator

if TYPE_CHECKING:
    from debitoor_provider.runs.exchange import Exchange
    from debitoor_provider.sync.ledger import Pending


class DebitoorImportOperator(TransferOperator):
    """Store the planned sales documents in GetMyInvoices, each with its PDF, each once."""

    def transfer(self, exchange: Exchange, pending: Pending) -> None:
        """Move the documents of the run."""
        from debitoor_provider.sync.import_.mover import import_

        import_(
            pending,
            account=exchange.import_account,
            ledger=exchange.ledger,
            getmyinvoices=exchange.getmyinvoices,
            debitoor=exchange.debitoor,
            run_id=exchange.run_id,
            ending=exchange.ending,
        )
