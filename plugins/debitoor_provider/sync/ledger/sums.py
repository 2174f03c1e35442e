"""What the amounts of documents come to, by month, currency and tax rate; exact on every database."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from debitoor_provider.sync.ledger.database.tables import documents, events
from debitoor_provider.sync.ledger.events import was_found
from debitoor_provider.sync.ledger.states import DONE, EventKind
from debitoor_provider.sync.money import net_of
from debitoor_provider.sync.rate_sums import REVERSE_CHARGE, RateAmounts, Sum, Total, ordered, read_rates

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

_DIGITS = 4
"""Decimals of the amounts that SQLite adds up as whole numbers."""
_LARGE = 1e9
"""From here on SQLite leaves an amount to be added here: a million of them must fit into 64 bits."""
_WRITTEN = "*"
"""Stands for the texts that have amounts, which are read here."""


class RunSums(NamedTuple):
    """What a run moved, and that is still at the target; without what it found there.

    :param documents: how many documents these are
    :param gross: their gross amounts by currency, as in :class:`Sum`
    :param unknown: how many of them state no amount
    :param first: the earliest document date
    :param last: the latest document date
    """

    documents: int
    gross: dict[str, Decimal]
    unknown: int
    first: date | None
    last: date | None


def read_run_sums(connection: Connection, run_id: str) -> RunSums:
    """Add up the documents that a run moved."""
    is_moved = events.c.run_id == run_id, events.c.kind == str(EventKind.MOVED), sa.not_(was_found())
    by_run = sa.select(events.c.document_id).where(*is_moved)
    where = [documents.c.id.in_(by_run), documents.c.state.in_(sorted(DONE))]
    gross: dict[str, Decimal] = {}
    number = unknown = 0
    for one in read_sums(connection, where):
        number += one.documents
        unknown += one.unknown
        if one.documents > one.unknown:
            gross[one.currency] = gross.get(one.currency, Decimal(0)) + one.gross
    date = documents.c.document_date
    first, last = connection.execute(sa.select(sa.func.min(date), sa.func.max(date)).where(*where)).one()
    return RunSums(number, dict(sorted(gross.items())), unknown, first, last)


def read_sums(connection: Connection, where: Iterable[ColumnElement[bool]]) -> list[Sum]:
    """Add up documents by month, direction and currency, and by the tax rates that were booked; latest month first.

    Each document counts once, even one that is held because the target has it more than once.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    is_there = documents.c.state.in_(sorted(DONE)) | documents.c.was_there
    was_sent = sa.and_(documents.c.booked_gross.is_not(None), is_there)
    gross = sa.case((was_sent, documents.c.booked_gross), else_=documents.c.gross_amount)
    currency = sa.case((was_sent, documents.c.booked_currency), else_=documents.c.currency)
    rates = sa.case((was_sent, documents.c.booked_rates), else_="")
    date = documents.c.document_date
    month = sa.func.substr(sa.type_coerce(date, sa.String), 1, 7) if is_sqlite else sa.func.to_char(date, "YYYY-MM")
    has_amounts = (sa.func.instr if is_sqlite else sa.func.strpos)(rates, ":") > 0
    each = (
        sa.select(
            sa.func.coalesce(month, "").label("month"),
            documents.c.direction,
            currency.label("currency"),
            sa.case((has_amounts, _WRITTEN), else_=rates).label("rate"),
            gross.label("gross"),
            sa.case((has_amounts, rates)).label("amounts"),
        )
        .where(*where)
        .subquery()
    )
    key = (each.c.month, each.c.direction, each.c.currency, each.c.rate)
    added = _added_as_integers(each) if is_sqlite else _added(each)
    parts = sa.func.aggregate_strings(each.c.amounts, " ")
    query = sa.select(*key, *added, sa.func.count(), sa.func.count(each.c.gross), parts).group_by(*key)
    totals: dict[tuple[str, str, str], Total] = {}
    for *of, rate, units, net_units, rest, number, known, amounts in connection.execute(query):
        month_of, direction, currency_of = of
        total = totals.setdefault((month_of, direction, currency_of), Total())
        others = [Decimal(text) for text in (rest or "").split()]
        amount = _amount(units, is_sqlite) + sum(others, Decimal(0))
        total.add(amount, number, number - known)
        if rate == _WRITTEN:
            for one, part in read_rates(amounts):
                total.add_rate(one, part)
        elif rate == REVERSE_CHARGE:
            total.add_rate(Decimal(0), RateAmounts(amount, amount, reverse_charge=True), known)
        elif rate:
            net = _amount(net_units, is_sqlite) + sum((net_of(other, Decimal(rate)) for other in others), Decimal(0))
            total.add_rate(Decimal(rate), RateAmounts(amount, net), known)
        elif known:
            total.add_rate(None, RateAmounts(amount), known)
    return ordered(totals)


def _has_one_rate(each: sa.Subquery) -> ColumnElement[bool]:
    return each.c.rate.not_in(["", _WRITTEN, REVERSE_CHARGE])


def _added(each: sa.Subquery) -> list[ColumnElement[Any]]:
    """Return the gross sum, the net sum, and nothing that is left to be added."""
    net = sa.func.round(each.c.gross / (1 + sa.cast(each.c.rate, sa.Numeric) / 100), 2)
    return [sa.func.sum(each.c.gross), sa.func.sum(sa.case((_has_one_rate(each), net))), sa.null()]


def _added_as_integers(each: sa.Subquery) -> list[ColumnElement[Any]]:
    """Return the gross and the net sum of usual amounts in ten-thousandths, and the other amounts as texts.

    SQLite has amounts as texts and adds binary floats, which do not keep cents; its whole numbers are exact.
    """
    text = sa.type_coerce(each.c.gross, sa.String)
    number = sa.cast(text, sa.Float)
    is_usual = sa.and_(text.op("NOT GLOB")(f"*.{'?' * (_DIGITS + 1)}*"), number.between(-_LARGE, _LARGE))
    units = _units(number)
    whole = 100 * 10**_DIGITS + _units(sa.cast(each.c.rate, sa.Float))  # 100 % net, and the tax
    cents = (2 * 10**_DIGITS * sa.func.abs(units, type_=sa.BigInteger) + whole) // (2 * whole)  # half up
    net = sa.case((units < 0, -cents), else_=cents) * 10 ** (_DIGITS - 2)
    return [
        sa.func.sum(sa.case((is_usual, units))),
        sa.func.sum(sa.case((sa.and_(is_usual, _has_one_rate(each)), net))),
        sa.func.aggregate_strings(sa.case((is_usual, None), else_=text), " "),
    ]


def _units(number: ColumnElement[Any]) -> ColumnElement[int]:
    return sa.cast(sa.func.round(number * 10**_DIGITS), sa.BigInteger)


def _amount(added: Any, is_in_units: bool) -> Decimal:
    amount = Decimal(added or 0)
    return amount.scaleb(-_DIGITS) if is_in_units else amount
