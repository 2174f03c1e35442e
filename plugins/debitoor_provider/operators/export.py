"""Documents of GetMyInvoices into the books of Debitoor."""

from __future__ import annotations

from debitoor_provider.operators.transfer import TransferOperator


class DebitoorExportOperator(TransferOperator):
    """Book the planned documents as expenses in Debitoor, each with its file, each once."""

    direction = "export"
