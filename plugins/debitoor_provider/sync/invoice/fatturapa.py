"""FatturaPA, the Italian e-invoice: one header, and one or several invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.invoice import xml
from debitoor_provider.sync.invoice.models import Invoice, InvoiceKind, Party, Syntax, TaxGroup
from debitoor_provider.sync.invoice.texts import to_amount, to_country, to_day, to_rate, to_vat_id
from debitoor_provider.sync.invoice.totals import added, signed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_KINDS = {
    **dict.fromkeys(["TD01", "TD05", "TD06", "TD24", "TD25", "TD26"], InvoiceKind.INVOICE),
    **dict.fromkeys(["TD02", "TD03"], InvoiceKind.PREPAYMENT),
    **dict.fromkeys(["TD04", "TD08"], InvoiceKind.CREDIT_NOTE),
    "TD07": InvoiceKind.INVOICE,
    "TD09": InvoiceKind.INVOICE,
    **dict.fromkeys([f"TD{number}" for number in (*range(16, 24), 27, 28, 29)], InvoiceKind.NOT_PAYABLE),
}
"""Types that a supplier issues, and those of records that a company makes for the tax office, of itself as well."""
_CATEGORIES = {"N1": "O", "N2": "O", "N3.1": "G", "N3.2": "K", "N3": "E", "N4": "E", "N5": "E", "N6": "AE", "N7": "O"}
"""*Natura*, by its beginning, as a tax category."""
_SPLIT_PAYMENT = "S"


def read(root: Element) -> list[Invoice]:
    """Read all invoices of a file.

    :raises Unreadable: when an amount is no number
    """
    header = xml.first(root, "FatturaElettronicaHeader")
    seller = _party(xml.first(header, "CedentePrestatore"))
    buyer = _party(xml.first(header, "CessionarioCommittente"))
    return [_invoice(body, seller, buyer) for body in xml.each(root, "FatturaElettronicaBody")]


def _invoice(body: Element, seller: Party, buyer: Party) -> Invoice:
    document = xml.sole(body, "DatiGenerali/DatiGeneraliDocumento")
    kind = _KINDS.get(xml.sole_text(document, "TipoDocumento").upper(), InvoiceKind.NO_INVOICE)
    sign = -1 if kind is InvoiceKind.CREDIT_NOTE else 1
    groups = tuple(_group(row, sign) for row in xml.each(body, "DatiBeniServizi/DatiRiepilogo"))
    return Invoice(
        syntax=Syntax.FATTURAPA,
        kind=kind,
        number=xml.text(document, "Numero"),
        date=to_day(xml.sole_text(document, "Data")),
        currency=xml.sole_text(document, "Divisa").upper(),
        # No element has the totals of net and tax: they are the sums of the groups.
        net=added([group.base for group in groups]),
        tax=added([group.tax for group in groups]),
        gross=signed(sign, to_amount(xml.sole_text(document, "ImportoTotaleDocumento"))),
        groups=groups,
        seller=seller,
        buyer=buyer,
        rounding=signed(sign, to_amount(xml.text(document, "Arrotondamento"))),
    )


def _group(row: Element, sign: int) -> TaxGroup:
    rate = to_rate(xml.sole_text(row, "AliquotaIVA"))
    nature = xml.sole_text(row, "Natura").upper()
    if nature:
        category = _CATEGORIES.get(nature) or _CATEGORIES.get(nature.partition(".")[0], "?")
    else:
        category = "B" if xml.sole_text(row, "EsigibilitaIVA").upper() == _SPLIT_PAYMENT else "S"
    return TaxGroup(
        category=category,
        rate=rate,
        base=signed(sign, to_amount(xml.sole_text(row, "ImponibileImporto"))),
        tax=signed(sign, to_amount(xml.sole_text(row, "Imposta"))),
    )


def _party(party: Element | None) -> Party:
    about = xml.first(party, "DatiAnagrafici")
    person = f"{xml.text(about, 'Anagrafica/Nome')} {xml.text(about, 'Anagrafica/Cognome')}".strip()
    country = to_country(xml.text(about, "IdFiscaleIVA/IdPaese"))
    number = xml.text(about, "IdFiscaleIVA/IdCodice")
    return Party(
        name=xml.text(about, "Anagrafica/Denominazione") or person,
        country=to_country(xml.text(party, "Sede/Nazione")) or country,
        vat_id=to_vat_id(f"{country}{number}") if number else "",
        postcode=xml.text(party, "Sede/CAP"),
    )
