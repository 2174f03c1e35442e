"""What the e-invoice in a document's file says about the document's record: it proves, completes or contradicts it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.services.getmyinvoices.enums import DocumentType
from debitoor_provider.services.getmyinvoices.models import Company
from debitoor_provider.sync.countries import iso_code
from debitoor_provider.sync.export.tax_lines import TaxLine, TaxSplit, split
from debitoor_provider.sync.invoice.models import InvoiceKind
from debitoor_provider.sync.invoice.proof import by_rate, disproof, other_taxes
from debitoor_provider.sync.invoice.totals import negated
from debitoor_provider.sync.money import ZERO, cents
from debitoor_provider.sync.obstacle import Obstacle, held, rejected
from debitoor_provider.sync.text import cut, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from decimal import Decimal

    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.invoice.models import Invoice, Party, Reading

_CODE_LIMIT = 10  # characters of a currency as it is shown
_UNKNOWN = 0  # no company of GetMyInvoices
_BUYER_OWES_TAX = {"AE", "K"}
_READ: dict[str, Any] = {"unread_rates": (), "unread_net": "", "unread_gross": ""}
"""Tax categories of the reverse charge and of intra-community supplies."""


class Proof(StrEnum):
    """The result of reading a document's file."""

    PROVEN = "proven"
    SUPPLIED = "supplied"
    CONTRADICTS = "contradicts"
    UNPROVEN = "unproven"
    UNREADABLE = "unreadable"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a document's file says about its record.

    :param invoice: whose figures are proven; ``None`` without one
    :param reasons: why the figures are not proven, or what the invoice supplies or contradicts
    :param other_taxes: taxes that are no VAT, by the format's own code
    :param other_kind: that one is an invoice and the other a credit note, where the invoice is not proven
    :param unproven_amounts: what e-invoices that prove nothing state as their gross amounts, apart from 0
    """

    outcome: Proof
    invoice: Invoice | None = None
    reasons: tuple[Message, ...] = ()
    other_taxes: tuple[str, ...] = ()
    other_kind: Message | None = None
    unproven_amounts: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what a document's history keeps: ``invoice``, and ``invoice_says`` if there is more to say."""
        reasons = [reason.as_json() for reason in self.reasons]
        return {"invoice": str(self.outcome)} | ({"invoice_says": reasons} if reasons else {})

    def overruled(self) -> Evidence:
        """Return that the invoice does not prove what is booked, since a person has stated other figures."""
        return replace(self, outcome=Proof.UNPROVEN, reasons=(Message("invoice_overruled"),))

    @property
    def date(self) -> date | None:
        """The date of the proven invoice, if it has one."""
        return self.invoice.date if self.invoice else None

    @property
    def buyer_owes_tax(self) -> bool:
        """Whether the invoice says so (reverse charge, or a supply within the EU)."""
        groups = self.invoice.groups if self.invoice else ()
        return any(group.category in _BUYER_OWES_TAX for group in groups)

    def document(self, document: Document) -> Document:
        """Return the document with the invoice's figures, and with its number if the record has none."""
        invoice = self.invoice
        if invoice is None:
            return document
        return replace(
            document,
            document_number=document.document_number or one_line(invoice.number),
            document_date=self.date or document.document_date,
            currency=invoice.currency,
            net_amount=invoice.net,
            gross_amount=invoice.gross,
            tax_rates=tuple(_rates(invoice)),
            **_READ,
            line_items=(),
        )

    def completed(self, document: Document) -> Document:
        """Return the document with its own figures, and with the date and the amounts of the invoice where it has none.

        :raises Obstacle: when it has no gross amount, and contradicts the invoice in more than the date, or has an
            amount of 0 where an invoice that is not proven states another one
        """
        invoice = self.invoice
        if invoice is None:
            if self.unproven_amounts and document.gross_amount == 0:
                raise rejected("zero_beside_invoice", amounts=list(self.unproven_amounts))
            return document
        document = replace(document, document_date=document.document_date or invoice.date)
        if document.gross_amount or not invoice.gross:
            return document
        if self.outcome is Proof.CONTRADICTS and _is_more_than_date(self.reasons):
            raise held("invoice_contradicts", differences=list(self.reasons))
        rates = tuple(_rates(invoice))
        return replace(document, net_amount=invoice.net, gross_amount=invoice.gross, tax_rates=rates, **_READ)

    def split(self) -> TaxSplit | None:
        """Return the invoice's gross amounts by tax rate."""
        if self.invoice is None:
            return None
        lines = tuple(TaxLine(rate, gross) for rate, gross in by_rate(self.invoice).items())
        return TaxSplit(lines or (TaxLine(min(_rates(self.invoice), default=ZERO), ZERO),))

    def company(self, company: Company | None) -> Company | None:
        """Return the supplier, with what its record lacks and the invoice has: country and VAT id, or all of it."""
        if self.invoice is None:
            return company
        seller = self.invoice.seller
        company = company or Company(_UNKNOWN, one_line(seller.name))
        return replace(
            company,
            country_code=company.country_code or seller.country,
            vat_id=company.vat_id or seller.vat_id,
            postcode=company.postcode or _postcode(seller, company),
        )


def weigh(document: Document, reading: Reading) -> Evidence:
    """Compare a document's record with the e-invoice in its file.

    What an invoice does not prove to the cent says nothing about the record, except for a tax that is no VAT, an amount
    where the record has 0, and whether it is an invoice or a credit note. The number is not compared: records have it
    in other forms, or another number of the same document.

    A credit note written with negative amounts may lower or raise what is owed. It contradicts every record, and its
    figures are shown and, if a person chooses them, booked with the sign that they are written with.
    """
    if reading.problem is not None:
        return Evidence(Proof.UNREADABLE, reasons=(reading.problem,))
    if not reading.invoices:
        return Evidence(Proof.NONE)
    invoice, *others = reading.invoices
    several = (Message("invoice_several", count=len(reading.invoices)),) if others else ()
    is_ambiguous = invoice.kind is InvoiceKind.CREDIT_NOTE and (invoice.gross or ZERO) > 0
    if reasons := several or disproof(invoice):
        taxes = tuple(tax for one in reading.invoices for tax in other_taxes(one))
        amounts = tuple(filter(None, map(_stated, reading.invoices)))
        is_clear = not (others or is_ambiguous or invoice.kind is InvoiceKind.NO_INVOICE)
        kinds = next(_kinds(document, invoice), None) if is_clear else None
        return Evidence(Proof.UNPROVEN, None, reasons, taxes, kinds, amounts)
    if is_ambiguous:
        invoice = negated(invoice)
    if differences := tuple(_differences(document, invoice, is_ambiguous=is_ambiguous)):
        if _is_more_than_date(differences) and invoice.gross and not document.gross_amount:
            differences = (*differences, Message("lacks_gross", invoice=invoice.gross))
        return Evidence(Proof.CONTRADICTS, invoice, differences)
    supplied = tuple(_supplied(document, invoice))
    return Evidence(Proof.SUPPLIED if supplied else Proof.PROVEN, invoice, supplied)


def _is_more_than_date(differences: Iterable[Message]) -> bool:
    return any(difference.code != "differs_in_date" for difference in differences)


def _stated(invoice: Invoice) -> str:
    """Return what an invoice states as its gross amount; empty for none, or 0."""
    gross = invoice.gross if invoice.gross is not None else (invoice.net or ZERO) + (invoice.tax or ZERO)
    return f"{cents(gross)} {cut(one_line(invoice.currency), _CODE_LIMIT)}".strip() if gross else ""


def _differences(document: Document, invoice: Invoice, *, is_ambiguous: bool) -> Iterator[Message]:
    """Return where record and invoice contradict each other.

    :param is_ambiguous: the invoice is a credit note written with negative amounts
    """
    gross, sign = document.gross_amount, _sign(document, invoice)
    if is_ambiguous:
        recorded_kind = Message("kind_credit_note" if _is_credit_note(document) else "kind_invoice")
        yield Message("differs_in_kind", record=recorded_kind, invoice=Message("kind_negative_credit_note"))
    else:
        yield from _kinds(document, invoice)
    if document.currency and document.currency.strip().upper() != invoice.currency:
        yield Message("differs_in_currency", record=document.currency, invoice=invoice.currency)
    if document.document_date and invoice.date and document.document_date != invoice.date:
        yield Message("differs_in_date", record=document.document_date, invoice=invoice.date)
    if gross and gross * sign != invoice.gross:
        yield Message("differs_in_gross", record=cents(gross * sign), invoice=invoice.gross)
    elif document.net_amount and document.net_amount * sign != invoice.net:
        yield Message("differs_in_net", record=cents(document.net_amount * sign), invoice=invoice.net)
    stated, proven = sorted(set(document.tax_rates)), _rates(invoice)
    if stated and [rate for rate in stated if rate] != [rate for rate in proven if rate]:
        yield Message("differs_in_rates", record=_percent(stated), invoice=_percent(proven))
    if gross and (parts := _certain_split(document)):
        recorded = {line.rate: line.gross * sign for line in parts.lines if line.gross}
        if recorded != by_rate(invoice):
            yield Message("differs_by_rate", record=_written(recorded), invoice=_written(by_rate(invoice)))


def _sign(document: Document, invoice: Invoice) -> int:
    """Return by what the record's amounts are multiplied to have the sign that they have in the books.

    The record of a credit note may have either sign. It lowers what is owed as a credit note does, or as an invoice or
    a correction with negative amounts does, by which some formats (Facturae) and suppliers write their credit notes.
    """
    lowers = _is_credit_note(document) and (invoice.gross or invoice.net or ZERO) < 0
    return -1 if lowers and _amount(document) > 0 else 1


def _kinds(document: Document, invoice: Invoice) -> Iterator[Message]:
    """Return that one raises what is owed and the other lowers it, unless the record's own amounts agree.

    A credit note lowers what is owed: with an e-invoice that raises it, its record would be booked the wrong way round.
    """
    if _is_credit_note(document):
        if (invoice.gross or ZERO) > 0:
            yield Message("differs_in_kind", record=Message("kind_credit_note"), invoice=_kind(invoice))
    elif (
        invoice.kind is InvoiceKind.CREDIT_NOTE
        and document.document_type == DocumentType.INCOMING_INVOICE
        and _amount(document) >= 0
    ):
        yield Message("differs_in_kind", record=Message("kind_invoice"), invoice=_kind(invoice))


def _kind(invoice: Invoice) -> Message:
    """Return what an e-invoice is."""
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        return Message("kind_credit_note")
    return Message("kind_correction" if invoice.kind is InvoiceKind.CORRECTION else "kind_invoice")


def _amount(document: Document) -> Decimal:
    """Return the amount whose sign the record has; 0 without one."""
    return document.gross_amount or document.net_amount or ZERO


def _supplied(document: Document, invoice: Invoice) -> Iterator[Message]:
    """Return what the record lacks and the invoice has."""
    if document.document_date is None and invoice.date is not None:
        yield Message("supplies_date", date=invoice.date)
    if not document.currency:
        yield Message("supplies_currency", currency=invoice.currency)
    if not document.gross_amount and invoice.gross:
        yield Message("supplies_gross", gross=invoice.gross)
    if _certain_split(document) is None:
        yield Message("supplies_amounts", amounts=_written(by_rate(invoice)))


def _certain_split(document: Document) -> TaxSplit | None:
    """Return the record's own amounts by tax rate, if it leaves no choice."""
    try:
        parts = split(document)
    except Obstacle:
        return None
    return None if parts.spans else parts


def _is_credit_note(document: Document) -> bool:
    return document.document_type == DocumentType.CREDIT_NOTE


def _postcode(seller: Party, company: Company) -> str:
    """Return the seller's postcode, unless the company is recorded in another country."""
    here = {"", iso_code(seller.country)}
    return seller.postcode if iso_code(company.country_code) in here else ""


def _rates(invoice: Invoice) -> list[Decimal]:
    return sorted({group.rate or ZERO for group in invoice.groups})


def _percent(rates: list[Decimal]) -> list[str]:
    return [f"{rate:f} %" for rate in rates]


def _written(amounts: Mapping[Decimal, Decimal]) -> list[Message]:
    return [Message("amount_at_rate", gross=cents(gross), rate=rate) for rate, gross in amounts.items()]
