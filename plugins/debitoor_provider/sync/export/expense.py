"""A document of GetMyInvoices as an expense of Debitoor (design section 6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.models import NewExpense, NewExpenseLine, ReverseCharge
from debitoor_provider.services.getmyinvoices.enums import DocumentType
from debitoor_provider.sync.export.booked_amounts import BookedAmounts
from debitoor_provider.sync.export.conversion import conversion, converted, stated_rate
from debitoor_provider.sync.export.description import describe
from debitoor_provider.sync.export.evidence import Evidence, Proof, weigh
from debitoor_provider.sync.export.supply import Supply, check_rates, supply_of, vat_id_of
from debitoor_provider.sync.export.tax_lines import TaxLine, TaxSplit, checked_gross, checked_rate, split
from debitoor_provider.sync.ledger import Sent
from debitoor_provider.sync.money import ZERO, cents
from debitoor_provider.sync.obstacle import Obstacle, held, rejected
from debitoor_provider.sync.statement import Statement, sums_by_rate
from debitoor_provider.sync.text import cut, one_line

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from debitoor_provider.services.debitoor.models import Environment
    from debitoor_provider.services.getmyinvoices.models import Company, Document
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from debitoor_provider.sync.export.conversion import Rate
    from debitoor_provider.sync.export.exchange_rates import ExchangeRates
    from debitoor_provider.sync.export.two_rates import Span
    from debitoor_provider.sync.invoice.models import Reading

Choice: TypeAlias = Literal["invoice", "record"]
"""Whose figures a person wants booked."""
_NAME_LIMIT = 200  # nothing is documented; far below what a bookkeeping program stores


@dataclass(frozen=True, slots=True)
class Booking:
    """An expense ready to be booked, but for its file.

    :param expense: without ``file_id``
    :param document: with the figures that are booked, in its own currency: those of its e-invoice where that decided
    :param rounding: what was put on the largest line so that the lines sum to the document's gross amount
    :param nearest: what each line can be instead, where the document's figures leave several splits by tax rate;
        empty if the lines are exact
    :param rate: at which the document was converted; ``None`` if its amounts are those of the document
    :param evidence: what the e-invoice in the document's file says; ``None`` if the file was not read
    """

    expense: NewExpense
    document: Document
    rounding: Decimal = ZERO
    nearest: tuple[Span, ...] = ()
    evidence: Evidence | None = None
    rate: Rate | None = None

    def with_file(self, file_id: str) -> NewExpense:
        """Attach the uploaded file."""
        return replace(self.expense, file_id=file_id)

    @property
    def figures(self) -> BookedAmounts:
        """What the books will say."""
        return BookedAmounts.of(self.expense.date, self.expense.lines)

    def statement(self, currency: str) -> Statement:
        """Return what the books will say.

        :param currency: of the books
        """
        figures = self.figures
        return Statement(figures.date, sums_by_rate(figures.by_rate.items()), figures.gross, currency)

    def sent(self, currency: str) -> Sent:
        """Return what the ledger keeps of the figures.

        :param currency: of the books
        """
        document, figures = self.document, self.figures
        own = (document.net_amount, document.gross_amount, document.currency, document.document_number)
        return Sent(figures.gross, currency, figures.date, *own)

    def as_json(self) -> dict[str, Any]:
        """Return what the history keeps: :meth:`Figures.as_json`, ``rounding``, ``nearest`` and ``exchange_rate``."""
        detail = self.figures.as_json() | self.spans()
        if self.rounding:
            detail["rounding"] = f"{self.rounding:f}"
        if self.rate:
            detail["exchange_rate"] = str(self.rate)
        return detail | self.proof()

    def proof(self) -> dict[str, Any]:
        """Return what the document's history keeps of its e-invoice: ``invoice``, and ``invoice_says`` if anything."""
        return self.evidence.as_json() if self.evidence else {}

    @property
    def mark(self) -> Message | None:
        """That the split is the nearest of several, with the bounds of each rate."""
        return Message("nearest_split", spans=[_span(span) for span in self.nearest]) if self.nearest else None

    @property
    def invoice(self) -> str:
        """The result of reading the e-invoice in the document's file; empty when there is none."""
        return self.evidence.word if self.evidence else ""

    def spans(self) -> dict[str, Any]:
        """Return the bounds of a split that is the nearest of several: lowest and highest amount of each rate."""
        spans = {f"{span.rate:f}": [f"{span.lowest:f}", f"{span.highest:f}"] for span in self.nearest}
        return {"nearest": spans} if spans else {}


def to_choice(stored: str) -> Choice | None:
    """Return whose figures a person wants booked, as the ledger stores it."""
    choices: dict[str, Choice] = {"invoice": "invoice", "record": "record"}
    return choices.get(stored)


def draft(
    document: Document,
    company: Company | None,
    books: Environment,
    account: ExportAccount,
    rates: ExchangeRates | None = None,
    *,
    reading: Reading | None = None,
    choice: Choice | None = None,
) -> Booking:
    """Map a document to the expense that says the same.

    :param document: as the single-document call gives it, with line items when there are any
    :param company: the document's supplier as GetMyInvoices knows it
    :param books: the Debitoor account that the expense goes to
    :param account: the settings
    :param rates: the reference rates, for documents in a foreign currency
    :param reading: what was found in the document's file; ``None`` if it was not read
    :param choice: whose figures a person wants booked where the two contradict each other
    :raises Obstacle: when the account's rules hold the document, its figures cannot be booked, or it has to wait
    """
    evidence = weigh(document, reading) if reading is not None else None
    try:
        return _draft(document, company, books, account, rates, evidence, choice)
    except Obstacle as obstacle:
        if evidence:
            obstacle.invoice = evidence.word
            obstacle.detail = {**obstacle.detail, **evidence.as_json()}
        raise


def _draft(
    document: Document,
    company: Company | None,
    books: Environment,
    account: ExportAccount,
    rates: ExchangeRates | None,
    evidence: Evidence | None,
    choice: Choice | None,
) -> Booking:
    if PurePosixPath(document.filename.lower()).suffix == ".xml":
        raise rejected("xml_file")
    proven = _proven(evidence, account, choice)
    if proven:
        document, company = proven.document(document), proven.company(company)
    else:
        document = _signed(document, account)
    day = _date(document)
    foreign = _foreign(document, books, account)
    supply = supply_of(document, company, books.country_code, day)
    if proven and proven.buyer_owes_tax and not supply.needs_reverse_charge and choice is None:
        raise held("invoice_reverse_charge")
    reverse_charge = _reverse_charge(supply, account)
    rate = None
    if foreign and account.foreign_currency == "convert":
        stated = stated_rate(evidence.invoice, books.currency) if evidence and evidence.invoice else None
        rate = conversion(document, day, books.currency, stated, rates, choice)
    real = f"{cents(checked_gross(document))} {_one_line(document.currency)}" if foreign else ""
    text = describe(document, account.specification, prefix=f"{real} ({rate})" if rate else real)
    if foreign and rate is None:
        tax_rate = checked_rate(document.tax_rates[0]) if len(document.tax_rates) == 1 else ZERO
        parts = TaxSplit((TaxLine(tax_rate, ZERO),))
    else:
        parts = (proven and proven.split()) or split(document)
    tax_rates = sorted({*map(checked_rate, document.tax_rates), *(part.rate for part in parts.lines)})
    check_rates(tax_rates, company, books.country_code, day, account.accept_rates)
    if parts.spans and account.two_rates == "hold":
        raise held("two_rates", spans=[_span(span) for span in parts.spans])
    if rate is not None:
        parts = converted(parts, checked_gross(document), rate)
    return Booking(
        NewExpense(
            date=day,
            lines=tuple(_line(part.rate, part.gross, text, account, reverse_charge) for part in parts.lines),
            supplier_name=_one_line((company and company.name) or document.company_name),
            supplier_country=supply.country,
            supplier_ci_number=_one_line(vat_id_of(document, company)),
        ),
        document,
        parts.rounding,
        parts.spans,
        evidence,
        rate,
    )


def _proven(evidence: Evidence | None, account: ExportAccount, choice: Choice | None) -> Evidence | None:
    """Return the evidence whose figures are booked; ``None`` when those of the record are.

    :raises Obstacle: when invoice and record contradict each other, or the invoice's tax is no VAT
    """
    if evidence is None or choice == "record":
        return None
    if evidence.other_taxes:
        raise held("invoice_not_vat", taxes=list(evidence.other_taxes))
    if evidence.outcome is Proof.CONTRADICTS and choice is None:
        if account.invoice == "prove":
            raise held("invoice_contradicts", differences=list(evidence.reasons))
        return None
    return evidence if evidence.invoice else None


def _span(span: Span) -> Message:
    return Message("gross_at_rate", lowest=span.lowest, highest=span.highest, rate=span.rate)


def _line(
    rate: Decimal, gross: Decimal, text: str, account: ExportAccount, reverse_charge: ReverseCharge | None
) -> NewExpenseLine:
    return NewExpenseLine(
        tax_rate=rate,
        gross_amount=gross,
        description=text,
        category_id=account.category or "",
        reverse_charge=reverse_charge,
    )


def _date(document: Document) -> date:
    day = document.document_date
    if day is None:
        raise rejected("no_date")
    if day.year < 1970:  # Debitoor contract section 3.4
        raise rejected("odd_date", date=day)
    return day


def _foreign(document: Document, books: Environment, account: ExportAccount) -> bool:
    """Return whether the document is in another currency than the books (Debitoor contract section 6.3)."""
    currency = document.currency.strip().upper()
    if not currency:
        raise rejected("no_currency")
    if currency == books.currency.upper():
        return False
    if account.foreign_currency == "hold":
        raise held("foreign_currency", currency=_one_line(currency), books=books.currency)
    return True


def _signed(document: Document, account: ExportAccount) -> Document:
    """Settle the sign of a credit note whose amounts are recorded as positive."""
    if document.document_type != DocumentType.CREDIT_NOTE or (document.gross_amount or ZERO) <= 0:
        return document
    if account.positive_credit_note == "keep":
        return document
    if account.positive_credit_note == "negate":
        return replace(
            document,
            net_amount=-document.net_amount if document.net_amount is not None else None,
            gross_amount=-document.gross_amount if document.gross_amount is not None else None,
            line_items=tuple(
                replace(item, total_gross=-item.total_gross if item.total_gross is not None else None)
                for item in document.line_items
            ),
        )
    raise held("positive_credit_note", gross=document.gross_amount)


def _reverse_charge(supply: Supply, account: ExportAccount) -> ReverseCharge | None:
    if not supply.needs_reverse_charge:
        return None
    rule = account.reverse_charge
    if rule is None:
        raise held("reverse_charge", country=supply.country)
    return ReverseCharge(
        tax_rate=rule.tax_rate,
        product_or_service=rule.product_or_service,
        consumption_or_resale=rule.consumption_or_resale,
    )


def _one_line(text: str) -> str:
    return cut(one_line(text), _NAME_LIMIT)
