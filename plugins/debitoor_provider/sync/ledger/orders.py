"""How lists are sorted, and read along an index that has their order.

An index of PostgreSQL that is read backwards has the empty values first. So documents with a value and those without
one are two lists, which are read one after the other.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from debitoor_provider.sync.ledger.database.tables import documents
from debitoor_provider.sync.ledger.filters import ORDERS, Order
from debitoor_provider.sync.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement

    from debitoor_provider.sync.ledger.filters import Filters

MAY_BE_EMPTY = frozenset({"date", "amount"})
_BY_STATE = {True: frozenset({"changed"}), False: frozenset({"changed", "date"})}
"""The orders whose index begins with the state, in lists of one account and in those of many."""


def sort(
    order: Order, column: ColumnElement[Any] | None = None, *, backwards: bool = False
) -> tuple[ColumnElement[Any], ...]:
    """Return how documents are sorted, ties by id; empty values are last.

    :param column: in place of the order's own
    :param backwards: return what has the whole list the other way round
    """
    name = order.removeprefix("-")
    column = ORDERS[name] if column is None else column
    return _sorted(column, documents.c.id, order, backwards=backwards)


def unindexed(order: Order, *, backwards: bool = False) -> tuple[ColumnElement[Any], ...]:
    """Return the columns of an order in a form for which no index is read along."""
    column = sa.func.coalesce(ORDERS[order.removeprefix("-")], sa.null())
    return sort(order, column, backwards=backwards)


def is_in_index_of_states(order: Order, filters: Filters) -> bool:
    """Return whether the index of the states of all accounts has an order, and all that a list is filtered by."""
    given = {name for name, value in filters.items() if value}
    return order.endswith("changed") and given <= {"accounts", "except_accounts", "code"}


def along_index(
    where: Collection[ColumnElement[bool]],
    states: Collection[State] | None,
    order: Order,
    number: int,
    *,
    of_one_account: bool,
    backwards: bool = False,
) -> sa.Select[Any]:
    """Return the ids of the first documents, read along the index that has the order.

    :param where: what else they have to fulfil
    :param states: in which they may be; ``None``: in any
    :param number: how many are wanted
    :param backwards: return the last documents, the last one first
    """
    name, is_down = order.removeprefix("-"), order.startswith("-")
    column = ORDERS[name]
    each_state: list[Collection[State] | None] = [states]
    if name in _BY_STATE[of_one_account] and (states or name == "date"):
        each_state = [[state] for state in sorted(states or State)]
    is_split = name in MAY_BE_EMPTY and (is_down or backwards)
    splits = [column.is_not(None), column.is_(None)] if is_split else [None]
    parts = []
    for chosen, split in product(each_state, splits):
        conditions = [*where, *([] if split is None else [split])]
        if chosen:
            conditions.append(documents.c.state.in_(sorted(chosen)))
        by = _sorted(column, documents.c.id, order, backwards=backwards, is_split=is_split)
        part = sa.select(documents.c.id, column.label("at")).where(*conditions)
        parts.append(part.order_by(*by).limit(number).subquery())
    each = sa.union_all(*(sa.select(part.c.id, part.c.at) for part in parts)).subquery()
    return sa.select(each.c.id).order_by(*_sorted(each.c.at, each.c.id, order, backwards=backwards))


def _sorted(
    column: ColumnElement[Any], id_: ColumnElement[int], order: Order, *, backwards: bool, is_split: bool = False
) -> tuple[ColumnElement[Any], ...]:
    """Return an order of a column.

    :param is_split: whether all values are empty, or none
    """
    name, is_down = order.removeprefix("-"), order.startswith("-") != backwards
    key = column.desc() if is_down else column.asc()
    if name in MAY_BE_EMPTY and not is_split:
        key = key.nulls_first() if backwards else key.nulls_last()
    return key, id_.desc() if is_down else id_.asc()
