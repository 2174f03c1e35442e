"""The mapping of a document to an expense alone, for code outside the provider.

:func:`draft` returns a :class:`Booking`, or raises :class:`Obstacle` when the document cannot be booked.
"""

from __future__ import annotations

from debitoor_provider.sync.export.booking import Booking
from debitoor_provider.sync.export.expense import draft
from debitoor_provider.sync.obstacle import Obstacle

__all__ = ["Booking", "Obstacle", "draft"]
