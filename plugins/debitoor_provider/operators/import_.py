"""Invoices and credit notes of Debitoor into GetMyInvoices."""

from __future__ import annotations

from debitoor_provider.operators.transfer import TransferOperator


class DebitoorImportOperator(TransferOperator):
    """Store the planned sales documents in GetMyInvoices, each with its PDF, each once."""

    direction = "import"
