"""A driver's errors as the ledger's own, in one plain sentence that holds no secret."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger.errors import LedgerMisconfigured, LedgerUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

UNKNOWN_OPTION = Message("ledger_option_unknown")


@contextlib.contextmanager
def plain_errors(place: Message) -> Iterator[None]:
    """Raise the errors of a driver as :class:`LedgerUnavailable` or :class:`LedgerMisconfigured`.

    :param place: where the database is, without user and password
    """
    try:
        yield
    except (IntegrityError, ProgrammingError) as error:
        if error.statement is None:  # raised while connecting
            raise LedgerMisconfigured(UNKNOWN_OPTION) from None
        raise  # a fault in the code
    except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
        raise LedgerUnavailable(Message(_code(error), place=place)) from error


def _code(error: Exception) -> str:
    text = str(getattr(error, "orig", None) or error).lower()
    return next((code for sign, code in _CODES.items() if sign in text), "ledger_not_usable")


_CODES = {
    "locked": "ledger_busy_writer",
    "lock timeout": "ledger_busy_writer",
    "deadlock": "ledger_busy_deadlock",
    "queuepool limit": "ledger_busy_connections",
    "full": "ledger_full",
    "no space": "ledger_full",
    "unable to open": "ledger_not_opened",
    "readonly": "ledger_read_only",
    "read-only": "ledger_read_only",
    "not a database": "ledger_damaged",
    "malformed": "ledger_damaged",
    "disk i/o": "ledger_disk_error",
    "password authentication": "ledger_login_refused",
    "does not exist": "ledger_missing",
    "too many": "ledger_busy_connections",
    "remaining connection slots": "ledger_busy_connections",
    "connect": "ledger_not_reached",
}
