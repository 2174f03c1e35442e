"""From Debitoor to GetMyInvoices."""

from __future__ import annotations
