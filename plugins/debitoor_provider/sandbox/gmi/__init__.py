"""The GetMyInvoices Accounts API v3 (contract G)."""

from __future__ import annotations
