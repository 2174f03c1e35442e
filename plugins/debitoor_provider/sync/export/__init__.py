"""From GetMyInvoices to Debitoor."""

from __future__ import annotations
