"""Which documents are asked for, and how they are sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict

import sqlalchemy as sa

from debitoor_provider.sync.ledger.database.tables import documents, events
from debitoor_provider.sync.ledger.database.types import storable
from debitoor_provider.sync.ledger.states import EventKind
from debitoor_provider.sync.marks import POSSIBLE_DUPLICATE
from debitoor_provider.sync.text import caseless

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from sqlalchemy import ColumnElement

    from debitoor_provider.sync.ledger.states import DirectionName, State

Order = Literal[
    "changed", "-changed", "listed", "-listed", "date", "-date", "company", "-company",
    "number", "-number", "amount", "-amount", "name", "-name",
]  # fmt: skip
"""How documents are sorted; ``-`` reverses the order, e.g. newest first."""

MARKED: ColumnElement[bool] = documents.c.mark_code != sa.literal_column("''")
"""As in the partial index of marked documents."""
DUPLICATE: ColumnElement[bool] = documents.c.duplicate_code != sa.literal_column("''")
"""As in the partial index of possible duplicates."""
READ: ColumnElement[bool] = documents.c.invoice != sa.literal_column("''")
"""As in the partial index of documents with an e-invoice."""
ORDERS: dict[str, ColumnElement[Any]] = {
    "changed": sa.type_coerce(documents.c.changed_at, sa.DateTime),
    "listed": sa.type_coerce(documents.c.id, sa.BigInteger),
    "date": sa.type_coerce(documents.c.document_date, sa.Date),
    "company": sa.func.lower(documents.c.company),
    "number": sa.type_coerce(documents.c.document_number, sa.Text),
    "amount": sa.cast(documents.c.gross_amount, sa.Numeric),
    "name": sa.func.coalesce(documents.c.target_name, documents.c.source_name),
}


class Filters(TypedDict, total=False):
    """The filters in addition to account, direction and states; see :func:`conditions`."""

    run: str | None
    planned_by: str | None
    text: str | None
    period: tuple[date | None, date | None] | None
    accounts: Collection[str] | None
    except_accounts: Collection[str]
    code: str | None
    mark: str | None
    invoice: str | None
    changed_after: datetime | None
    came_after: int | None


class Chosen(NamedTuple):
    """The states, the mark and the e-invoice that a list is narrowed by; each may be open."""

    states: Collection[State] | None = None
    mark: str | None = None
    invoice: str | None = None

    def but(self, name: str) -> dict[str, Any]:
        """Return the filters without one of them."""
        return {key: value for key, value in self._asdict().items() if key != name and value}

    def fits(self, state: State, mark: str, duplicate: str, invoice: str, but: str = "") -> bool:
        """Return whether a document with these values fits, as if one of them were not chosen."""
        mark_of = duplicate if self.mark == POSSIBLE_DUPLICATE else mark
        return (
            (but == "states" or not self.states or state in self.states)
            and (but == "mark" or not self.mark or mark_of == self.mark)
            and (but == "invoice" or not self.invoice or invoice == self.invoice)
        )


NOTHING_CHOSEN = Chosen()


def conditions(
    *,
    account: str | None = None,
    direction: DirectionName | None = None,
    states: Collection[State] | None = None,
    run: str | None = None,
    planned_by: str | None = None,
    text: str | None = None,
    period: tuple[date | None, date | None] | None = None,
    accounts: Collection[str] | None = None,
    except_accounts: Collection[str] = (),
    code: str | None = None,
    mark: str | None = None,
    invoice: str | None = None,
    changed_after: datetime | None = None,
    came_after: int | None = None,
) -> list[ColumnElement[bool]]:
    """Return the ``WHERE`` clause for some documents; a filter that is not given lets all through.

    :param run: the run that planned the document or worked on it last
    :param planned_by: the run that planned the document last
    :param text: a text in the id, number, company, names or amount, regardless of case
    :param period: first and last document date, both inclusive, either open
    :param accounts: the accounts to include
    :param except_accounts: the accounts to exclude
    :param code: the code of the reason why the document is held or rejected
    :param mark: the code of one of the document's marks; a document held as a possible duplicate has that one
    :param invoice: the result of reading the e-invoice in its file
    :param changed_after: the time after which the document came into its state
    :param came_after: the change after which it did so, whatever clocks said, see :meth:`.Plans.last_change`
    """
    where = of_accounts(documents, account, accounts, except_accounts)
    if code is not None:
        where.append(documents.c.reason_code == code)
    if mark is not None:
        is_duplicate = mark == POSSIBLE_DUPLICATE
        where += (
            [documents.c.duplicate_code == mark, DUPLICATE] if is_duplicate else [documents.c.mark_code == mark, MARKED]
        )
    if invoice is not None:
        where += [documents.c.invoice == invoice, READ]
    if changed_after is not None:
        where.append(documents.c.changed_at > changed_after)
    if came_after is not None:
        into_it = events.c.to_state == documents.c.state, events.c.kind != str(EventKind.NAMED)
        later = sa.exists().where(events.c.document_id == documents.c.id, events.c.id > came_after, *into_it)
        where.append(later)
    if direction is not None:
        where.append(documents.c.direction == direction)
    if states is not None:
        where.append(documents.c.state.in_(sorted(states)))
    if run is not None:
        where.append(sa.or_(documents.c.planned_by == run, documents.c.moved_by == run))
    if planned_by is not None:
        where.append(documents.c.planned_by == planned_by)
    if text:
        key = caseless(storable(text.strip()))
        where.append(
            sa.or_(
                documents.c.search.contains(key, autoescape=True),
                documents.c.target_name_key.contains(key, autoescape=True),
            )
        )
    first, last = period or (None, None)
    if first is not None:
        where.append(documents.c.document_date >= first)
    if last is not None:
        where.append(documents.c.document_date <= last)
    return where


def of_accounts(
    table: sa.Table,
    account: str | None = None,
    accounts: Collection[str] | None = None,
    except_accounts: Collection[str] = (),
    **_: object,
) -> list[ColumnElement[bool]]:
    """Return the conditions for the documents, or the figures, of some accounts."""
    where: list[ColumnElement[bool]] = []
    if account is not None:
        where.append(table.c.account == account)
    if accounts is not None:
        where.append(table.c.account.in_(sorted(accounts)))
    if except_accounts:
        where.append(table.c.account.not_in(sorted(except_accounts)))
    return where
