"""What the e-invoice in a document's file says about the document's record: it proves, completes or contradicts it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.services.getmyinvoices.models import Company
from debitoor_provider.sync.countries import iso_code
from debitoor_provider.sync.export.comparison import (
    differences,
    is_ambiguous,
    kinds,
    rates_of,
    supplied,
    unproven_differences,
)
from debitoor_provider.sync.export.tax_lines import TaxLine, TaxSplit, net_alone
from debitoor_provider.sync.invoice.models import NO_INVOICES, InvoiceKind, Syntax
from debitoor_provider.sync.invoice.proof import by_rate, disproof, other_taxes
from debitoor_provider.sync.invoice.totals import negated
from debitoor_provider.sync.money import ZERO, cents
from debitoor_provider.sync.obstacle import held, rejected
from debitoor_provider.sync.text import cut, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.corrections import Corrections
    from debitoor_provider.sync.invoice.models import Invoice, Party, Reading

_CODE_LIMIT = 10  # characters of a currency as it is shown
_UNKNOWN = 0  # no company of GetMyInvoices
_BUYER_OWES_TAX = {"AE", "K"}
"""Tax categories of the reverse charge and of intra-community supplies."""
_NO_CATEGORIES = {Syntax.FATTURAPA, Syntax.FACTURAE}
"""Formats with codes of their own country: what a buyer abroad owes the tax of may be N2.1 there, or just 0 %."""
_READ: dict[str, Any] = {"unread_rates": (), "unread_net": "", "unread_gross": ""}


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
    :param other_figures: where the record contradicts everything that an invoice states which is not proven
    :param unproven_amounts: what e-invoices that prove nothing state as their gross amounts, apart from 0
    :param is_not_payable: all that the file holds says of itself that it is no invoice to be paid
    """

    outcome: Proof
    invoice: Invoice | None = None
    reasons: tuple[Message, ...] = ()
    other_taxes: tuple[str, ...] = ()
    other_kind: Message | None = None
    other_figures: tuple[Message, ...] = ()
    unproven_amounts: tuple[str, ...] = ()
    is_not_payable: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return what a document's history keeps: ``invoice``, and ``invoice_says`` if there is more to say."""
        reasons = [reason.as_json() for reason in self.reasons]
        return {"invoice": str(self.outcome)} | ({"invoice_says": reasons} if reasons else {})

    def overruled_by(self, stated: Corrections, own: TaxSplit | None) -> Evidence:
        """Return the evidence for what is booked: it proves nothing if a person has stated anything else.

        :param stated: by a person
        :param own: the amounts by tax rate that follow from it
        """
        invoice, split = self.invoice, self.split()
        if invoice is None or split is None:
            return self
        others = (
            own is not None and own.lines != split.lines,
            stated.date is not None and stated.date != (invoice.date or stated.date),
            stated.currency and stated.currency != invoice.currency,
        )
        return replace(self, outcome=Proof.UNPROVEN, reasons=(Message("invoice_overruled"),)) if any(others) else self

    @property
    def date(self) -> date | None:
        """The date of the proven invoice, if it has one."""
        return self.invoice.date if self.invoice else None

    @property
    def buyer_owes_tax(self) -> bool:
        """Whether the invoice says so (reverse charge, or a supply within the EU), at least of a part."""
        groups = self.invoice.groups if self.invoice else ()
        return any(group.category in _BUYER_OWES_TAX for group in groups)

    @property
    def paid_before(self) -> Decimal:
        """The part that was paid before by the proven invoice; an order that is paid at once has no advance invoice.

        The tax of a split payment may be written as paid, and is not either.
        """
        invoice = self.invoice
        if invoice is None or not invoice.prepaid:
            return ZERO
        split_payment = sum((group.tax or ZERO for group in invoice.groups if group.category == "B"), ZERO)
        return ZERO if invoice.prepaid in {split_payment, invoice.gross} else invoice.prepaid

    @property
    def taxed_apart(self) -> tuple[Decimal, Decimal]:
        """The gross amounts of which the buyer owes the tax, by the proven invoice, and of which not."""
        parts = {True: ZERO, False: ZERO}
        for group in self.invoice.groups if self.invoice else ():
            parts[group.category in _BUYER_OWES_TAX] += abs((group.base or ZERO) + (group.tax or ZERO))
        return parts[True], parts[False]

    @property
    def categories(self) -> list[str]:
        """The tax categories of what is to be paid by the proven invoice; none if its format or profile has none."""
        if self.invoice is None or self.invoice.syntax in _NO_CATEGORIES:
            return []
        paid = (group for group in self.invoice.groups if (group.base or ZERO) + (group.tax or ZERO))
        return sorted({group.category for group in paid} - {""})

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
            tax_rates=tuple(rates_of(invoice)),
            **_READ,
            line_items=(),
        )

    def completed(self, document: Document) -> Document:
        """Return the document with its own figures, and with the date and the amounts of the invoice where it has none.

        :raises Obstacle: when it has no gross amount, and contradicts the invoice in more than the date, or has only a
            net amount, or an amount of 0, where an invoice that is not proven states one
        """
        invoice = self.invoice
        if invoice is None:
            amounts = list(self.unproven_amounts)
            if amounts and document.stated_gross == 0:
                raise rejected("zero_beside_invoice", amounts=amounts)
            if amounts and _lacks_only_gross(document):
                if document.net_amount:
                    raise net_alone(document, Message("unproven_invoice_states", amounts=amounts))
                raise held("gross_beside_invoice", amounts=amounts)
            return document
        document = replace(document, document_date=document.document_date or invoice.date)
        if document.gross_amount or not invoice.gross:
            return document
        if self.outcome is Proof.CONTRADICTS and _is_more_than_date(self.reasons):
            raise held("invoice_contradicts", differences=list(self.reasons))
        rates = tuple(rates_of(invoice))
        return replace(document, net_amount=invoice.net, gross_amount=invoice.gross, tax_rates=rates, **_READ)

    def split(self) -> TaxSplit | None:
        """Return the invoice's gross amounts by tax rate."""
        if self.invoice is None:
            return None
        lines = tuple(TaxLine(rate, gross) for rate, gross in by_rate(self.invoice).items())
        return TaxSplit(lines or (TaxLine(min(rates_of(self.invoice), default=ZERO), ZERO),))

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

    What an invoice does not prove to the cent neither completes nor confirms the record. It still says whether it is an
    invoice or a credit note, that a tax is no VAT, and that the record has none of its amounts. The number is not
    compared: records have it in other forms, or another number of the same document.

    So it is where another e-invoice of the file could not be read, which may be the one that counts.

    A credit note written with negative amounts may lower or raise what is owed. It contradicts every record, and its
    figures are shown and, if a person chooses them, booked with the sign that they are written with.
    """
    unread = () if reading.problem is None else (reading.problem,)
    if not reading.invoices:
        return Evidence(Proof.UNREADABLE if unread else Proof.NONE, reasons=unread)
    invoice, *others = reading.invoices
    several: tuple[Message, ...] = ()
    if others:
        several = (Message("invoice_several", count=len(reading.invoices)),)
    if unread:
        several += (Message("invoice_other_unread"), *unread)
    unclear_sign = is_ambiguous(invoice)
    if reasons := several or disproof(invoice):
        taxes = tuple(tax for one in reading.invoices for tax in other_taxes(one))
        amounts = tuple(filter(None, map(_stated, reading.invoices)))
        is_clear = not (several or unclear_sign or invoice.kind in NO_INVOICES)
        other_kind = next(kinds(document, invoice), None) if is_clear else None
        other_figures = tuple(unproven_differences(document, reading.invoices))
        is_not_payable = not unread and all(one.kind is InvoiceKind.NOT_PAYABLE for one in reading.invoices)
        return Evidence(Proof.UNPROVEN, None, reasons, taxes, other_kind, other_figures, amounts, is_not_payable)
    if unclear_sign:
        invoice = negated(invoice)
    if found := tuple(differences(document, invoice, is_ambiguous=unclear_sign)):
        if _is_more_than_date(found) and invoice.gross and not document.gross_amount:
            found = (*found, Message("lacks_gross", invoice=invoice.gross))
        return Evidence(Proof.CONTRADICTS, invoice, found)
    completes = tuple(supplied(document, invoice))
    return Evidence(Proof.SUPPLIED if completes else Proof.PROVEN, invoice, completes)


def _lacks_only_gross(document: Document) -> bool:
    """Return whether a document has amounts, but no gross amount that could be booked."""
    has_amounts = document.net_amount is not None or document.gross_amount is not None
    return has_amounts and document.stated_gross is None and not document.unread_gross


def _is_more_than_date(differences: Iterable[Message]) -> bool:
    return any(difference.code != "differs_in_date" for difference in differences)


def _stated(invoice: Invoice) -> str:
    """Return what an invoice states as its gross amount; empty for none, or 0."""
    gross = invoice.gross if invoice.gross is not None else (invoice.net or ZERO) + (invoice.tax or ZERO)
    return f"{cents(gross)} {cut(one_line(invoice.currency), _CODE_LIMIT)}".strip() if gross else ""


def _postcode(seller: Party, company: Company) -> str:
    """Return the seller's postcode, unless the company is recorded in another country."""
    here = {"", iso_code(seller.country)}
    return seller.postcode if iso_code(company.country_code) in here else ""
