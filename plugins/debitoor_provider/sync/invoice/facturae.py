"""Facturae, the Spanish e-invoice: one or several invoices of one seller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.countries import iso_code
from debitoor_provider.sync.invoice import xml
from debitoor_provider.sync.invoice.models import VAT, Invoice, InvoiceKind, Party, Syntax, TaxGroup
from debitoor_provider.sync.invoice.texts import to_amount, to_day, to_rate, to_vat_id

if TYPE_CHECKING:
    from decimal import Decimal
    from xml.etree.ElementTree import Element

_VAT_CODES = {"01"}  # IVA; 02 and 03 are those of Ceuta, Melilla and the Canary Islands
_CORRECTIVE = {"OR", "CR"}


def read(root: Element) -> list[Invoice]:
    """Read all invoices of a file.

    :raises Unreadable: when an amount is no number
    """
    seller = _party(xml.first(root, "Parties/SellerParty"))
    buyer = _party(xml.first(root, "Parties/BuyerParty"))
    return [_invoice(invoice, seller, buyer) for invoice in xml.each(root, "Invoices/Invoice")]


def _invoice(invoice: Element, seller: Party, buyer: Party) -> Invoice:
    header = xml.sole(invoice, "InvoiceHeader")
    totals = xml.sole(invoice, "InvoiceTotals")
    corrects = xml.sole_text(header, "InvoiceClass").upper() in _CORRECTIVE
    net = to_amount(xml.sole_text(totals, "TotalGrossAmountBeforeTaxes"))
    tax = to_amount(xml.sole_text(totals, "TotalTaxOutputs"))
    series, number = xml.text(header, "InvoiceSeriesCode"), xml.text(header, "InvoiceNumber")
    return Invoice(
        syntax=Syntax.FACTURAE,
        kind=InvoiceKind.CORRECTION if corrects else InvoiceKind.INVOICE,  # whose amounts are negative themselves
        number=f"{series}{number}",
        date=to_day(xml.sole_text(invoice, "InvoiceIssueData/IssueDate")),
        currency=xml.sole_text(invoice, "InvoiceIssueData/InvoiceCurrencyCode").upper(),
        net=net,
        tax=tax,
        gross=_gross(totals, net, tax),
        groups=tuple(group for tax in xml.each(invoice, "TaxesOutputs/Tax") for group in _groups(tax)),
        seller=seller,
        buyer=buyer,
        payable=to_amount(xml.sole_text(totals, "TotalExecutableAmount")),
    )


def _gross(totals: Element | None, net: Decimal | None, tax: Decimal | None) -> Decimal | None:
    """Return the total with tax; some write it with the withheld tax taken off, which the buyer owes anyway."""
    stated = to_amount(xml.sole_text(totals, "InvoiceTotal"))
    withheld = to_amount(xml.sole_text(totals, "TotalTaxesWithheld"))
    if stated is None or not withheld or net is None or tax is None:
        return stated
    return stated + withheld if stated + withheld == net + tax else stated


def _groups(tax: Element) -> list[TaxGroup]:
    """Return the group of a tax, and one of the equivalence surcharge that may come with it."""
    base = to_amount(xml.sole_text(tax, "TaxableBase/TotalAmount"))
    rate = to_rate(xml.sole_text(tax, "TaxRate"))
    code = xml.sole_text(tax, "TaxTypeCode")
    amount = to_amount(xml.sole_text(tax, "TaxAmount/TotalAmount"))
    groups = [TaxGroup("S" if rate else "E", rate, base, amount, VAT if code in _VAT_CODES else code or "?")]
    if surcharge := to_amount(xml.sole_text(tax, "EquivalenceSurchargeAmount/TotalAmount")):
        groups.append(TaxGroup("S", to_rate(xml.sole_text(tax, "EquivalenceSurcharge")), base, surcharge, "surcharge"))
    return groups


def _party(party: Element | None) -> Party:
    number = to_vat_id(xml.text(party, "TaxIdentification/TaxIdentificationNumber"))
    person = " ".join(filter(None, (xml.text(party, f"Individual/{name}") for name in ("Name", "FirstSurname"))))
    return Party(
        name=xml.text(party, "LegalEntity/CorporateName") or person,
        country=iso_code(_stated(party, "CountryCode")) or iso_code(number[:2]),  # the first with three letters
        vat_id=number,
        postcode=_stated(party, "PostCode") or _postcode_in(_stated(party, "PostCodeAndTown")),
    )


def _stated(party: Element | None, name: str) -> str:
    """Return a part of a party's address, which is in Spain or overseas, of a firm or a person."""
    return next(filter(None, map(xml.text_of, xml.each(party, f"*/*/{name}"))), "")


def _postcode_in(place: str) -> str:
    """Return the postcode of a text with postcode and town, in whichever order."""
    return next((word for word in place.split() if any(map(str.isdigit, word))), "")
