"""The tax rates of sales documents and the amounts of each (contract section 7.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.services.debitoor.models import SalesTaxGroup
from debitoor_provider.services.http.reading import amount, rate, rates, unread_rates

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

_AMOUNTS = ("netAmount", "taxAmount", "grossAmount")


def tax_rates(record: Mapping[str, Any]) -> tuple[Decimal, ...]:
    """Return the rates of a sales document; empty if one of them cannot be read."""
    groups = record.get("taxGroups")
    if not isinstance(groups, list):
        return ()
    stated = [group.get("taxRate") for group in groups if isinstance(group, dict)]
    return () if unread_rates(stated) else rates(stated)  # a part of them would seem to be all


def tax_groups(record: Mapping[str, Any]) -> tuple[SalesTaxGroup, ...]:
    """Return the amounts of each tax rate, from the tax groups or else the lines; empty if some are not stated."""
    return _sums(record.get("taxGroups")) or _sums(record.get("lines"))


def _sums(parts: Any) -> tuple[SalesTaxGroup, ...]:
    """Return the amounts by tax rate of tax groups, or of lines; empty if one has no rate or lacks amounts."""
    if not isinstance(parts, list):
        return ()
    sums: dict[Decimal, tuple[Decimal, Decimal, Decimal]] = {}
    for part in parts:
        if not isinstance(part, dict):
            return ()
        if all(part.get(name) is None for name in ("taxRate", *_AMOUNTS)):  # a line of text
            continue
        found, amounts = rate(part.get("taxRate")), _amounts(*(amount(part.get(name)) for name in _AMOUNTS))
        if found is None or amounts is None:
            return ()
        others = sums.get(found)
        net, tax, gross = amounts
        sums[found] = (net + others[0], tax + others[1], gross + others[2]) if others else amounts
    return tuple(SalesTaxGroup(found, *amounts) for found, amounts in sums.items())


def _amounts(
    net: Decimal | None, tax: Decimal | None, gross: Decimal | None
) -> tuple[Decimal, Decimal, Decimal] | None:
    """Return net amount, tax and gross amount, of which one may be missing: tax groups have no gross amount."""
    if net is None:
        return None if tax is None or gross is None else (gross - tax, tax, gross)
    if tax is None:
        return None if gross is None else (net, gross - net, gross)
    return net, tax, net + tax if gross is None else gross
