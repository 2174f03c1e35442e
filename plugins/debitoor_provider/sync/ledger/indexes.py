"""Which index a list is read along: conditions that leave a database one choice.

A column inside a function is read from whatever index the rest of a query is read along.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from debitoor_provider.sync.ledger.database.tables import documents
from debitoor_provider.sync.ledger.filters import conditions
from debitoor_provider.sync.ledger.states import State

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

INVOICE: ColumnElement[str] = sa.func.coalesce(documents.c.invoice, sa.null())
_ACCOUNT: ColumnElement[str] = sa.func.coalesce(documents.c.account, sa.null())
_STATE: ColumnElement[State] = sa.func.coalesce(documents.c.state, sa.null())
_DATE: ColumnElement[Any] = sa.func.coalesce(documents.c.document_date, sa.null())


def not_along_invoices(filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    """Return the conditions for another index than that of the e-invoices, which has nearly all documents."""
    invoice = filters.get("invoice")
    where = conditions(**filters | {"invoice": None})
    return [*where, INVOICE.in_([invoice])] if invoice else where


def not_along_accounts(filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    """Return the conditions for an index of all accounts, also for a list of one account."""
    account = filters.get("account")
    where = not_along_invoices(filters | {"account": None})
    return [*where, _ACCOUNT.in_([account])] if account else where


def along_mark(filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    """Return the conditions for the index of a mark, which has few documents."""
    where, states = not_along_invoices(filters | {"states": None, "period": None}), filters.get("states")
    first, last = filters.get("period") or (None, None)
    if states:
        where.append(_STATE.in_(sorted(states)))
    if first is not None:
        where.append(_DATE.between(first, last or date.max))
    elif last is not None:
        where.append(_DATE.between(date.min, last))
    return where


def along_dates(filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    """Return the conditions for the index of dates of one account, or of all."""
    states = filters.get("states") or (None if filters.get("account") else list(State))
    return not_along_invoices(filters | {"states": states})
