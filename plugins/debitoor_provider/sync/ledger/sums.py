"""What the amounts of documents come to, by month and currency; exact on every database."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from debitoor_provider.sync.ledger.database.tables import documents, events
from debitoor_provider.sync.ledger.events import was_found
from debitoor_provider.sync.ledger.states import DONE, EventKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

_DIGITS = 4
"""Decimals of the amounts that SQLite adds up as whole numbers."""
_LARGE = 1e9
"""From here on SQLite leaves an amount to be added here: a million of them must fit into 64 bits."""


class Sum(NamedTuple):
    """The gross amounts of some documents.

    :param month: of the document date, as YYYY-MM; empty without one
    :param gross: what was sent, where it was; else what the source states
    :param documents: how many documents these are, with those that state no amount
    :param unknown: how many of them state no amount
    """

    month: str
    direction: str
    currency: str
    gross: Decimal
    documents: int
    unknown: int


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
    """Add up documents by month, direction and currency, latest month first."""
    is_sqlite = connection.dialect.name == "sqlite"
    was_sent = sa.and_(documents.c.booked_gross.is_not(None), documents.c.state.in_(sorted(DONE)))
    gross = sa.case((was_sent, documents.c.booked_gross), else_=documents.c.gross_amount)
    currency = sa.case((was_sent, documents.c.booked_currency), else_=documents.c.currency)
    date = documents.c.document_date
    month = sa.func.substr(sa.type_coerce(date, sa.String), 1, 7) if is_sqlite else sa.func.to_char(date, "YYYY-MM")
    each = (
        sa.select(
            sa.func.coalesce(month, "").label("month"),
            documents.c.direction,
            currency.label("currency"),
            gross.label("gross"),
        )
        .where(*where)
        .subquery()
    )
    key = (each.c.month, each.c.direction, each.c.currency)
    added, rest = _added_as_integers(each.c.gross) if is_sqlite else (sa.func.sum(each.c.gross), sa.null())
    query = sa.select(*key, added, rest, sa.func.count(), sa.func.count(each.c.gross)).group_by(*key)
    sums = [
        Sum(month, direction, currency, _total(total, odd, is_sqlite), number, number - known)
        for month, direction, currency, total, odd, number, known in connection.execute(query)
    ]
    return sorted(sums, key=lambda one: (one.month, one.direction, one.currency), reverse=True)


def _added_as_integers(amount: ColumnElement[Any]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return the sum of usual amounts in ten-thousandths, and the others as texts.

    SQLite has amounts as texts and adds binary floats, which do not keep cents; its whole numbers are exact.
    """
    text = sa.type_coerce(amount, sa.String)
    number = sa.cast(text, sa.Float)
    is_usual = sa.and_(text.op("NOT GLOB")(f"*.{'?' * (_DIGITS + 1)}*"), number.between(-_LARGE, _LARGE))
    units = sa.cast(sa.func.round(number * 10**_DIGITS), sa.Integer)
    return sa.func.sum(sa.case((is_usual, units))), sa.func.group_concat(sa.case((is_usual, None), else_=text), " ")


def _total(total: Any, rest: str | None, is_in_units: bool) -> Decimal:
    if not is_in_units:
        return Decimal(total or 0)
    return Decimal(total or 0).scaleb(-_DIGITS) + sum(map(Decimal, (rest or "").split()), Decimal(0))
