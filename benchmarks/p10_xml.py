"""E-invoices as billing programs write them: the header with all its parties, a few lines, one or two rates."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

_CENT = Decimal("0.01")
_LINES = [1, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 12, 20, 40]
"""How many lines invoices have: most have few."""
_RATES = [["19"], ["19"], ["19"], ["7"], ["19", "7"], ["20", "5.5"]]
_THINGS = ["Druckerpapier A4, 80 g/m²", "Beratung & Schulung", "Wartung je Monat", "Versandkosten", "Kabel <2 m>"]


@dataclass(frozen=True)
class Line:
    """What is sold."""

    name: str
    quantity: int
    price: Decimal
    rate: str

    @property
    def net(self) -> Decimal:
        """Amount without tax."""
        return self.quantity * self.price


@dataclass(frozen=True)
class Bill:
    """An invoice or a credit note; its amounts are positive."""

    number: str
    is_credit_note: bool
    lines: list[Line]

    @property
    def groups(self) -> list[tuple[str, Decimal, Decimal]]:
        """Rate, base and tax of each rate."""
        bases: dict[str, Decimal] = {}
        for line in self.lines:
            bases[line.rate] = bases.get(line.rate, Decimal(0)) + line.net
        return [
            (rate, base, (base * Decimal(rate) / 100).quantize(_CENT, ROUND_HALF_UP)) for rate, base in bases.items()
        ]

    @property
    def net(self) -> Decimal:
        """Total without tax."""
        return sum((base for _, base, _ in self.groups), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """Total tax."""
        return sum((tax for _, _, tax in self.groups), Decimal(0))


def bill(number: int, chance: Random) -> Bill:
    """Make up an invoice; one in twenty is a credit note."""
    rates = chance.choice(_RATES)
    count = max(chance.choice(_LINES), len(rates))
    lines = [
        Line(
            chance.choice(_THINGS),
            chance.randint(1, 20),
            Decimal(chance.randint(100, 50_000)) * _CENT,
            rates[place % len(rates)],
        )
        for place in range(count)
    ]
    return Bill(f"RE-2026-{number:05}", chance.random() < 0.05, lines)


def cii(bill: Bill) -> bytes:
    """Write it as Factur-X and ZUGFeRD have it, in the profile EN 16931."""
    lines = "".join(_cii_line(place, line) for place, line in enumerate(bill.lines, 1))
    taxes = "".join(
        f"""
      <ram:ApplicableTradeTax>
        <ram:CalculatedAmount>{tax}</ram:CalculatedAmount>
        <ram:TypeCode>VAT</ram:TypeCode>
        <ram:BasisAmount>{base}</ram:BasisAmount>
        <ram:CategoryCode>S</ram:CategoryCode>
        <ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent>
      </ram:ApplicableTradeTax>"""
        for rate, base, tax in bill.groups
    )
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
    xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:100"
    xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
    xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
  <rsm:ExchangedDocumentContext>
    <ram:GuidelineSpecifiedDocumentContextParameter>
      <ram:ID>urn:cen.eu:en16931:2017</ram:ID>
    </ram:GuidelineSpecifiedDocumentContextParameter>
  </rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument>
    <ram:ID>{bill.number}</ram:ID>
    <ram:TypeCode>{"381" if bill.is_credit_note else "380"}</ram:TypeCode>
    <ram:IssueDateTime><udt:DateTimeString format="102">20260105</udt:DateTimeString></ram:IssueDateTime>
    <ram:IncludedNote><ram:Content>Es gelten unsere Allgemeinen Geschäftsbedingungen.</ram:Content></ram:IncludedNote>
  </rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>{lines}
    <ram:ApplicableHeaderTradeAgreement>
      <ram:BuyerReference>04011000-12345-34</ram:BuyerReference>
      {_cii_party("Seller", "Lieferant Müller & Söhne GmbH", "DE123456789")}
      {_cii_party("Buyer", "Kunde AG", "DE987654321")}
      <ram:BuyerOrderReferencedDocument>
        <ram:IssuerAssignedID>PO-4711</ram:IssuerAssignedID>
      </ram:BuyerOrderReferencedDocument>
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeDelivery>
      <ram:ActualDeliverySupplyChainEvent>
        <ram:OccurrenceDateTime><udt:DateTimeString format="102">20260102</udt:DateTimeString></ram:OccurrenceDateTime>
      </ram:ActualDeliverySupplyChainEvent>
    </ram:ApplicableHeaderTradeDelivery>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:PaymentReference>{bill.number}</ram:PaymentReference>
      <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
      <ram:SpecifiedTradeSettlementPaymentMeans>
        <ram:TypeCode>58</ram:TypeCode>
        <ram:PayeePartyCreditorFinancialAccount>
          <ram:IBANID>DE02120300000000202051</ram:IBANID>
        </ram:PayeePartyCreditorFinancialAccount>
      </ram:SpecifiedTradeSettlementPaymentMeans>{taxes}
      <ram:SpecifiedTradePaymentTerms>
        <ram:Description>Zahlbar innerhalb von 14 Tagen ohne Abzug.</ram:Description>
        <ram:DueDateDateTime><udt:DateTimeString format="102">20260119</udt:DateTimeString></ram:DueDateDateTime>
      </ram:SpecifiedTradePaymentTerms>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        <ram:LineTotalAmount>{bill.net}</ram:LineTotalAmount>
        <ram:ChargeTotalAmount>0.00</ram:ChargeTotalAmount>
        <ram:AllowanceTotalAmount>0.00</ram:AllowanceTotalAmount>
        <ram:TaxBasisTotalAmount>{bill.net}</ram:TaxBasisTotalAmount>
        <ram:TaxTotalAmount currencyID="EUR">{bill.tax}</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>{bill.net + bill.tax}</ram:GrandTotalAmount>
        <ram:TotalPrepaidAmount>0.00</ram:TotalPrepaidAmount>
        <ram:DuePayableAmount>{bill.net + bill.tax}</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>"""
    return text.replace(" & ", " &amp; ").encode()


def _cii_party(role: str, name: str, vat_id: str) -> str:
    return f"""<ram:{role}TradeParty>
        <ram:Name>{name}</ram:Name>
        <ram:DefinedTradeContact>
          <ram:PersonName>Erika Mustermann</ram:PersonName>
          <ram:TelephoneUniversalCommunication>
            <ram:CompleteNumber>+49 30 123456</ram:CompleteNumber>
          </ram:TelephoneUniversalCommunication>
          <ram:EmailURIUniversalCommunication>
            <ram:URIID>rechnung@example.com</ram:URIID>
          </ram:EmailURIUniversalCommunication>
        </ram:DefinedTradeContact>
        <ram:PostalTradeAddress>
          <ram:PostcodeCode>10115</ram:PostcodeCode>
          <ram:LineOne>Invalidenstraße 1</ram:LineOne>
          <ram:CityName>Berlin</ram:CityName>
          <ram:CountryID>DE</ram:CountryID>
        </ram:PostalTradeAddress>
        <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{vat_id}</ram:ID></ram:SpecifiedTaxRegistration>
      </ram:{role}TradeParty>"""


def _cii_line(place: int, line: Line) -> str:
    return f"""
    <ram:IncludedSupplyChainTradeLineItem>
      <ram:AssociatedDocumentLineDocument><ram:LineID>{place}</ram:LineID></ram:AssociatedDocumentLineDocument>
      <ram:SpecifiedTradeProduct>
        <ram:SellerAssignedID>ART-{place:04}</ram:SellerAssignedID>
        <ram:Name>{line.name.replace("<", "&lt;").replace(">", "&gt;")}</ram:Name>
      </ram:SpecifiedTradeProduct>
      <ram:SpecifiedLineTradeAgreement>
        <ram:NetPriceProductTradePrice>
          <ram:ChargeAmount>{line.price}</ram:ChargeAmount>
        </ram:NetPriceProductTradePrice>
      </ram:SpecifiedLineTradeAgreement>
      <ram:SpecifiedLineTradeDelivery>
        <ram:BilledQuantity unitCode="C62">{line.quantity}</ram:BilledQuantity>
      </ram:SpecifiedLineTradeDelivery>
      <ram:SpecifiedLineTradeSettlement>
        <ram:ApplicableTradeTax>
          <ram:TypeCode>VAT</ram:TypeCode>
          <ram:CategoryCode>S</ram:CategoryCode>
          <ram:RateApplicablePercent>{line.rate}</ram:RateApplicablePercent>
        </ram:ApplicableTradeTax>
        <ram:SpecifiedTradeSettlementLineMonetarySummation>
          <ram:LineTotalAmount>{line.net}</ram:LineTotalAmount>
        </ram:SpecifiedTradeSettlementLineMonetarySummation>
      </ram:SpecifiedLineTradeSettlement>
    </ram:IncludedSupplyChainTradeLineItem>"""


def ubl(bill: Bill) -> bytes:
    """Write it as XRechnung and Peppol have it."""
    root = "CreditNote" if bill.is_credit_note else "Invoice"
    due = "" if bill.is_credit_note else "\n  <cbc:DueDate>2026-01-19</cbc:DueDate>"
    subtotals = "".join(
        f"""
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="EUR">{base}</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount>
      <cac:TaxCategory>
        <cbc:ID>S</cbc:ID>
        <cbc:Percent>{rate}</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:TaxCategory>
    </cac:TaxSubtotal>"""
        for rate, base, tax in bill.groups
    )
    lines = "".join(_ubl_line(root, place, line) for place, line in enumerate(bill.lines, 1))
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
  <cbc:ID>{bill.number}</cbc:ID>
  <cbc:IssueDate>2026-01-05</cbc:IssueDate>{due}
  <cbc:{root}TypeCode>{"381" if bill.is_credit_note else "380"}</cbc:{root}TypeCode>
  <cbc:Note>Es gelten unsere Allgemeinen Geschäftsbedingungen.</cbc:Note>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cbc:BuyerReference>04011000-12345-34</cbc:BuyerReference>
  <cac:OrderReference><cbc:ID>PO-4711</cbc:ID></cac:OrderReference>
  {_ubl_party("Supplier", "Lieferant Müller & Söhne GmbH", "DE123456789")}
  {_ubl_party("Customer", "Kunde AG", "DE987654321")}
  <cac:Delivery><cbc:ActualDeliveryDate>2026-01-02</cbc:ActualDeliveryDate></cac:Delivery>
  <cac:PaymentMeans>
    <cbc:PaymentMeansCode>58</cbc:PaymentMeansCode>
    <cbc:PaymentID>{bill.number}</cbc:PaymentID>
    <cac:PayeeFinancialAccount><cbc:ID>DE02120300000000202051</cbc:ID></cac:PayeeFinancialAccount>
  </cac:PaymentMeans>
  <cac:PaymentTerms><cbc:Note>Zahlbar innerhalb von 14 Tagen ohne Abzug.</cbc:Note></cac:PaymentTerms>
  <cac:TaxTotal>
    <cbc:TaxAmount currencyID="EUR">{bill.tax}</cbc:TaxAmount>{subtotals}
  </cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">{bill.net}</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">{bill.net}</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">{bill.net + bill.tax}</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="EUR">{bill.net + bill.tax}</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>{lines}
</{root}>"""
    return text.replace(" & ", " &amp; ").encode()


def _ubl_party(role: str, name: str, vat_id: str) -> str:
    return f"""<cac:Accounting{role}Party>
    <cac:Party>
      <cbc:EndpointID schemeID="EM">rechnung@example.com</cbc:EndpointID>
      <cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName>
      <cac:PostalAddress>
        <cbc:StreetName>Invalidenstraße 1</cbc:StreetName>
        <cbc:CityName>Berlin</cbc:CityName>
        <cbc:PostalZone>10115</cbc:PostalZone>
        <cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country>
      </cac:PostalAddress>
      <cac:PartyTaxScheme>
        <cbc:CompanyID>{vat_id}</cbc:CompanyID>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:PartyTaxScheme>
      <cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName></cac:PartyLegalEntity>
      <cac:Contact>
        <cbc:Name>Erika Mustermann</cbc:Name>
        <cbc:Telephone>+49 30 123456</cbc:Telephone>
        <cbc:ElectronicMail>rechnung@example.com</cbc:ElectronicMail>
      </cac:Contact>
    </cac:Party>
  </cac:Accounting{role}Party>"""


def _ubl_line(root: str, place: int, line: Line) -> str:
    quantity = "CreditedQuantity" if root == "CreditNote" else "InvoicedQuantity"
    return f"""
  <cac:{root}Line>
    <cbc:ID>{place}</cbc:ID>
    <cbc:{quantity} unitCode="C62">{line.quantity}</cbc:{quantity}>
    <cbc:LineExtensionAmount currencyID="EUR">{line.net}</cbc:LineExtensionAmount>
    <cac:Item>
      <cbc:Name>{line.name.replace("<", "&lt;").replace(">", "&gt;")}</cbc:Name>
      <cac:SellersItemIdentification><cbc:ID>ART-{place:04}</cbc:ID></cac:SellersItemIdentification>
      <cac:ClassifiedTaxCategory>
        <cbc:ID>S</cbc:ID>
        <cbc:Percent>{line.rate}</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:ClassifiedTaxCategory>
    </cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">{line.price}</cbc:PriceAmount></cac:Price>
  </cac:{root}Line>"""
