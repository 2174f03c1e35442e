"""E-invoices of our own making, in every format that is read."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

if TYPE_CHECKING:
    from collections.abc import Sequence

ZERO = Decimal(0)


@dataclass(frozen=True)
class Group:
    """Amounts at one rate, as they are written: without the sign of a credit note."""

    rate: Decimal
    base: Decimal
    tax: Decimal
    category: str = "S"
    tax_type: str = "VAT"


@dataclass(frozen=True)
class Stated:
    """What an e-invoice states."""

    groups: tuple[Group, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    number: str = "R-1"
    day: date = date(2026, 1, 31)
    currency: str = "EUR"
    is_credit_note: bool = False
    prepaid: Decimal = ZERO
    code: str = ""
    accounting: tuple[str, Decimal] | None = None
    seller: str = "Müller & Söhne"
    extra: str = field(default="", repr=False)

    @property
    def type_code(self) -> str:
        return self.code or ("381" if self.is_credit_note else "380")


def stated(*groups: Group, **more: object) -> Stated:
    """Return an invoice whose totals are those of its groups."""
    net = sum((group.base for group in groups), ZERO)
    tax = sum((group.tax for group in groups), ZERO)
    return replace(Stated(groups, net, tax, net + tax), **more)


def cii(invoice: Stated) -> bytes:
    taxes = "".join(
        f"<ram:ApplicableTradeTax><ram:CalculatedAmount>{group.tax}</ram:CalculatedAmount>"
        f"<ram:TypeCode>{group.tax_type}</ram:TypeCode><ram:BasisAmount>{group.base}</ram:BasisAmount>"
        f"<ram:CategoryCode>{group.category}</ram:CategoryCode>"
        f"<ram:RateApplicablePercent>{group.rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>"
        for group in invoice.groups
    )
    office = f"<ram:TaxCurrencyCode>{invoice.accounting[0]}</ram:TaxCurrencyCode>" if invoice.accounting else ""
    second = (
        f'<ram:TaxTotalAmount currencyID="{invoice.accounting[0]}">{invoice.accounting[1]}</ram:TaxTotalAmount>'
        if invoice.accounting
        else ""
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocument><ram:ID>{escape(invoice.number)}</ram:ID><ram:TypeCode>{invoice.type_code}</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">{invoice.day:%Y%m%d}</udt:DateTimeString></ram:IssueDateTime>
</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty>
<ram:Name>{escape(invoice.seller)}</ram:Name>
<ram:PostalTradeAddress><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE 136.695.976</ram:ID></ram:SpecifiedTaxRegistration>
</ram:SellerTradeParty></ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeSettlement>{office}<ram:InvoiceCurrencyCode>{invoice.currency}</ram:InvoiceCurrencyCode>
{taxes}<ram:SpecifiedTradeSettlementHeaderMonetarySummation>
<ram:TaxBasisTotalAmount>{invoice.net}</ram:TaxBasisTotalAmount>{second}
<ram:TaxTotalAmount currencyID="{invoice.currency}">{invoice.tax}</ram:TaxTotalAmount>
<ram:GrandTotalAmount>{invoice.gross}</ram:GrandTotalAmount>
<ram:TotalPrepaidAmount>{invoice.prepaid}</ram:TotalPrepaidAmount>
<ram:DuePayableAmount>{invoice.gross - invoice.prepaid}</ram:DuePayableAmount>{invoice.extra}
</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>""".encode()


def zugferd1(invoice: Stated) -> bytes:
    taxes = "".join(
        f'<ram:ApplicableTradeTax><ram:CalculatedAmount currencyID="EUR">{group.tax}</ram:CalculatedAmount>'
        f"<ram:TypeCode>{group.tax_type}</ram:TypeCode><ram:BasisAmount>{group.base}</ram:BasisAmount>"
        f"<ram:CategoryCode>{group.category}</ram:CategoryCode>"
        f"<ram:ApplicablePercent>{group.rate}</ram:ApplicablePercent></ram:ApplicableTradeTax>"
        for group in invoice.groups
    )
    return f"""<rsm:CrossIndustryDocument xmlns:rsm="urn:ferd:CrossIndustryDocument:invoice:1p0"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15">
<rsm:HeaderExchangedDocument><ram:ID>{escape(invoice.number)}</ram:ID><ram:TypeCode>{invoice.type_code}</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">{invoice.day:%Y%m%d}</udt:DateTimeString></ram:IssueDateTime>
</rsm:HeaderExchangedDocument><rsm:SpecifiedSupplyChainTradeTransaction>
<ram:ApplicableSupplyChainTradeAgreement><ram:SellerTradeParty><ram:Name>{escape(invoice.seller)}</ram:Name>
</ram:SellerTradeParty></ram:ApplicableSupplyChainTradeAgreement>
<ram:ApplicableSupplyChainTradeSettlement><ram:InvoiceCurrencyCode>{invoice.currency}</ram:InvoiceCurrencyCode>{taxes}
<ram:SpecifiedTradeSettlementMonetarySummation><ram:TaxBasisTotalAmount>{invoice.net}</ram:TaxBasisTotalAmount>
<ram:TaxTotalAmount>{invoice.tax}</ram:TaxTotalAmount><ram:GrandTotalAmount>{invoice.gross}</ram:GrandTotalAmount>
</ram:SpecifiedTradeSettlementMonetarySummation></ram:ApplicableSupplyChainTradeSettlement>
</rsm:SpecifiedSupplyChainTradeTransaction></rsm:CrossIndustryDocument>""".encode()


def ubl(invoice: Stated, *, oioubl: bool = False) -> bytes:
    name = "CreditNote" if invoice.is_credit_note else "Invoice"
    scheme = "63" if oioubl else "VAT"
    words = {"S": "StandardRated", "Z": "ZeroRated", "AE": "ReverseCharge"}
    money = f'currencyID="{invoice.currency}"'
    subtotals = "".join(
        f"<cac:TaxSubtotal><cbc:TaxableAmount {money}>{group.base}</cbc:TaxableAmount>"
        f"<cbc:TaxAmount {money}>{group.tax}</cbc:TaxAmount><cac:TaxCategory>"
        f"<cbc:ID>{words.get(group.category, group.category) if oioubl else group.category}</cbc:ID>"
        f"<cbc:Percent>{group.rate}</cbc:Percent><cac:TaxScheme>"
        f"<cbc:ID>{scheme if group.tax_type == 'VAT' else group.tax_type}</cbc:ID></cac:TaxScheme></cac:TaxCategory>"
        f"</cac:TaxSubtotal>"
        for group in invoice.groups
    )
    office, second = "", ""
    if invoice.accounting:
        office = f"<cbc:TaxCurrencyCode>{invoice.accounting[0]}</cbc:TaxCurrencyCode>"
        amount = f'<cbc:TaxAmount currencyID="{invoice.accounting[0]}">{invoice.accounting[1]}</cbc:TaxAmount>'
        second = f"<cac:TaxTotal>{amount}</cac:TaxTotal>"
    type_name = f"{name}TypeCode"
    code = f"<cbc:{type_name}>{invoice.type_code}</cbc:{type_name}>"
    return f"""<{name} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{name}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>{"OIOUBL-2.02" if oioubl else "urn:cen.eu:en16931:2017"}</cbc:CustomizationID>
<cbc:ID>{escape(invoice.number)}</cbc:ID><cbc:IssueDate>{invoice.day}</cbc:IssueDate>{code}
<cbc:DocumentCurrencyCode>{invoice.currency}</cbc:DocumentCurrencyCode>{office}
<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>{escape(invoice.seller)}</cbc:Name></cac:PartyName>
<cac:PostalAddress><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyTaxScheme><cbc:CompanyID>DE136695976</cbc:CompanyID><cac:TaxScheme><cbc:ID>{scheme}</cbc:ID></cac:TaxScheme>
</cac:PartyTaxScheme></cac:Party></cac:AccountingSupplierParty>
{second}<cac:TaxTotal><cbc:TaxAmount {money}>{invoice.tax}</cbc:TaxAmount>{subtotals}</cac:TaxTotal>
<cac:LegalMonetaryTotal>
<cbc:TaxExclusiveAmount {money}>{invoice.tax if oioubl else invoice.net}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount {money}>{invoice.gross}</cbc:TaxInclusiveAmount>
<cbc:PrepaidAmount {money}>{invoice.prepaid}</cbc:PrepaidAmount>
<cbc:PayableAmount {money}>{invoice.gross - invoice.prepaid}</cbc:PayableAmount></cac:LegalMonetaryTotal>
</{name}>""".encode()


def oioubl(invoice: Stated) -> bytes:
    return ubl(invoice, oioubl=True)


def fatturapa(*invoices: Stated, total: bool = True) -> bytes:
    natures = {"AE": "N6.1", "K": "N3.2", "G": "N3.1", "E": "N4", "O": "N2.1"}

    def summary(group: Group) -> str:
        nature = f"<Natura>{natures[group.category]}</Natura>" if group.category in natures else ""
        split = "<EsigibilitaIVA>S</EsigibilitaIVA>" if group.category == "B" else ""
        return (
            f"<DatiRiepilogo><AliquotaIVA>{group.rate:.2f}</AliquotaIVA>{nature}"
            f"<ImponibileImporto>{group.base}</ImponibileImporto><Imposta>{group.tax}</Imposta>{split}</DatiRiepilogo>"
        )

    def body(invoice: Stated) -> str:
        gross = f"<ImportoTotaleDocumento>{invoice.gross}</ImportoTotaleDocumento>" if total else ""
        return (
            f"<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento>"
            f"<TipoDocumento>{invoice.code or ('TD04' if invoice.is_credit_note else 'TD01')}</TipoDocumento>"
            f"<Divisa>{invoice.currency}</Divisa><Data>{invoice.day}</Data><Numero>{escape(invoice.number)}</Numero>{gross}"
            f"</DatiGeneraliDocumento></DatiGenerali><DatiBeniServizi>{''.join(map(summary, invoice.groups))}"
            f"</DatiBeniServizi></FatturaElettronicaBody>"
        )

    space = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"
    return f"""<p:FatturaElettronica xmlns:p="{space}" versione="FPR12">
<FatturaElettronicaHeader><CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese>
<IdCodice>01234567890</IdCodice></IdFiscaleIVA><Anagrafica><Denominazione>{escape(invoices[0].seller)}</Denominazione>
</Anagrafica></DatiAnagrafici><Sede><Nazione>IT</Nazione></Sede></CedentePrestatore></FatturaElettronicaHeader>
{"".join(map(body, invoices))}</p:FatturaElettronica>""".encode()


def facturae(invoice: Stated, *, withheld: Decimal = ZERO) -> bytes:
    sign = -1 if invoice.is_credit_note else 1
    taxes = "".join(
        f"<Tax><TaxTypeCode>{'01' if group.tax_type == 'VAT' else group.tax_type}</TaxTypeCode>"
        f"<TaxRate>{group.rate}</TaxRate><TaxableBase><TotalAmount>{group.base * sign}</TotalAmount></TaxableBase>"
        f"<TaxAmount><TotalAmount>{group.tax * sign}</TotalAmount></TaxAmount></Tax>"
        for group in invoice.groups
    )
    taken = (
        "<TaxesWithheld><Tax><TaxTypeCode>04</TaxTypeCode><TaxRate>15.00</TaxRate></Tax></TaxesWithheld>"
        if withheld
        else ""
    )
    return f"""<fe:Facturae xmlns:fe="http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml">
<Parties><SellerParty><TaxIdentification><TaxIdentificationNumber>ESA12345674</TaxIdentificationNumber>
</TaxIdentification><LegalEntity><CorporateName>{escape(invoice.seller)}</CorporateName>
<AddressInSpain><CountryCode>ESP</CountryCode></AddressInSpain></LegalEntity></SellerParty></Parties>
<Invoices><Invoice><InvoiceHeader><InvoiceNumber>{escape(invoice.number)}</InvoiceNumber>
<InvoiceClass>{"OR" if invoice.is_credit_note else "OO"}</InvoiceClass></InvoiceHeader>
<InvoiceIssueData><IssueDate>{invoice.day}</IssueDate><InvoiceCurrencyCode>{invoice.currency}</InvoiceCurrencyCode>
</InvoiceIssueData><TaxesOutputs>{taxes}</TaxesOutputs>{taken}<InvoiceTotals>
<TotalGrossAmountBeforeTaxes>{invoice.net * sign}</TotalGrossAmountBeforeTaxes>
<TotalTaxOutputs>{invoice.tax * sign}</TotalTaxOutputs><TotalTaxesWithheld>{withheld}</TotalTaxesWithheld>
<InvoiceTotal>{invoice.gross * sign - withheld}</InvoiceTotal></InvoiceTotals></Invoice></Invoices>
</fe:Facturae>""".encode()


def envelope(*documents: bytes) -> bytes:
    """Put documents into the envelope in which Peppol's access points deliver them (SBDH 1.3)."""
    return b"""<?xml version="1.0" encoding="UTF-8"?>
<StandardBusinessDocument xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader">
<StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion>
<Sender><Identifier Authority="iso6523-actorid-upis">0204:991-00000-00</Identifier></Sender>
<DocumentIdentification><Type>Invoice</Type></DocumentIdentification></StandardBusinessDocumentHeader>
%s</StandardBusinessDocument>""" % b"".join(re.sub(rb"^<\?xml[^>]*\?>", b"", document) for document in documents)


def in_pdf(
    *files: bytes, names: Sequence[str] = (), levels: int = 1, associated: bool = False, password: str | None = None
) -> bytes:
    """Embed files in a PDF of one empty page.

    :param names: of the files; by default none says what the file is

    :param levels: of the name tree
    :param associated: only in the catalogue's ``/AF``
    """
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    specifications = []
    for number, (data, name) in enumerate(zip_longest(files, names)):
        stream = DecodedStreamObject()
        stream.set_data(data)
        compressed = writer._add_object(stream.flate_encode())
        specification = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Filespec"),
                NameObject("/F"): TextStringObject(f"file-{number}.bin" if name is None else name),
                NameObject("/EF"): DictionaryObject({NameObject("/F"): compressed}),
            }
        )
        specifications.append(writer._add_object(specification))
    root = writer._root_object
    if associated:
        root[NameObject("/AF")] = ArrayObject(specifications)
    elif specifications:
        pairs = [part for number, one in enumerate(specifications) for part in (TextStringObject(f"{number}"), one)]
        node = DictionaryObject({NameObject("/Names"): ArrayObject(pairs)})
        for _ in range(levels - 1):
            node = DictionaryObject({NameObject("/Kids"): ArrayObject([writer._add_object(node)])})
        root[NameObject("/Names")] = DictionaryObject({NameObject("/EmbeddedFiles"): node})
    if password is not None:
        writer.encrypt(password, algorithm="AES-256")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()
