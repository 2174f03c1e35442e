"""The rows of both contracts that the suite reports on, each with what the contract assumes, in one line."""

from __future__ import annotations

from typing import Final

from debitoor_provider.conformance.rows import debitoor, getmyinvoices
from debitoor_provider.conformance.rows.row import ContractRow

__all__ = ["CONTRACTS", "SERVICES", "ContractRow"]

CONTRACTS: Final[dict[str, tuple[ContractRow, ...]]] = {"getmyinvoices": getmyinvoices.ROWS, "debitoor": debitoor.ROWS}

SERVICES: Final = {"getmyinvoices": "GetMyInvoices", "debitoor": "Debitoor"}
