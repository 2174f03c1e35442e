"""The part ``ledger.lists``: pages of lists of documents, of one account or of many, with what they come to.

A list of all accounts may be of a million documents. Its first page is read along an index where one has its order, and
sorted where few fit; a text is looked for once, since that reads every document.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, Unpack

import sqlalchemy as sa

from debitoor_provider.sync.batches import CHUNK
from debitoor_provider.sync.findings import POSSIBLE_DUPLICATE
from debitoor_provider.sync.ledger.database.tables import documents, invoice_counts, state_counts
from debitoor_provider.sync.ledger.filters import Order, conditions, of_accounts
from debitoor_provider.sync.ledger.indexes import (
    INVOICE,
    along_dates,
    along_mark,
    not_along_accounts,
    not_along_invoices,
)
from debitoor_provider.sync.ledger.orders import along_index, sort, unindexed
from debitoor_provider.sync.ledger.pending import read_in_order
from debitoor_provider.sync.ledger.states import State
from debitoor_provider.sync.ledger.sums import Sum, read_sums

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from datetime import date, datetime

    from debitoor_provider.sync.ledger.database.engine import Database
    from debitoor_provider.sync.ledger.records import Entry

_FEW = 2_000
"""Documents whose ids are kept while they are sorted and counted."""
_SORTED = 50_000
"""Documents that are sorted rather than read along an index that also has all others."""
_NEAR = 5_000
"""How far down a list is read along several indexes at once."""
_UNSORTED = 2_000
"""Documents that are sorted in any case where the index of an order is one of all accounts."""
_SHARE = 200
"""An index of all accounts is read along its order where at least one of so many of its documents fits."""
_OWN_INDEX = {"changed", "date"}
"""The orders that an account, and a state, have an index of their own for."""
_INSTANT = timedelta(microseconds=1)
_MARKS = ("mark_code", "duplicate_code")
_FACETS = ("state", "mark_code", "duplicate_code", "invoice")


class Narrowed(TypedDict, total=False):
    """What a list is narrowed by, besides state, mark and e-invoice; see :func:`.conditions`."""

    account: str | None
    accounts: Collection[str] | None
    except_accounts: Collection[str]
    text: str | None
    period: tuple[date | None, date | None] | None
    run: str | None
    changed_after: datetime | None


class Chosen(NamedTuple):
    """The states, the mark and the e-invoice that a list is narrowed by; each may be open."""

    states: Collection[State] | None = None
    mark: str | None = None
    invoice: str | None = None

    def but(self, name: str) -> dict[str, Any]:
        """Return the filters without one of them."""
        return {key: value for key, value in self._asdict().items() if key != name and value}


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


class Lists:
    """Reads lists."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database

    def states(self, chosen: Chosen = Chosen(), **narrowed: Unpack[Narrowed]) -> dict[State, int]:
        """Return how many documents fit in each state, whatever the chosen ones; states without any are left out."""
        findings = chosen.but("states")
        if not chosen.mark and not _is_narrowed(narrowed):
            return self._states_of(chosen.invoice, **narrowed)
        if findings:  # along the index of the finding, rather than that of the states
            return self._by_account("state", {**narrowed, **findings})
        where = conditions(**narrowed, states=None if narrowed.get("account") else list(State))
        query = sa.select(documents.c.state, sa.func.count()).where(*where).group_by(documents.c.state)
        with self._database().read() as connection:
            return {state: number for state, number in connection.execute(query)}  # noqa: C416 (mypy: a row is no pair)

    def marks(self, chosen: Chosen = Chosen(), **narrowed: Unpack[Narrowed]) -> dict[str, int]:
        """Return how many documents fit with each mark, whatever the chosen one."""
        filters = {**narrowed, **chosen.but("mark")}
        return self._by_account("mark_code", filters) | self._by_account("duplicate_code", filters)

    def invoices(self, chosen: Chosen = Chosen(), **narrowed: Unpack[Narrowed]) -> dict[str, int]:
        """Return how many documents fit with each outcome of reading an e-invoice, whatever the chosen one."""
        if not chosen.mark and not _is_narrowed(narrowed):
            return self._invoices_of(chosen.states or State, **narrowed)
        return self._by_account("invoice", {**narrowed, **chosen.but("invoice")})

    def search(self, chosen: Chosen = Chosen(), newest: int | None = None, **narrowed: Unpack[Narrowed]) -> Found:
        """Find the documents that have a text, by looking at each document once; twice if there are very many.

        :param newest: how many documents are looked at, those that changed last; ``None``: all
        """
        after = self._changed_after(newest, narrowed) if newest else None
        narrowed["changed_after"] = after
        where, columns = conditions(**narrowed), [documents.c[name] for name in _FACETS]
        with self._database().read() as connection:
            rows = connection.execute(sa.select(documents.c.id, *columns).where(*where).limit(_FEW + 1)).all()
            if len(rows) <= _FEW:
                fitting = [id_ for id_, *values in rows if _fits(chosen, *values)]
                return _counted(chosen, ((*values, 1) for _, *values in rows), fitting, after)
            each = [sa.func.coalesce(column, sa.null()) for column in columns]  # no index: it would read at random
            groups = connection.execute(sa.select(*each, sa.func.count()).where(*where).group_by(*each)).all()
        return _counted(chosen, ((State(state), *values) for state, *values in groups), None, after)

    def _changed_after(self, newest: int, narrowed: Narrowed) -> datetime | None:
        """Return after when about so many documents of a list changed; ``None`` when there are not more."""
        without: Narrowed = {**narrowed, "text": None}
        where, column = conditions(**without), documents.c.changed_at
        query = sa.select(column).where(*where).order_by(column.desc()).limit(1).offset(newest)
        with self._database().read() as connection:
            last: datetime | None = connection.scalar(query)
        return last - _INSTANT if last else None  # with those that changed at the same time

    def page(
        self,
        total: int,
        chosen: Chosen = Chosen(),
        *,
        order: Order = "-changed",
        limit: int,
        offset: int = 0,
        ids: list[int] | None = None,
        **narrowed: Unpack[Narrowed],
    ) -> list[Entry]:
        """Return a page of the documents that fit, ties by id.

        :param total: how many fit, which decides how they are sorted
        :param ids: the documents that fit, if they are known
        """
        if total <= offset:
            return []
        filters: dict[str, Any] = {**narrowed, **{key: value for key, value in chosen._asdict().items() if value}}
        where = conditions(**filters) if ids is None else [documents.c.id.in_(ids)]
        if ids is None and chosen.invoice and not chosen.mark and any(narrowed.get("period") or ()):
            where = where if self._is_rare(chosen.invoice) else along_dates(filters)
        is_of_all, every = not narrowed.get("account"), sum(self._states_of(None).values())
        name = order.removeprefix("-")
        if ids is None and offset <= _NEAR and _is_along_index(name, filters, total, every):
            conditions_of = not_along_invoices if name in _OWN_INDEX else not_along_accounts
            where, number = conditions_of(filters | {"states": None}), offset + limit
            query = along_index(where, chosen.states, order, number, of_one_account=not is_of_all)
        else:
            by = unindexed(order) if ids is None and total <= _SORTED else sort(order)
            query = sa.select(documents.c.id).where(*where).order_by(*by)
        with self._database().read() as connection:
            chosen_ids = list(connection.scalars(query.limit(limit).offset(offset or None)))
            return read_in_order(connection, chosen_ids)

    def ids(self, chosen: Chosen = Chosen(), **narrowed: Unpack[Narrowed]) -> Iterator[int]:
        """Return the ids of the documents that fit, in ascending order; only the first of them are read at once."""
        where = conditions(**{**narrowed, **{key: value for key, value in chosen._asdict().items() if value}})

        def after(last: int, number: int) -> list[int]:
            query = sa.select(documents.c.id).where(*where, documents.c.id > last).order_by(documents.c.id)
            with self._database().read() as connection:
                return list(connection.scalars(query.limit(number)))

        def rest(ids: list[int]) -> Iterator[int]:
            while ids:
                yield from ids
                ids = after(ids[-1], _SORTED)

        return rest(after(0, CHUNK))

    def sums(self, chosen: Chosen = Chosen(), **narrowed: Unpack[Narrowed]) -> list[Sum]:
        """Return the gross amounts of the documents that fit, by month, direction and currency, latest month first."""
        filters: dict[str, Any] = {**narrowed, **{key: value for key, value in chosen._asdict().items() if value}}
        with self._database().read() as connection:
            return read_sums(connection, conditions(**filters))

    def _states_of(self, invoice: str | None, **narrowed: Unpack[Narrowed]) -> dict[State, int]:
        """Read the figures, which cost the same however many documents there are."""
        table = state_counts if invoice is None else invoice_counts
        where = [] if invoice is None else [invoice_counts.c.invoice == invoice]
        sums = (sa.func.sum(table.c[str(state)]) for state in State)
        query = sa.select(*sums).where(*where, *of_accounts(table, **narrowed))
        with self._database().read() as connection:
            numbers = connection.execute(query).one()
        return {state: int(number) for state, number in zip(State, numbers, strict=True) if number}

    def _invoices_of(self, states: Iterable[State], **narrowed: Unpack[Narrowed]) -> dict[str, int]:
        """Read the figures, as for the states."""
        number = sa.func.sum(reduce(add, (invoice_counts.c[str(state)] for state in sorted(states))))
        outcome = invoice_counts.c.invoice
        query = sa.select(outcome, number).where(*of_accounts(invoice_counts, **narrowed)).group_by(outcome)
        with self._database().read() as connection:
            return {invoice: int(count) for invoice, count in connection.execute(query) if count}

    def _is_rare(self, invoice: str | None) -> bool:
        """Return whether few documents have an outcome, so that its index is the shorter way."""
        return invoice is not None and sum(self._states_of(invoice).values()) <= _SORTED

    def _by_account(self, name: str, filters: dict[str, Any]) -> dict[Any, int]:
        """Count by a column, account by account, as the indexes have them."""
        left_out = frozenset(filters.get("except_accounts", ()))  # cheaper here than in each row of an index
        column, account = documents.c[name], documents.c.account
        filters = filters | {"except_accounts": ()}
        if name in _MARKS or filters.get("mark"):
            where = along_mark(filters)
        elif any(filters.get("period") or ()) and not self._is_rare(filters.get("invoice")):
            where = along_dates(filters)
        else:
            where = conditions(**filters)
        if name in _MARKS:  # as the partial indexes have it
            where.append(column != sa.literal_column("''"))
        elif name == "invoice":
            where.append(INVOICE.op("<>")(sa.literal_column("''")))
        # The index of the finding, also while the ledger has none: SQLite would take one that has the order.
        key = (sa.func.coalesce(account, sa.null()), sa.func.coalesce(column, sa.null()))
        query = sa.select(*key, sa.func.count()).where(*where).group_by(*key)
        counts: Counter[Any] = Counter()
        with self._database().read() as connection:
            for row in connection.execute(query):
                owner, value, number = tuple(row)
                if owner not in left_out:
                    counts[State(value) if name == "state" else value] += number
        return dict(counts)


def _is_narrowed(narrowed: Narrowed) -> bool:
    return bool(narrowed.get("text") or narrowed.get("run") or any(narrowed.get("period") or ()))


def _is_along_index(name: str, filters: dict[str, Any], total: int, every: int) -> bool:
    """Return whether an index of the order soon meets enough of the documents that fit.

    :param total: how many fit
    :param every: how many documents there are
    """
    if filters.get("text") or filters.get("run") or filters.get("mark"):
        return False
    if filters.get("invoice") and total <= _SORTED:
        return False
    if any(filters.get("period") or ()) and name != "date":
        return total > _SORTED
    if name not in _OWN_INDEX:
        return total > _UNSORTED and total * _SHARE > every
    return bool(filters.get("account")) or total > _SORTED or filters.get("accounts") is None


def _fits(chosen: Chosen, state: State, mark: str, duplicate: str, invoice: str, but: str = "") -> bool:
    mark_of = duplicate if chosen.mark == POSSIBLE_DUPLICATE else mark
    return (
        (but == "states" or not chosen.states or state in chosen.states)
        and (but == "mark" or not chosen.mark or mark_of == chosen.mark)
        and (but == "invoice" or not chosen.invoice or invoice == chosen.invoice)
    )


def _counted(chosen: Chosen, groups: Any, ids: list[int] | None, after: datetime | None) -> Found:
    states: Counter[State] = Counter()
    marks: Counter[str] = Counter()
    invoices: Counter[str] = Counter()
    for state, mark, duplicate, invoice, number in groups:
        facets = (state, mark, duplicate, invoice)
        if _fits(chosen, *facets, but="states"):
            states[state] += number
        if _fits(chosen, *facets, but="mark"):
            marks.update({name: number for name in (mark, duplicate) if name})
        if invoice and _fits(chosen, *facets, but="invoice"):
            invoices[invoice] += number
    return Found(dict(states), dict(marks), dict(invoices), ids, after)
