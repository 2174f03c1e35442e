"""UBL 2: invoices and credit notes of Peppol and XRechnung, and the Danish OIOUBL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.invoice import xml
from debitoor_provider.sync.invoice.models import VAT, Invoice, InvoiceKind, Party, Syntax, TaxGroup
from debitoor_provider.sync.invoice.texts import to_country, to_day, to_rate, to_vat_id
from debitoor_provider.sync.invoice.totals import (
    amount_in,
    exchange,
    kind_of,
    signed,
    stated_in,
    tax_type_of,
    total_in,
)

if TYPE_CHECKING:
    from decimal import Decimal
    from xml.etree.ElementTree import Element

INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"

_VAT_SCHEMES = {"VAT", "63"}  # 63 is the Danish "moms"
_OIOUBL_CATEGORIES = {
    "STANDARDRATED": "S",
    "ZERORATED": "Z",
    "REVERSECHARGE": "AE",
}
_DIVIDE = "DIVIDE"
_OPERATORS = {_DIVIDE, "MULTIPLY", ""}


def read(root: Element) -> Invoice:
    """Read an invoice or a credit note.

    :raises Unreadable: when an amount is no number
    """
    is_credit_note = xml.namespace(root) == CREDIT_NOTE
    is_oioubl = xml.text(root, "CustomizationID").upper().startswith("OIOUBL")
    code = xml.sole_text(root, "CreditNoteTypeCode" if is_credit_note else "InvoiceTypeCode")
    kind = InvoiceKind.CREDIT_NOTE if is_credit_note else kind_of(code or "380")
    sign = -1 if kind is InvoiceKind.CREDIT_NOTE else 1
    currency = xml.sole_text(root, "DocumentCurrencyCode").upper()
    office_currency = xml.sole_text(root, "TaxCurrencyCode").upper()
    if office_currency == currency:
        office_currency = ""
    totals = xml.sole(root, "LegalMonetaryTotal")

    def total(name: str) -> Decimal | None:
        return signed(sign, total_in(currency, xml.each(totals, name)))

    tax = signed(sign, total_in(currency, xml.each(root, "TaxTotal/TaxAmount")))
    net, gross = total("TaxExclusiveAmount"), total("TaxInclusiveAmount")
    if is_oioubl:  # where this is the tax, and no element is the net total
        net = gross - tax if gross is not None and tax is not None and net == tax else None
    return Invoice(
        syntax=Syntax.OIOUBL if is_oioubl else Syntax.UBL,
        kind=kind,
        number=xml.text(root, "ID"),
        date=to_day(xml.sole_text(root, "IssueDate")),
        currency=currency,
        net=net,
        tax=tax,
        gross=gross,
        groups=tuple(_groups(root, currency, sign)),
        seller=_party(xml.first(root, "AccountingSupplierParty/Party")),
        buyer=_party(xml.first(root, "AccountingCustomerParty/Party")),
        payable=total("PayableAmount"),
        prepaid=total("PrepaidAmount"),
        rounding=total("PayableRoundingAmount"),
        accounting_currency=office_currency,
        accounting_tax=signed(sign, stated_in(office_currency, xml.each(root, "TaxTotal/TaxAmount"))),
        **_exchange(root, currency, office_currency),
    )


def _groups(root: Element, currency: str, sign: int) -> list[TaxGroup]:
    """Return the groups of the totals in the invoice's currency; those in another one repeat them."""
    return [
        _group(subtotal, currency, sign)
        for total in xml.each(root, "TaxTotal")
        if (amount := xml.sole(total, "TaxAmount")) is None
        or amount.get("currencyID", currency).strip().upper() == currency
        for subtotal in xml.each(total, "TaxSubtotal")
    ]


def _group(subtotal: Element, currency: str, sign: int) -> TaxGroup:
    category = xml.sole(subtotal, "TaxCategory")
    code = xml.sole_text(category, "ID").upper()
    scheme = xml.sole_text(category, "TaxScheme/ID").upper()
    return TaxGroup(
        category=_OIOUBL_CATEGORIES.get(code, code),
        rate=to_rate(xml.sole_text(category, "Percent") or xml.sole_text(subtotal, "Percent")),
        base=signed(sign, amount_in(currency, xml.each(subtotal, "TaxableAmount"))),
        tax=signed(sign, amount_in(currency, xml.each(subtotal, "TaxAmount"))),
        tax_type=tax_type_of(code, VAT if scheme in _VAT_SCHEMES else scheme or "?"),
    )


def _party(party: Element | None) -> Party:
    registered = (
        xml.text(scheme, "CompanyID")
        for scheme in xml.each(party, "PartyTaxScheme")
        if xml.text(scheme, "TaxScheme/ID").upper() in _VAT_SCHEMES
    )
    return Party(
        name=xml.text(party, "PartyName/Name") or xml.text(party, "PartyLegalEntity/RegistrationName"),
        country=to_country(xml.text(party, "PostalAddress/Country/IdentificationCode")),
        vat_id=next(filter(None, map(to_vat_id, registered)), ""),
        postcode=xml.text(party, "PostalAddress/PostalZone"),
    )


def _exchange(root: Element, currency: str, office_currency: str) -> dict[str, Decimal]:
    for stated in xml.each(root, "TaxExchangeRate"):
        pair = (xml.text(stated, "SourceCurrencyCode").upper(), xml.text(stated, "TargetCurrencyCode").upper())
        operator = xml.sole_text(stated, "MathematicOperatorCode").upper()
        if pair == (currency, office_currency) and operator in _OPERATORS:
            return exchange(
                xml.sole_text(stated, "CalculationRate"),
                units=xml.sole_text(stated, "SourceCurrencyBaseRate"),
                worth=xml.sole_text(stated, "TargetCurrencyBaseRate"),
                divides=operator == _DIVIDE,
            )
    return {}
