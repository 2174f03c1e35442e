"""What the formats have in common: totals in several currencies, and types of documents."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from debitoor_provider.sync.invoice.models import VAT, InvoiceKind
from debitoor_provider.sync.invoice.texts import to_amount
from debitoor_provider.sync.invoice.xml import stated_twice, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from xml.etree.ElementTree import Element

    from debitoor_provider.sync.invoice.models import Invoice

_CREDIT_NOTES = {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"}
_INVOICES = {
    *("71", "80", "82", "84", "102", "130", "202", "203", "204", "211", "218", "219", "295", "326", "331", "380"),
    *("382", "383", "385", "387", "388", "390", "393", "394", "395", "456", "457", "501", "553", "575", "623", "633"),
    *("780", "817", "870", "875", "876", "877", "935"),
}
_CORRECTIONS = {"384", "471", "472", "473"}
_NOT_PAYABLE = {
    *("105", "220", "221", "222", "223", "224", "225", "226", "227", "228", "229", "230", "231", "232", "233"),
    *("270", "271", "310", "311", "315", "320", "325", "351"),
}
"""Orders and what answers them, delivery and despatch notes, offers, contracts, and the pro-forma invoice (325)."""
_KINDS = {
    **dict.fromkeys(_INVOICES, InvoiceKind.INVOICE),
    **dict.fromkeys(_CREDIT_NOTES, InvoiceKind.CREDIT_NOTE),
    **dict.fromkeys(_NOT_PAYABLE, InvoiceKind.NOT_PAYABLE),
    **dict.fromkeys(_CORRECTIONS, InvoiceKind.CORRECTION),
    "386": InvoiceKind.PREPAYMENT,
    "500": InvoiceKind.PREPAYMENT,
    "389": InvoiceKind.SELF_BILLED,
    "527": InvoiceKind.SELF_BILLED,
}

_OTHER_TAXES = {"L": "IGIC", "M": "IPSI"}
"""Taxes of the Canary Islands, and of Ceuta and Melilla, by their categories (UNCL 5305)."""


def kind_of(code: str) -> InvoiceKind:
    """Return what a document is by its code (UNTDID 1001).

    What is not among the codes that EN 16931 allows for invoices and credit notes (BR-CL-01) is none. Of those that it
    allows, only 751 is none, a record for bookkeeping, and 325 nothing to be paid, a pro-forma invoice.
    """
    return _KINDS.get(code.strip(), InvoiceKind.NO_INVOICE)


def tax_type_of(category: str, stated: str) -> str:
    """Return a group's tax: some categories are that of no VAT, although they are written with its type.

    :param stated: the tax by its own element
    """
    return _OTHER_TAXES.get(category, stated) if stated == VAT else stated


def total_in(currency: str, elements: Iterable[Element]) -> Decimal | None:
    """Return the total in a currency, whatever the order in which totals in several currencies are written.

    Two totals in one currency are parts of one, such as excise besides VAT. An amount without a currency is in the
    invoice's.
    """
    parts = [
        amount
        for element in elements
        if element.get("currencyID", currency).strip().upper() == currency
        and (amount := to_amount(text_of(element))) is not None
    ]
    return sum(parts, Decimal(0)) if parts else None


def amount_in(currency: str, elements: Iterable[Element]) -> Decimal | None:
    """Return the only amount in a currency; one without a currency is in the invoice's.

    :raises Unreadable: when there are several different ones
    """
    found = [one for one in elements if one.get("currencyID", currency).strip().upper() == currency]
    amounts = {amount for one in found if (amount := to_amount(text_of(one))) is not None}
    if len(amounts) > 1:
        raise stated_twice(found[0])
    return amounts.pop() if amounts else None


def stated_in(currency: str, elements: Iterable[Element]) -> Decimal | None:
    """Return the total of those amounts that name a currency; none for no currency."""
    return total_in(currency, [element for element in elements if element.get("currencyID")]) if currency else None


def exchange(factor: str, *, units: str, worth: str, divides: bool = False) -> dict[str, Decimal]:
    """Return an exchange rate as the fields of an invoice, without any division; nothing where a part is not stated.

    :param factor: by which an amount is multiplied, in its currency's units, to be one in the other currency's
    :param units: of the invoice's currency that count as one; empty: 1
    :param worth: of the other currency that counts as one; empty: 1
    :param divides: the amount is divided by the factor instead
    """
    parts = [to_amount(text) for text in (factor, units or "1", worth or "1")]
    rate, base, target = parts
    if rate is None or base is None or target is None or min(rate, base, target) <= 0:
        return {}
    if divides:
        return {"exchange_units": base * rate, "exchange_rate": target}
    return {"exchange_units": base, "exchange_rate": target * rate}


def signed(sign: int, amount: Decimal | None) -> Decimal | None:
    """Return an amount with the sign that it has in the buyer's books."""
    return None if amount is None else amount * sign + 0


def negated(invoice: Invoice) -> Invoice:
    """Return an invoice with every amount of the other sign."""
    groups = (replace(group, base=signed(-1, group.base), tax=signed(-1, group.tax)) for group in invoice.groups)
    return replace(
        invoice,
        net=signed(-1, invoice.net),
        tax=signed(-1, invoice.tax),
        gross=signed(-1, invoice.gross),
        groups=tuple(groups),
        payable=signed(-1, invoice.payable),
        prepaid=signed(-1, invoice.prepaid),
        rounding=signed(-1, invoice.rounding),
        accounting_tax=signed(-1, invoice.accounting_tax),
    )


def added(amounts: Sequence[Decimal | None]) -> Decimal | None:
    """Return a sum; ``None`` when a part is missing."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(amounts) else None
