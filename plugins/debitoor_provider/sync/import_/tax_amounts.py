"""The amounts of a sales document by tax rate, as Debitoor states them (contract section 7.3). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.money import ZERO
from debitoor_provider.sync.rate_sums import RateAmounts

if TYPE_CHECKING:
    from decimal import Decimal

    from debitoor_provider.services.debitoor.models import SalesDocument
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.statement import StatedRate


def amounts_by_rate(document: SalesDocument, gross: Decimal | None) -> dict[StatedRate, RateAmounts]:
    """Return the amounts of each tax rate, which add up to the gross amount.

    :param gross: as it was imported, whose sign the amounts get
    :return: under ``None`` the whole amount, if those of several rates are not stated or add up to another one
    """
    if not gross:
        return {}
    groups, rates = document.tax_groups, set(document.tax_rates)
    if len(rates | {group.tax_rate for group in groups}) == 1:
        (rate,) = rates or {groups[0].tax_rate}
        if gross_of(document) == gross:
            return {rate: RateAmounts(gross, document.total_net_amount, document.total_tax_amount)}
        if gross_of(document) == -gross:
            return {rate: RateAmounts(gross, negated(document.total_net_amount), negated(document.total_tax_amount))}
        return {rate: RateAmounts(gross)}
    total = sum((group.gross_amount for group in groups), ZERO)
    if total not in (gross, -gross):
        return {None: RateAmounts(gross)}
    sign = 1 if total == gross else -1
    return {
        group.tax_rate: RateAmounts(group.gross_amount * sign, group.net_amount * sign, group.tax_amount * sign)
        for group in groups
        if group.gross_amount or group.net_amount
    }


def amounts_of_copy(document: Document) -> dict[StatedRate, RateAmounts]:
    """Return the amounts of an imported document whose record is not known, if it states a single tax rate."""
    gross, rates = document.stated_gross, document.tax_rates
    return {rates[0]: RateAmounts(gross, document.stated_net)} if gross and len(rates) == 1 else {}


def gross_of(document: SalesDocument) -> Decimal | None:
    """Return a document's gross amount, from net amount and tax where it is not reported; ``None`` without these."""
    net, tax, gross = document.total_net_amount, document.total_tax_amount, document.total_gross_amount
    if gross is None and net is not None and tax is not None:
        return net + tax
    return gross


def negated(amount: Decimal | None) -> Decimal | None:
    """Return an amount with the other sign."""
    return None if amount is None else -amount
