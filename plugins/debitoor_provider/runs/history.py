"""The details of what happened to a document."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.money import exact_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from debitoor_provider.sync.ledger import Entry

_BOOKED = {"by_rate", "nearest", "rounding"}
"""The details with amounts in the currency that was booked."""
_STATED = {"own_tax"}
"""Those with amounts in the document's own currency."""


def with_canonical_amounts(detail: Mapping[str, Any], entry: Entry) -> dict[str, Any]:
    """Return the details of an event with each amount in its canonical form.

    :param entry: the document
    """
    booked = entry.booked_currency or entry.currency
    currencies = dict.fromkeys(_BOOKED, booked) | dict.fromkeys(_STATED, entry.currency)
    return {
        name: _canonical(value, currencies[name]) if name in currencies else value for name, value in detail.items()
    }


def _canonical(value: Any, currency: str) -> Any:
    if isinstance(value, dict):
        return {name: _canonical(part, currency) for name, part in value.items()}
    if isinstance(value, list):
        return [_canonical(part, currency) for part in value]
    try:
        return exact_text(Decimal(value), currency)
    except (InvalidOperation, TypeError, ValueError):  # a rate in words, or what another version wrote
        return value
