"""Whether an e-invoice proves its own figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.sync.invoice.models import NO_INVOICES, VAT, Invoice, Syntax
from debitoor_provider.sync.money import CENT, ZERO, cents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from debitoor_provider.sync.invoice.models import TaxGroup

_WHOLE_UNITS = {"HUF", "ISK", "JPY", "KRW", "CLP"}
"""Currencies without smaller units, in which the tax is rounded to whole units although the base is not."""
_NOT_TAXED = "O"
_WITH_TAX = {"S", "AA", "H", "B", ""}
"""Categories with VAT that is due and stated: standard, lower, higher, split payment, or not named.

In the others there is none (EN 16931, BR-Z-9 and those like it), or it is included in the price, not due, or of an
unknown kind.
"""
_HIGHEST_RATE = 100


def disproof(invoice: Invoice) -> tuple[Message, ...]:
    """Return why an invoice does not prove its figures; empty when it does.

    Proven are figures that agree with each other to the cent: net and tax sum to gross, the groups' bases to net,
    their taxes to the tax total, each tax is its base times its rate, base and tax of each rate are whole cents, and
    all of it is VAT. What is missing counts as 0 only when nothing is taxed.
    """
    return tuple(_disproof(_completed(invoice)))


def by_rate(invoice: Invoice) -> Mapping[Decimal, Decimal]:
    """Return the gross amount at each tax rate in per cent, as in the books, without those of 0.00.

    :param invoice: whose figures are proven
    """
    return {rate: cents(gross) for rate, gross in sorted(_exact_by_rate(invoice).items()) if gross}


def _exact_by_rate(invoice: Invoice) -> dict[Decimal, Decimal]:
    sums: dict[Decimal, Decimal] = {}
    for group in invoice.groups:
        rate = group.rate or ZERO
        sums[rate] = sums.get(rate, ZERO) + (group.base or ZERO) + (group.tax or ZERO)
    return sums


def other_taxes(invoice: Invoice) -> tuple[str, ...]:
    """Return the taxes that are no VAT and are charged, such as insurance tax, by the format's own code."""
    return tuple(dict.fromkeys(group.tax_type for group in invoice.groups if group.tax_type != VAT and group.tax != 0))


def _completed(invoice: Invoice) -> Invoice:
    """Return the invoice with the tax of 0 that one without any taxed group does not write."""
    if not invoice.groups or any(group.category != _NOT_TAXED for group in invoice.groups):
        return invoice
    groups = tuple(replace(group, rate=group.rate or ZERO, tax=group.tax or ZERO) for group in invoice.groups)
    return replace(invoice, groups=groups, tax=invoice.tax or ZERO)


def _disproof(invoice: Invoice) -> Iterator[Message]:
    if invoice.kind in NO_INVOICES:
        yield Message("invoice_is_none")
    if others := list(dict.fromkeys(group.tax_type for group in invoice.groups if group.tax_type != VAT)):
        yield Message("invoice_other_tax", taxes=others)
    if not invoice.groups:
        yield Message("invoice_without_groups")
        return
    if invoice.net is None or invoice.tax is None or invoice.gross is None or not invoice.currency:
        yield Message("invoice_lacks_totals")
        return
    if invoice.gross != cents(invoice.gross):
        yield Message("invoice_beyond_cents", amount=invoice.gross)
    if any(group.base is None or group.tax is None or group.rate is None for group in invoice.groups):
        yield Message("invoice_lacks_group_figures")
        return
    for rate, gross in _exact_by_rate(invoice).items():
        if gross != cents(gross):
            yield Message("invoice_rate_beyond_cents", rate=rate, amount=gross)
    yield from _sums(invoice, invoice.net, invoice.tax, invoice.gross)
    yield from filter(None, (_rounded(group, invoice.currency) for group in invoice.groups))
    yield from filter(None, map(_misplaced, invoice.groups))
    if invoice.syntax is Syntax.FATTURAPA:
        return  # its groups differ in finer codes than the categories, such as N2.1 and N2.2
    repeated = Counter((group.category, group.rate, group.tax_type) for group in invoice.groups)
    if any(number > 1 for number in repeated.values()):
        yield Message("invoice_group_twice")


def _sums(invoice: Invoice, net: Decimal, tax: Decimal, gross: Decimal) -> Iterator[Message]:
    bases = sum((group.base or ZERO for group in invoice.groups), ZERO)
    taxes = sum((group.tax or ZERO for group in invoice.groups), ZERO)
    if net + tax != gross:
        yield Message("invoice_sum_differs", net=net, tax=tax, gross=gross)
    if bases != net:
        yield Message("invoice_bases_differ", bases=bases, net=net)
    if taxes != tax:
        yield Message("invoice_taxes_differ", taxes=taxes, tax=tax)


def _misplaced(group: TaxGroup) -> Message | None:
    """Return that a group's rate is none, or that it has tax where its category has none."""
    rate = group.rate or ZERO
    if not 0 <= rate <= _HIGHEST_RATE:
        return Message("invoice_rate_impossible", rate=rate)
    if group.tax and group.tax_type == VAT and group.category not in _WITH_TAX:
        return Message("invoice_tax_in_exempt_group", tax=group.tax, category=group.category)
    return None


def _rounded(group: TaxGroup, currency: str) -> Message | None:
    """Return that a group's tax is not its base times its rate."""
    base, tax, rate = group.base or ZERO, group.tax or ZERO, group.rate or ZERO
    exact = base * rate / 100
    if currency in _WHOLE_UNITS and tax == tax.quantize(Decimal(1)):
        fits = abs(exact - tax) < 1
    else:
        fits = abs(exact.quantize(CENT, ROUND_HALF_UP) - tax) <= CENT  # taxes that were rounded line by line
    return None if fits else Message("invoice_tax_differs", base=base, rate=rate, tax=tax)
