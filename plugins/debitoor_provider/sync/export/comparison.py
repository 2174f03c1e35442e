"""What the record of a document and an e-invoice say differently, and what the one has and the other lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.getmyinvoices.enums import DocumentType
from debitoor_provider.sync.export.tax_lines import TaxSplit, split
from debitoor_provider.sync.invoice.models import NO_INVOICES, InvoiceKind
from debitoor_provider.sync.invoice.proof import by_rate
from debitoor_provider.sync.money import CENT, ZERO, cents, net_of
from debitoor_provider.sync.obstacle import Obstacle
from debitoor_provider.sync.statement import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.invoice.models import Invoice

_SLACK = CENT * 3  # net, tax and gross are each rounded once


def differences(document: Document, invoice: Invoice, *, is_ambiguous: bool) -> Iterator[Message]:
    """Return where record and invoice contradict each other.

    :param is_ambiguous: the invoice is a credit note written with negative amounts
    """
    gross, sign = document.gross_amount, _sign(document, invoice)
    if is_ambiguous:
        recorded_kind = Message("kind_credit_note" if _is_credit_note(document) else "kind_invoice")
        yield Message("differs_in_kind", record=recorded_kind, invoice=Message("kind_negative_credit_note"))
    else:
        yield from kinds(document, invoice)
    if document.currency and document.currency.strip().upper() != invoice.currency:
        yield Message("differs_in_currency", record=document.currency, invoice=invoice.currency)
    if document.document_date and invoice.date and document.document_date != invoice.date:
        yield Message("differs_in_date", record=document.document_date, invoice=invoice.date)
    if gross and gross * sign != invoice.gross:
        yield Message("differs_in_gross", record=cents(gross * sign), invoice=invoice.gross)
    elif document.net_amount and document.net_amount * sign != invoice.net:
        yield Message("differs_in_net", record=cents(document.net_amount * sign), invoice=invoice.net)
    stated, proven = sorted(set(document.tax_rates)), rates_of(invoice)
    if stated and [rate for rate in stated if rate] != [rate for rate in proven if rate]:
        yield Message("differs_in_rates", record=list(map(percent, stated)), invoice=list(map(percent, proven)))
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
    return -1 if lowers and amount_of(document) > 0 else 1


def kinds(document: Document, invoice: Invoice) -> Iterator[Message]:
    """Return that one raises what is owed and the other lowers it, unless the record's own amounts agree.

    A credit note lowers what is owed: with an e-invoice that raises it, its record would be booked the wrong way round.
    """
    if _is_credit_note(document):
        if (invoice.gross or ZERO) > 0:
            yield Message("differs_in_kind", record=Message("kind_credit_note"), invoice=_kind(invoice))
    elif (
        invoice.kind is InvoiceKind.CREDIT_NOTE
        and document.document_type == DocumentType.INCOMING_INVOICE
        and amount_of(document) >= 0
    ):
        yield Message("differs_in_kind", record=Message("kind_invoice"), invoice=_kind(invoice))


def _kind(invoice: Invoice) -> Message:
    """Return what an e-invoice is."""
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        return Message("kind_credit_note")
    return Message("kind_correction" if invoice.kind is InvoiceKind.CORRECTION else "kind_invoice")


def amount_of(document: Document) -> Decimal:
    """Return the amount whose sign the record has; 0 without one."""
    return document.gross_amount or document.net_amount or ZERO


def supplied(document: Document, invoice: Invoice) -> Iterator[Message]:
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


def rates_of(invoice: Invoice) -> list[Decimal]:
    return sorted({group.rate or ZERO for group in invoice.groups})


def _written(amounts: Mapping[Decimal, Decimal]) -> list[Message]:
    return [Message("amount_at_rate", gross=cents(gross), rate=rate) for rate, gross in amounts.items()]


def unproven_differences(document: Document, invoices: Sequence[Invoice]) -> Iterator[Message]:
    """Return where a record contradicts everything that e-invoices state which do not prove their figures.

    Such an invoice contradicts itself or lacks something, so the record may have any of its sums. One that has none of
    them, or that would be booked in other parts, would be booked against the invoice anyway. Records without an
    amount or a currency are not compared: nothing of them is booked.
    """
    gross, currency = document.gross_amount, document.currency.strip().upper()
    stated = [one for one in invoices if one.kind not in NO_INVOICES]
    if not (stated and gross and currency):
        return
    same = [one for one in stated if one.currency in {currency, ""}]
    if not same:
        yield Message("differs_in_currency", record=document.currency, invoice=stated[0].currency)
        return
    invoice = same[0]
    sums = list(dict.fromkeys(amount for one in same for amount in _sums(one)))
    if len(same) > 1:
        sums.append(sum((_sums(one)[0] for one in same if _sums(one)), ZERO))
    # The sign is a question of its own where the kinds differ, and unknown of several.
    is_signed = len(stated) == 1 and not is_ambiguous(invoice) and not any(kinds(document, invoice))
    recorded = gross * _sign(document, invoice) if is_signed else abs(gross)
    if sums and not any(_is_near(recorded, amount if is_signed else abs(amount)) for amount in sums):
        yield Message("differs_in_gross", record=cents(recorded), invoice=cents(sums[0]))
    elif len(stated) == 1:
        yield from _parts_differ(document, invoice, is_signed=is_signed)


def is_ambiguous(invoice: Invoice) -> bool:
    """Return whether it is a credit note written with negative amounts, which may lower or raise what is owed."""
    return invoice.kind is InvoiceKind.CREDIT_NOTE and (invoice.gross or ZERO) > 0


def _sums(invoice: Invoice) -> list[Decimal]:
    """Return what an invoice may mean as its gross amount, however little it agrees with itself."""
    sums = [] if invoice.gross is None else [invoice.gross]
    if invoice.net is not None and invoice.tax is not None:
        sums.append(invoice.net + invoice.tax)
    if parts := _stated_by_rate(invoice):
        sums.append(sum(parts.values(), ZERO))
    return sums


def _stated_by_rate(invoice: Invoice) -> dict[Decimal, Decimal]:
    """Return the gross amount at each rate, proven or not; nothing when a figure is missing."""
    parts: dict[Decimal, Decimal] = {}
    for group in invoice.groups:
        if group.base is None or group.tax is None or group.rate is None:
            return {}
        parts[group.rate] = parts.get(group.rate, ZERO) + group.base + group.tax
    return {rate: gross for rate, gross in sorted(parts.items()) if gross}


def _parts_differ(document: Document, invoice: Invoice, *, is_signed: bool) -> Iterator[Message]:
    """Return that a record is booked in other parts than its e-invoice states, which has the same gross amount."""
    try:
        lines = split(document).lines
    except Obstacle:
        return
    sign = _sign(document, invoice)
    recorded = {line.rate: line.gross * sign for line in lines if line.gross}
    stated, net, tax = _stated_by_rate(invoice), invoice.net or ZERO, invoice.tax or ZERO
    if not is_signed:
        recorded, stated = ({rate: abs(gross) for rate, gross in one.items()} for one in (recorded, stated))
        net, tax = abs(net), abs(tax)
    total = sum(recorded.values(), ZERO)
    if stated:
        rest = total - sum(stated.values(), ZERO)  # stamp duty and the like, which some leave out of what is by rate
        whole = stated if _is_near(rest, ZERO) else {**stated, ZERO: stated.get(ZERO, ZERO) + rest}
        if any(not _is_near(recorded.get(rate, ZERO), whole.get(rate, ZERO)) for rate in {*recorded, *whole}):
            yield Message("differs_by_rate", record=_written(recorded), invoice=_written(stated))
    elif _is_near(net + tax, total):
        recorded_net = sum((net_of(gross, rate) for rate, gross in recorded.items()), ZERO)
        if abs(recorded_net - net) > _SLACK:
            yield Message("differs_in_net", record=recorded_net, invoice=cents(net))


def _is_near(one: Decimal, other: Decimal) -> bool:
    """Return whether amounts are the same to the cent; what has more decimals may be rounded either way."""
    return abs(one - other) < CENT
