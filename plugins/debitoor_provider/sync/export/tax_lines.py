"""A document's amounts as one line per tax rate, or the reason why that cannot be decided (design section 6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from debitoor_provider.services.getmyinvoices.enums import DocumentType
from debitoor_provider.sync.export.two_rates import Span, solve
from debitoor_provider.sync.money import CENT, LARGEST, ZERO, cents, exact_text, net_of
from debitoor_provider.sync.obstacle import held, rejected
from debitoor_provider.sync.statement import percent
from debitoor_provider.sync.text import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from debitoor_provider.messages import Message
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.corrections import Corrections
    from debitoor_provider.sync.obstacle import Obstacle

_MOST_SHOWN = 5
_TOLERANCE = Decimal("0.02")  # net, tax and gross of one invoice are each rounded once
_MOST_ROUNDING = Decimal("0.10")  # of any number of line items; beyond it may as well be an item that is not there


@dataclass(frozen=True, slots=True)
class TaxLine:
    """The part of a document at one tax rate.

    :param rate: per cent, at most two decimals
    :param gross: gross amount of that part, two decimals, the document's sign
    """

    rate: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class TaxSplit:
    """All lines of a document; they sum to its gross amount exactly.

    :param lines: at least one
    :param rounding: what was put on the largest line to make the sum right, usually 0
    :param spans: for each rate the amounts that it can have instead; empty if the lines are the only solution
    """

    lines: tuple[TaxLine, ...]
    rounding: Decimal = ZERO
    spans: tuple[Span, ...] = ()


def split(document: Document) -> TaxSplit:
    """Split a document's gross amount by tax rate.

    From the line items where they are there and add up; with one rate from the gross amount; with exactly two rates
    from net, tax and the rates. Anything else is rejected, never guessed.

    :raises Obstacle: when the figures are not sufficient
    """
    gross = checked_gross(document)
    rates = checked_rates(document)
    if document.unread_net:
        raise rejected("net_unreadable", amount=shown(document.unread_net))
    by_items = _from_line_items(document, gross)
    if by_items is not None:
        if not document.net_amount:
            _check_rates_of_items(document, by_items.lines, rates)
        return by_items
    if not gross:
        return TaxSplit((TaxLine(min(rates, default=ZERO), ZERO),))
    net = document.net_amount or None
    match rates:
        case []:
            return _without_rate(gross, net)
        case [rate]:
            return _one_rate(gross, net, rate)
        case [low, high]:
            return _two_rates(gross, net, low, high)
    raise rejected("too_many_rates", rates=_listed(rates))


def stated_split(document: Document, stated: Corrections, net: Decimal | None = None) -> TaxSplit | None:
    """Return a document's gross amounts by tax rate as a person has stated them; ``None`` when none were stated.

    For a credit note they may all have the other sign than it has in the books: its record may have that as well.

    :param net: the record's net amount, where it is all that they can be compared with
    :raises Obstacle: when they do not sum to the document's gross amount, or come to another net amount
    """
    if not stated.tax and stated.supply != "outside":
        return None
    gross = checked_gross(document)
    if not stated.tax:
        return TaxSplit((TaxLine(ZERO, gross),))  # tax of another country is none of the books
    if len(stated.tax) == 1 and stated.tax[0][1] is None:
        return TaxSplit((TaxLine(checked_rate(stated.tax[0][0]), gross),))
    lines = tuple(TaxLine(checked_rate(rate), amount) for rate, amount in stated.tax if amount)
    is_credit_note = document.document_type == DocumentType.CREDIT_NOTE
    total = sum((line.gross for line in lines), ZERO)
    if is_credit_note and total and total == -gross:
        lines, total = tuple(TaxLine(line.rate, -line.gross) for line in lines), gross
    if total != gross:
        raise rejected("tax_not_total", total=cents(total), gross=gross)
    if net:
        _check_net(lines, net, is_credit_note=is_credit_note)
    return TaxSplit(lines)


def _check_net(lines: Sequence[TaxLine], net: Decimal, *, is_credit_note: bool) -> None:
    """Check gross amounts against a net amount; each of them is rounded once.

    :param is_credit_note: whether the record may have its amount with the other sign
    :raises Obstacle: when they come to another net amount
    """
    total = sum((net_of(line.gross, line.rate) for line in lines), ZERO)
    if is_credit_note and total * net < 0:
        net = -net
    if abs(total - net) > CENT * len(lines):
        raise rejected("tax_not_net", total=cents(total), net=exact_text(net))


def checked_gross(document: Document) -> Decimal:
    """Return a document's gross amount.

    :raises Obstacle: when there is none, or Debitoor cannot book it to the cent (contract section 3.4)
    """
    gross = document.gross_amount
    if gross is None and document.unread_gross:
        raise rejected("gross_unreadable", amount=shown(document.unread_gross))
    if not gross and document.net_amount:
        raise net_alone(document)
    if gross is None:
        raise rejected("no_amount")
    if abs(gross) > LARGEST or gross != cents(gross):
        raise rejected("odd_amount", gross=gross, largest=LARGEST)
    if document.stated_gross is None:
        raise rejected("zero_amount")
    return gross


def net_alone(document: Document, invoice: Message | None = None) -> Obstacle:
    """Return that a document has a net amount and no gross amount: no rate says for certain what that comes to.

    :param invoice: what its e-invoice states, which is not proven
    """
    return held("net_alone", net=exact_text(document.net_amount or ZERO), invoice=invoice)


def checked_rates(document: Document) -> list[Decimal]:
    """Return a document's tax rates, each once.

    :raises Obstacle: when one cannot be read, or Debitoor cannot book it
    """
    if document.unread_rates:
        raise rejected("rates_unreadable", rates=[shown(written) for written in document.unread_rates[:_MOST_SHOWN]])
    return sorted({checked_rate(rate) for rate in document.tax_rates})


def checked_rate(rate: Decimal) -> Decimal:
    """Return a tax rate in per cent without superfluous zeros.

    :raises Obstacle: when Debitoor cannot book it (contract section 3.4)
    """
    if not 0 <= rate <= 100 or rate != cents(rate):
        raise rejected("odd_rate", rate=percent(rate))
    return rate.normalize() + ZERO


def _from_line_items(document: Document, gross: Decimal) -> TaxSplit | None:
    """Group the line items by rate; ``None`` when they are incomplete or do not add up, but for their rounding."""
    items = document.line_items
    sums: dict[Decimal, Decimal] = {}
    for item in items:
        if item.tax_percentage is None or item.total_gross is None:
            return None
        rate = checked_rate(item.tax_percentage)
        sums[rate] = sums.get(rate, ZERO) + item.total_gross
    if not sums:
        return None
    lines = [TaxLine(rate, cents(amount)) for rate, amount in sorted(sums.items()) if cents(amount)]
    slack = min(_TOLERANCE + CENT * len(items), _MOST_ROUNDING)
    if not lines or abs(gross - sum(line.gross for line in lines)) > slack:
        return None
    if document.net_amount and abs(document.net_amount - sum(net_of(line.gross, line.rate) for line in lines)) > slack:
        return None
    return _made_to_sum(lines, gross)


def _check_rates_of_items(document: Document, lines: Sequence[TaxLine], rates: Sequence[Decimal]) -> None:
    """Check the rates of line items against the document's own; an item without an amount may have any.

    :raises Obstacle: when they are others: the gross amount alone does not say which are right
    """
    items = {item.tax_percentage for item in document.line_items}
    booked, own = {line.rate for line in lines}, {*rates}
    if own and not booked - {ZERO} <= own - {ZERO} <= items:
        raise rejected("items_disagree", items=_listed(sorted(booked)), rates=_listed(rates))


def _without_rate(gross: Decimal, net: Decimal | None) -> TaxSplit:
    if net == gross:
        return TaxSplit((TaxLine(ZERO, gross),))
    raise rejected("no_tax_rate")


def _one_rate(gross: Decimal, net: Decimal | None, rate: Decimal) -> TaxSplit:
    if net is not None and abs(net * (1 + rate / 100) - gross) > _TOLERANCE:
        raise rejected("figures_disagree", net=net, gross=gross, rates=_listed([rate]))
    return TaxSplit((TaxLine(rate, gross),))


def _two_rates(gross: Decimal, net: Decimal | None, low: Decimal, high: Decimal) -> TaxSplit:
    """Split by two rates of which only the sums are known; exact if there is one solution, else the nearest."""
    if net is None:
        raise rejected("no_net_amount", rates=_listed([low, high]))
    found = solve(gross, net, low, high)
    if found is None:
        raise rejected("figures_disagree", net=net, gross=gross, rates=_listed([low, high]))
    lines = [TaxLine(low, found.low), TaxLine(high, found.high)]
    return TaxSplit(tuple(line for line in lines if line.gross), spans=found.spans)


def _made_to_sum(lines: Sequence[TaxLine], gross: Decimal) -> TaxSplit:
    """Put the rounding difference on the largest line."""
    rounding = gross - sum(line.gross for line in lines)
    largest = max(range(len(lines)), key=lambda index: abs(lines[index].gross))
    corrected = [
        replace(line, gross=line.gross + rounding) if index == largest else line for index, line in enumerate(lines)
    ]
    return TaxSplit(tuple(corrected), rounding)


def _listed(rates: Sequence[Decimal]) -> list[str]:
    return [percent(rate) for rate in rates]
