"""The part ``ledger.notices``: what the people of each account were last notified of."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from debitoor_provider.sync.ledger.database.engine import upsert
from debitoor_provider.sync.ledger.database.tables import notices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from debitoor_provider.sync.ledger.database.engine import Database


@dataclass(frozen=True, slots=True)
class Notice:
    """What the people of an account were last notified of.

    :param seen: the last change of a document by then; documents that needed a decision were named
    :param failures: the day of the last notification of each failure, by its code
    :param is_failing: whether they were notified of a failure, and not since then of its end
    """

    account: str
    seen: int = 0
    failures: Mapping[str, str] = field(default_factory=dict)
    is_failing: bool = False


_NOTICE = [notices.c[each.name] for each in dataclasses.fields(Notice)]


class Notices:
    """Keeps one notice for each account."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database

    def last(self, account: str) -> Notice:
        """Return what the people of an account were last notified of; an empty notice when there was nothing yet."""
        with self._database().read() as connection:
            row = connection.execute(sa.select(*_NOTICE).where(notices.c.account == account)).first()
        return Notice(account) if row is None else Notice(*row)

    def keep(self, notice: Notice) -> None:
        """Replace an account's notice."""
        values = {"seen": notice.seen, "failures": dict(notice.failures), "is_failing": notice.is_failing}
        with self._database().write() as connection:
            connection.execute(
                upsert(connection, notices)
                .values(account=notice.account, **values)
                .on_conflict_do_update(index_elements=["account"], set_=values)
            )
