"""UN/CEFACT Cross Industry Invoice: Factur-X, ZUGFeRD 2, XRechnung; and ZUGFeRD 1.0, its draft with other names."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Names:
    """What the parts of an invoice are called."""

    syntax: Syntax
    document: str
    transaction: str
    agreement: str
    settlement: str
    totals: str
    rate: str


CII = _Names(
    Syntax.CII,
    document="ExchangedDocument",
    transaction="SupplyChainTradeTransaction",
    agreement="ApplicableHeaderTradeAgreement",
    settlement="ApplicableHeaderTradeSettlement",
    totals="SpecifiedTradeSettlementHeaderMonetarySummation",
    rate="RateApplicablePercent",
)
ZUGFERD_1 = _Names(
    Syntax.ZUGFERD_1,
    document="HeaderExchangedDocument",
    transaction="SpecifiedSupplyChainTradeTransaction",
    agreement="ApplicableSupplyChainTradeAgreement",
    settlement="ApplicableSupplyChainTradeSettlement",
    totals="SpecifiedTradeSettlementMonetarySummation",
    rate="ApplicablePercent",
)


def read(root: Element, names: _Names) -> Invoice:
    """Read an invoice.

    :param names: :data:`CII` or :data:`ZUGFERD_1`
    :raises Unreadable: when an amount is no number
    """
    document = xml.sole(root, names.document)
    transaction = xml.sole(root, names.transaction)
    settlement = xml.sole(transaction, names.settlement)
    totals = xml.sole(settlement, names.totals)
    kind = kind_of(xml.sole_text(document, "TypeCode"))
    sign = -1 if kind is InvoiceKind.CREDIT_NOTE else 1
    currency = xml.sole_text(settlement, "InvoiceCurrencyCode").upper()
    office_currency = xml.sole_text(settlement, "TaxCurrencyCode").upper()
    if office_currency == currency:
        office_currency = ""

    def total(name: str) -> Decimal | None:
        return signed(sign, total_in(currency, xml.each(totals, name)))

    return Invoice(
        syntax=names.syntax,
        kind=kind,
        number=xml.text(document, "ID"),
        date=to_day(xml.sole_text(document, "IssueDateTime/DateTimeString")),
        currency=currency,
        net=total("TaxBasisTotalAmount"),
        tax=total("TaxTotalAmount"),
        gross=total("GrandTotalAmount"),
        groups=tuple(_group(tax, sign, currency, names) for tax in xml.each(settlement, "ApplicableTradeTax")),
        seller=_party(xml.first(transaction, f"{names.agreement}/SellerTradeParty")),
        buyer=_party(xml.first(transaction, f"{names.agreement}/BuyerTradeParty")),
        payable=total("DuePayableAmount"),
        prepaid=total("TotalPrepaidAmount"),
        rounding=total("RoundingAmount"),
        accounting_currency=office_currency,
        accounting_tax=signed(sign, stated_in(office_currency, xml.each(totals, "TaxTotalAmount"))),
        **_exchange(settlement, currency, office_currency),
    )


def _group(tax: Element, sign: int, currency: str, names: _Names) -> TaxGroup:
    rate = to_rate(xml.sole_text(tax, names.rate))
    # The category may be missing in ZUGFeRD 1.0: what is taxed is then what has a rate.
    category = xml.sole_text(tax, "CategoryCode").upper() or ("S" if rate else "")
    return TaxGroup(
        category=category,
        rate=rate,
        base=signed(sign, amount_in(currency, xml.each(tax, "BasisAmount"))),
        tax=signed(sign, amount_in(currency, xml.each(tax, "CalculatedAmount"))),
        tax_type=tax_type_of(category, xml.sole_text(tax, "TypeCode").upper() or VAT),
    )


def _party(party: Element | None) -> Party:
    numbers = xml.each(party, "SpecifiedTaxRegistration/ID")
    registered = (xml.text_of(number) for number in numbers if number.get("schemeID") == "VA")
    return Party(
        name=xml.text(party, "Name"),
        country=to_country(xml.text(party, "PostalTradeAddress/CountryID")),
        vat_id=next(filter(None, map(to_vat_id, registered)), ""),
        postcode=xml.text(party, "PostalTradeAddress/PostcodeCode"),
    )


def _exchange(settlement: Element | None, currency: str, office_currency: str) -> dict[str, Decimal]:
    for stated in xml.each(settlement, "TaxApplicableTradeCurrencyExchange"):
        pair = (xml.text(stated, "SourceCurrencyCode").upper(), xml.text(stated, "TargetCurrencyCode").upper())
        if pair == (currency, office_currency):
            return exchange(
                xml.sole_text(stated, "ConversionRate"),
                units=xml.sole_text(stated, "SourceUnitBasisNumeric"),
                worth=xml.sole_text(stated, "TargetUnitBasisNumeric"),
            )
    return {}
