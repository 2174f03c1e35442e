"""Map a document of GetMyInvoices to an expense of Debitoor, for code outside the provider.

:func:`draft` raises :class:`~debitoor_provider.sync.obstacle.Obstacle` when a document cannot be booked.
"""

from __future__ import annotations

from debitoor_provider.sync.export.booking import Booking
from debitoor_provider.sync.export.expense import draft

__all__ = ["Booking", "draft"]
