"""The database of the ledger: engines, transactions, tables and their migrations."""

from __future__ import annotations
