"""The part ``ledger.wrong``: what was found wrong with accounts when they were last examined."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger.database.engine import upsert
from debitoor_provider.sync.ledger.database.tables import wrong_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from debitoor_provider.sync.ledger.database.engine import Database


class WrongSettings(NamedTuple):
    """What is wrong with settings.

    :param version: of the account's file that was examined; says nothing about any other version
    :param found: each with the path of its setting
    """

    version: str
    found: Sequence[tuple[str, Message]]


class WrongAccounts:
    """Keeps what is wrong with each account."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database

    def all(self) -> Mapping[str, WrongSettings]:
        """Return what is wrong, by account."""
        with self._database().read() as connection:
            rows = connection.execute(sa.select(wrong_settings)).all()
        return {
            row.account: WrongSettings(
                row.version, [(found["field"], Message.from_json(found["message"])) for found in row.found]
            )
            for row in rows
        }

    def keep(self, account: str, wrong: WrongSettings) -> None:
        """Replace what is kept for an account; delete it if nothing is wrong."""
        values = {
            "version": wrong.version,
            "found": [{"field": field, "message": message.as_json()} for field, message in wrong.found],
        }
        with self._database().write() as connection:
            if not wrong.found:
                connection.execute(wrong_settings.delete().where(wrong_settings.c.account == account))
                return
            connection.execute(
                upsert(connection, wrong_settings)
                .values(account=account, **values)
                .on_conflict_do_update(index_elements=["account"], set_=values)
            )
