"""A document of GetMyInvoices as an expense of Debitoor (design section 6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.models import NewExpense, NewExpenseLine, ReverseCharge
from debitoor_provider.services.getmyinvoices.enums import DocumentType
from debitoor_provider.sync.export.booking import Booking, span_message
from debitoor_provider.sync.export.choices import UNDECIDED, corrected
from debitoor_provider.sync.export.conversion import (
    INVOICE,
    ConversionRate,
    conversion,
    converted,
    entered_rate,
    stated_rate,
    unused_rate,
)
from debitoor_provider.sync.export.description import describe
from debitoor_provider.sync.export.evidence import Proof, weigh
from debitoor_provider.sync.export.questions import check_tax_owed, check_unproven, deciding
from debitoor_provider.sync.export.selection import undated
from debitoor_provider.sync.export.sendable_files import require_type
from debitoor_provider.sync.export.supply import Supply, check_rates, stated_supply, vat_id_of, without_own_id
from debitoor_provider.sync.export.tax_lines import (
    TaxLine,
    TaxSplit,
    checked_gross,
    checked_rate,
    checked_rates,
    split,
    stated_split,
)
from debitoor_provider.sync.export.waits import require_period
from debitoor_provider.sync.marks import PAID_BEFORE
from debitoor_provider.sync.money import ZERO, cents, is_currency
from debitoor_provider.sync.obstacle import Obstacle, ObstacleKind, held, rejected
from debitoor_provider.sync.period import is_far_ahead
from debitoor_provider.sync.text import cut, one_line

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from debitoor_provider.services.debitoor.models import Environment
    from debitoor_provider.services.getmyinvoices.models import Company, Document
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from debitoor_provider.sync.export.choices import Decisions
    from debitoor_provider.sync.export.evidence import Evidence
    from debitoor_provider.sync.export.exchange_rates import ExchangeRates
    from debitoor_provider.sync.invoice.models import Reading

_NAME_LIMIT = 200  # nothing is documented; far below what a bookkeeping program stores


def draft(
    document: Document,
    company: Company | None,
    books: Environment,
    account: ExportAccount,
    rates: ExchangeRates | None = None,
    *,
    reading: Reading | None = None,
    decisions: Decisions = UNDECIDED,
) -> Booking:
    """Map a document to the expense that says the same.

    :param document: as the single-document call gives it, with line items when there are any
    :param company: the document's supplier as GetMyInvoices knows it
    :param books: the Debitoor account that the expense goes to
    :param account: the settings
    :param rates: the reference rates, for documents in a foreign currency
    :param reading: what was found in the document's file; ``None`` if it was not read
    :param decisions: what a person has decided about the document
    :raises Obstacle: when the account's rules hold the document, its figures cannot be booked, or it has to wait
    """
    evidence = weigh(document, reading) if reading is not None else None
    try:
        return _draft(document, company, books, account, rates, evidence, decisions)
    except Obstacle as obstacle:
        if evidence:
            obstacle.invoice = str(evidence.outcome)
            obstacle.detail = {**obstacle.detail, **evidence.as_json()}
        raise


def _draft(
    document: Document,
    company: Company | None,
    books: Environment,
    account: ExportAccount,
    rates: ExchangeRates | None,
    evidence: Evidence | None,
    decisions: Decisions,
) -> Booking:
    choices, stated = decisions.choices, decisions.corrections
    if not (document.document_date or stated.date):
        require_period(document, evidence, account)
    require_type(document)
    proven = deciding(evidence, account, choices, books)
    only_net = document.net_amount if document.stated_gross is None and not proven else None
    if proven and proven.date and stated.date is None:
        require_period(document, proven, account)
    name = (company and company.name) or document.company_name
    if proven:
        document, company = proven.document(document), proven.company(company)
    else:
        document = _signed(corrected(document, stated), account)
        if evidence:
            document = evidence.completed(document)
    document = corrected(document, stated)
    day = _date(document)
    if not (proven or stated.tax or stated.supply == "outside"):
        checked_rates(document)
    foreign = _foreign(document, books, account, has_rate=stated.exchange_rate is not None)
    if not foreign and stated.exchange_rate is not None:
        raise held("stated_rate_unused", currency=books.currency)
    supplied = without_own_id(document, company, books)
    supply = stated_supply(stated, *supplied, books.country_code, day)
    if proven:
        check_tax_owed(proven, supply)
    reverse_charge = _reverse_charge(supply, account, is_stated=stated.supply is not None)
    rate = None
    if foreign and stated.exchange_rate is not None:
        rate = entered_rate(stated.exchange_rate, document.currency.strip().upper(), books.currency, day, rates)
    elif foreign and account.foreign_currency == "convert":
        own = stated_rate(evidence.invoice, books.currency) if evidence and evidence.invoice else None
        rate = conversion(document, day, books.currency, own, rates, choices.get("odd_exchange_rate"))
    real = f"{cents(checked_gross(document))} {_one_line(document.currency)}" if foreign else ""
    text = describe(document, account.specification, prefix=f"{real} ({rate})" if rate else real)
    own_split, proven_split = stated_split(document, stated, only_net), proven and proven.split()
    if foreign and rate is None:
        tax_rate = checked_rate(document.tax_rates[0]) if len(document.tax_rates) == 1 else ZERO
        parts = TaxSplit((TaxLine(tax_rate, ZERO),))
    else:
        parts = own_split or proven_split or split(document)
    if evidence and account.invoice == "prove" and choices.get("unproven_contradicts") != "record":
        check_unproven(evidence, stated)
    if own_split is None:
        tax_rates = sorted({*map(checked_rate, document.tax_rates), *(part.rate for part in parts.lines)})
        check_rates(tax_rates, company, books.country_code, day, account.accept_rates)
    if parts.spans and account.two_rates == "hold":
        raise held("two_rates", spans=[span_message(span) for span in parts.spans])
    if evidence and (proven or evidence.outcome is not Proof.CONTRADICTS):
        evidence = evidence.overruled_by(stated, own_split)
    if rate is not None:
        parts = converted(parts, checked_gross(document), rate)
    return Booking(
        NewExpense(
            date=day,
            lines=tuple(_line(part.rate, part.gross, text, account, reverse_charge) for part in parts.lines),
            supplier_name=_one_line(name or (company.name if company else "")),
            supplier_country=supply.country,
            supplier_ci_number=_one_line(vat_id_of(*supplied)),
        ),
        document,
        books.currency,
        parts.rounding,
        parts.spans,
        evidence,
        rate,
        _remarks(reverse_charge, supply, rate, proven, evidence),
    )


def _remarks(
    reverse_charge: ReverseCharge | None,
    supply: Supply,
    rate: ConversionRate | None,
    proven: Evidence | None,
    evidence: Evidence | None,
) -> dict[str, Message]:
    """Return why an expense is booked so, and that a part of it was paid before, with another invoice perhaps."""
    remarks = {}
    if reverse_charge:
        code = "reverse_charge_by_invoice" if proven and proven.buyer_owes_tax else "reverse_charge_by_country"
        remarks["reverse_charge"] = Message(code, rate=reverse_charge.tax_rate, country=supply.country)
    invoice = evidence.invoice if evidence else None
    if rate and rate.source != INVOICE and invoice and (unused := unused_rate(invoice, rate.books)):
        remarks["own_rate"] = unused
    if invoice and evidence and (paid := evidence.paid_before):
        remarks[PAID_BEFORE] = Message(PAID_BEFORE, paid=cents(paid), currency=_one_line(invoice.currency))
    return remarks


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
        raise Obstacle(ObstacleKind.REJECTED, undated(document))
    if day.year < 1970:  # Debitoor contract section 3.4
        raise rejected("odd_date", date=day)
    if is_far_ahead(day, document.created_at):
        raise held("date_far", date=day)
    return day


def _foreign(document: Document, books: Environment, account: ExportAccount, *, has_rate: bool) -> bool:
    """Return whether the document is in another currency than the books (Debitoor contract section 6.3).

    :param has_rate: a person has stated the rate at which it is converted
    """
    currency = document.currency.strip().upper()
    if not currency:
        raise rejected("no_currency")
    if currency == books.currency.upper():
        return False
    if not is_currency(currency):
        raise rejected("currency_unknown", currency=_one_line(document.currency))
    if account.foreign_currency == "hold" and not has_rate:
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


def _reverse_charge(supply: Supply, account: ExportAccount, *, is_stated: bool) -> ReverseCharge | None:
    if not supply.needs_reverse_charge:
        return None
    rule = account.reverse_charge
    if rule is None:
        raise held("stated_eu_without_rule" if is_stated else "reverse_charge", country=supply.country)
    return ReverseCharge(
        tax_rate=rule.tax_rate,
        product_or_service=rule.product_or_service,
        consumption_or_resale=rule.consumption_or_resale,
    )


def _one_line(text: str) -> str:
    return cut(one_line(text), _NAME_LIMIT)
