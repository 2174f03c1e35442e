"""Full-text searches: one pass over the documents, over the newest ones only where a person waits for very many."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from debitoor_provider.sync.ledger.database.tables import documents
from debitoor_provider.sync.ledger.filters import conditions
from debitoor_provider.sync.ledger.states import State

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.filters import Chosen

_FEW = 2_000
"""Documents whose ids are kept while they are sorted and counted."""
_INSTANT = timedelta(microseconds=1)
_FACETS = ("state", "mark_code", "duplicate_code", "invoice")


class Found(NamedTuple):
    """The documents that have a text, by state, by mark and by e-invoice, each as if that were not chosen.

    :param ids: of those that fit; ``None`` when there are very many
    :param changed_after: only documents that changed after this were looked at; ``None``: all
    """

    states: dict[State, int]
    marks: dict[str, int]
    invoices: dict[str, int]
    ids: list[int] | None
    changed_after: datetime | None = None


class FoundReasons(NamedTuple):
    """The documents that have a text, by the code of their reason; see :class:`Found`.

    :param ids: of those that also have the reason that is asked for
    """

    codes: dict[str, int]
    ids: list[int] | None
    changed_after: datetime | None = None


def search(connection: Connection, chosen: Chosen, newest: int | None, narrowed: dict[str, Any]) -> Found:
    """Search documents by a text; each is looked at once, or twice if very many have the text."""
    after = _changed_after(connection, newest, narrowed)
    where, columns = conditions(**{**narrowed, "changed_after": after}), [documents.c[name] for name in _FACETS]
    rows = connection.execute(sa.select(documents.c.id, *columns).where(*where).limit(_FEW + 1)).all()
    if len(rows) <= _FEW:
        fitting = [id_ for id_, *values in rows if chosen.fits(*values)]
        return _counted(chosen, ((*values, 1) for _, *values in rows), fitting, after)
    each = [sa.func.coalesce(column, sa.null()) for column in columns]  # no index: it would read at random
    groups = connection.execute(sa.select(*each, sa.func.count()).where(*where).group_by(*each)).all()
    return _counted(chosen, ((State(state), *values) for state, *values in groups), None, after)


def search_reasons(
    connection: Connection, code: str | None, newest: int | None, narrowed: dict[str, Any]
) -> FoundReasons:
    """Search the documents that need a decision by a text, as :func:`search` does.

    :param code: of the reason that is asked for
    """
    after = _changed_after(connection, newest, narrowed)
    where, column = conditions(**{**narrowed, "changed_after": after}), documents.c.reason_code
    rows = connection.execute(sa.select(documents.c.id, column).where(*where).limit(_FEW + 1)).all()
    if len(rows) <= _FEW:
        ids = [id_ for id_, reason in rows if code in {None, reason}]
        return FoundReasons(dict(Counter(reason for _, reason in rows)), ids, after)
    groups = connection.execute(sa.select(column, sa.func.count()).where(*where).group_by(column))
    return FoundReasons({reason: number for reason, number in groups}, None, after)  # noqa: C416 (mypy: a row is no pair)


def _changed_after(connection: Connection, newest: int | None, narrowed: dict[str, Any]) -> datetime | None:
    """Return after when about so many documents of a list changed; ``None`` when there are not more."""
    if newest is None:
        return None
    where, column = conditions(**{**narrowed, "text": None}), documents.c.changed_at
    order = column.desc()
    last: datetime | None = connection.scalar(sa.select(column).where(*where).order_by(order).limit(1).offset(newest))
    return last - _INSTANT if last else None  # with those that changed at the same time


def _counted(chosen: Chosen, groups: Any, ids: list[int] | None, after: datetime | None) -> Found:
    states: Counter[State] = Counter()
    marks: Counter[str] = Counter()
    invoices: Counter[str] = Counter()
    for state, mark, duplicate, invoice, number in groups:
        facets = (state, mark, duplicate, invoice)
        if chosen.fits(*facets, but="states"):
            states[state] += number
        if chosen.fits(*facets, but="mark"):
            marks.update({name: number for name in (mark, duplicate) if name})
        if invoice and chosen.fits(*facets, but="invoice"):
            invoices[invoice] += number
    return Found(dict(states), dict(marks), dict(invoices), ids, after)
