"""The part ``ledger.lists``: pages of lists of documents, of one account or of many, with what they come to.

A list of all accounts may be of a million documents. Its first page is read along an index where one has its order, and
sorted where few fit; a text is looked for once, since that reads every document.
"""

from __future__ import annotations

from collections import Counter
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import sqlalchemy as sa

from debitoor_provider.sync.batches import CHUNK
from debitoor_provider.sync.ledger.database.tables import documents, invoice_counts, state_counts
from debitoor_provider.sync.ledger.filters import NOTHING_CHOSEN, Chosen, Order, conditions, of_accounts
from debitoor_provider.sync.ledger.indexes import (
    INVOICE,
    along_dates,
    along_mark,
    not_along_accounts,
    not_along_invoices,
)
from debitoor_provider.sync.ledger.orders import along_index, sort, unindexed
from debitoor_provider.sync.ledger.pending import read_in_order
from debitoor_provider.sync.ledger.searches import Found, FoundReasons, search, search_reasons
from debitoor_provider.sync.ledger.states import ATTENTION, State
from debitoor_provider.sync.ledger.sums import read_sums

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from datetime import date, datetime

    from debitoor_provider.sync.ledger.database.engine import Database
    from debitoor_provider.sync.ledger.entries import Entry
    from debitoor_provider.sync.rate_sums import Sum

_SORTED = 50_000
"""Up to so many documents are sorted; more are read along an index that also has all others."""
_NEAR = 5_000
"""How far down, or up from its end, a list is read along an index that does not have all that it is narrowed by."""
_UNSORTED = 2_000
"""Documents that are sorted in any case where the index of an order is one of all accounts."""
_SHARE = 200
"""An index of all accounts is read along its order where at least one of so many of its documents fits."""
_OWN_INDEX = {"changed", "date"}
"""The orders that an account, and a state, have an index of their own for."""
_MARKS = {"mark_code", "duplicate_code"}


class Narrowed(TypedDict, total=False):
    """What a list is filtered by in addition to state, mark and e-invoice; see :func:`.conditions`."""

    account: str | None
    accounts: Collection[str] | None
    except_accounts: Collection[str]
    text: str | None
    period: tuple[date | None, date | None] | None
    run: str | None
    changed_after: datetime | None


class Lists:
    """Reads lists."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database

    def states(self, chosen: Chosen = NOTHING_CHOSEN, **narrowed: Unpack[Narrowed]) -> dict[State, int]:
        """Return how many documents fit in each state, whatever the chosen ones; states without any are left out."""
        findings = chosen.but("states")
        if not chosen.mark and not _is_narrowed(narrowed):
            return self._states_of(chosen.invoice, **narrowed)
        if findings:  # along the index of the finding, rather than that of the states
            counts = self._by_account(["state"], {**narrowed, **findings})
            return {State(state): number for (state,), number in counts.items()}
        where = conditions(**narrowed, states=None if narrowed.get("account") else list(State))
        query = sa.select(documents.c.state, sa.func.count()).where(*where).group_by(documents.c.state)
        with self._database().read() as connection:
            return {state: number for state, number in connection.execute(query)}  # noqa: C416 (mypy: a row is no pair)

    def marks(self, chosen: Chosen = NOTHING_CHOSEN, **narrowed: Unpack[Narrowed]) -> dict[str, int]:
        """Return how many documents fit with each mark, whatever the chosen one."""
        with self._database().reading():
            found = [self._by_account([name], {**narrowed, **chosen.but("mark")}) for name in _MARKS]
        return {mark: number for counts in found for (mark,), number in counts.items()}

    def invoices(self, chosen: Chosen = NOTHING_CHOSEN, **narrowed: Unpack[Narrowed]) -> dict[str, int]:
        """Return how many documents fit with each outcome of reading an e-invoice, whatever the chosen one."""
        if not chosen.mark and not _is_narrowed(narrowed):
            return self._invoices_of(chosen.states or State, **narrowed)
        counts = self._by_account(["invoice"], {**narrowed, **chosen.but("invoice")})
        return {invoice: number for (invoice,), number in counts.items()}

    def states_and_invoices(
        self, chosen: Chosen = NOTHING_CHOSEN, **narrowed: Unpack[Narrowed]
    ) -> tuple[dict[State, int], dict[str, int]]:
        """Return :meth:`states` and :meth:`invoices`, by one look at the documents where both would look at all."""
        if chosen.mark or (chosen.states and chosen.invoice) or not _is_narrowed(narrowed):
            return self.states(chosen, **narrowed), self.invoices(chosen, **narrowed)
        states: Counter[State] = Counter()
        invoices: Counter[str] = Counter()
        for (name, invoice), number in self._by_account(["state", "invoice"], {**narrowed}).items():
            state = State(name)
            if not chosen.invoice or invoice == chosen.invoice:
                states[state] += number
            if invoice and (not chosen.states or state in chosen.states):
                invoices[invoice] += number
        return dict(states), dict(invoices)

    def search(self, chosen: Chosen = NOTHING_CHOSEN, newest: int | None = None, **narrowed: Unpack[Narrowed]) -> Found:
        """Find the documents that have a text.

        :param newest: how many documents are looked at, those that changed last; ``None``: all
        """
        with self._database().read() as connection:
            return search(connection, chosen, newest, {**narrowed})

    def search_attention(
        self, code: str | None = None, newest: int | None = None, **narrowed: Unpack[Narrowed]
    ) -> FoundReasons:
        """Find the held and rejected documents that have a text.

        :param code: of the reason that is asked for
        :param newest: as in :meth:`search`
        """
        with self._database().read() as connection:
            return search_reasons(connection, code, newest, {**narrowed, "states": ATTENTION})

    def page(
        self,
        total: int,
        chosen: Chosen = NOTHING_CHOSEN,
        *,
        order: Order = "-changed",
        limit: int,
        offset: int = 0,
        ids: list[int] | None = None,
        **narrowed: Unpack[Narrowed],
    ) -> list[Entry]:
        """Return a page of the documents that fit, ties by id.

        A page deep down is read from the end of the list, if that is nearer.

        :param total: how many fit, which decides how they are sorted
        :param ids: the documents that fit, if they are known
        """
        if total <= offset:
            return []
        rest = max(total - offset - limit, 0)
        backwards = offset + limit > _NEAR and rest < offset
        if backwards:
            limit, offset = min(limit, total - offset), rest
        query = self._page_ids(total, chosen, order, offset + limit, ids, narrowed, backwards=backwards)
        with self._database().read() as connection:
            chosen_ids = list(connection.scalars(query.limit(limit).offset(offset or None)))
            return read_in_order(connection, reversed(chosen_ids) if backwards else chosen_ids)

    def _page_ids(
        self,
        total: int,
        chosen: Chosen,
        order: Order,
        number: int,
        ids: list[int] | None,
        narrowed: Narrowed,
        *,
        backwards: bool,
    ) -> sa.Select[Any]:
        """Return the ids in their order; of the first ones, if an index has them.

        :param number: how many are needed
        """
        filters: dict[str, Any] = {**narrowed, **chosen.but("")}
        name, is_of_all = order.removeprefix("-"), not narrowed.get("account")
        where = conditions(**filters) if ids is None else [documents.c.id.in_(ids)]
        if ids is None and not chosen.mark and any(narrowed.get("period") or ()) and not self._is_rare(chosen.invoice):
            where = along_dates(filters)
        is_near = number <= _NEAR or _is_in_index_of_states(name, filters)
        if ids is None and is_near and _is_along_index(name, filters, total, self._every):
            conditions_of = not_along_invoices if name in _OWN_INDEX else not_along_accounts
            where = conditions_of(filters | {"states": None})
            return along_index(where, chosen.states, order, number, of_one_account=not is_of_all, backwards=backwards)
        by = (unindexed if ids is None and total <= _SORTED else sort)(order, backwards=backwards)
        return sa.select(documents.c.id).where(*where).order_by(*by)

    def ids(self, chosen: Chosen = NOTHING_CHOSEN, **narrowed: Unpack[Narrowed]) -> Iterator[int]:
        """Return the ids of the documents that fit, in ascending order; only the first of them are read at once."""
        where = conditions(**narrowed, **chosen.but(""))

        def after(last: int, number: int) -> list[int]:
            query = sa.select(documents.c.id).where(*where, documents.c.id > last).order_by(documents.c.id)
            with self._database().read() as connection:
                return list(connection.scalars(query.limit(number)))

        def rest(ids: list[int], number: int) -> Iterator[int]:
            while ids:
                yield from ids
                ids = after(ids[-1], _SORTED) if len(ids) == number else []
                number = _SORTED

        return rest(after(0, CHUNK), CHUNK)

    def sums(self, chosen: Chosen = NOTHING_CHOSEN, **narrowed: Unpack[Narrowed]) -> list[Sum]:
        """Return the amounts of the documents that fit, by month, direction, currency and rate, latest month first."""
        with self._database().read() as connection:
            return read_sums(connection, conditions(**narrowed, **chosen.but("")))

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

    def _every(self) -> int:
        """Return how many documents there are."""
        return sum(self._states_of(None).values())

    def _is_rare(self, invoice: str | None) -> bool:
        """Return whether few documents have an outcome, so that its index is the shorter way."""
        return invoice is not None and sum(self._states_of(invoice).values()) <= _SORTED

    def _by_account(self, names: list[str], filters: dict[str, Any]) -> dict[tuple[Any, ...], int]:
        """Count by columns; if accounts are left out, account by account."""
        left_out = frozenset(filters.get("except_accounts", ()))  # cheaper here than in each row of an index
        columns = [documents.c[name] for name in [*names, *(["account"] if left_out else [])]]
        filters = filters | {"except_accounts": ()}
        is_of_mark = bool(_MARKS.intersection(names))
        if is_of_mark or filters.get("mark"):
            where = along_mark(filters)
        elif any(filters.get("period") or ()) and not self._is_rare(filters.get("invoice")):
            where = along_dates(filters)
        else:
            where = conditions(**filters)
        if is_of_mark:  # as in the partial indexes
            where.append(documents.c[names[0]] != sa.literal_column("''"))
        elif names == ["invoice"]:
            where.append(INVOICE.op("<>")(sa.literal_column("''")))
        # The index of the finding, also while the ledger has none: SQLite would take one that has the order.
        key = [sa.func.coalesce(column, sa.null()) for column in columns]
        counts: Counter[tuple[Any, ...]] = Counter()
        with self._database().read() as connection:
            for row in connection.execute(sa.select(*key, sa.func.count()).where(*where).group_by(*key)):
                *values, number = row
                if not left_out or values.pop() not in left_out:
                    counts[tuple(values)] += number
        return dict(counts)


def _is_narrowed(narrowed: Narrowed) -> bool:
    return bool(narrowed.get("text") or narrowed.get("run") or any(narrowed.get("period") or ()))


def _is_in_index_of_states(name: str, filters: dict[str, Any]) -> bool:
    """Return whether an index has an order in each state that is asked for, and nothing else is asked for."""
    is_of_states = name == "changed" and bool(filters.get("states"))
    return is_of_states and not filters.get("invoice") and not any(filters.get("period") or ())


def _is_along_index(name: str, filters: dict[str, Any], total: int, every: Callable[[], int]) -> bool:
    """Return whether an index of the order soon meets enough of the documents that fit.

    :param total: how many fit
    :param every: returns how many documents there are, which few lists depend on
    """
    if filters.get("text") or filters.get("run") or filters.get("mark"):
        return False
    if filters.get("invoice") and total <= _SORTED:
        return False
    if any(filters.get("period") or ()) and name != "date":
        return total > _SORTED
    if name not in _OWN_INDEX:
        return total > _UNSORTED and total * _SHARE > every()
    return bool(filters.get("account")) or total > _SORTED or filters.get("accounts") is None
