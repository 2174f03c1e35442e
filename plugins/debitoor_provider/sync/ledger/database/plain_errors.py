"""A driver's errors as the ledger's own, in one plain sentence that holds no secret."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from debitoor_provider.messages import Message
from debitoor_provider.services.sql_errors import code_of
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
    if isinstance(error, PoolTimeout):
        return "ledger_busy_connections"
    code = code_of(error)
    return next((message for prefix, message in _MESSAGES.items() if code.startswith(prefix)), "ledger_not_usable")


_MESSAGES = {
    "SQLITE_BUSY": "ledger_busy_writer",
    "SQLITE_LOCKED": "ledger_busy_writer",
    "SQLITE_FULL": "ledger_full",
    "SQLITE_CANTOPEN": "ledger_not_opened",
    "SQLITE_READONLY": "ledger_read_only",
    "SQLITE_NOTADB": "ledger_damaged",
    "SQLITE_CORRUPT": "ledger_damaged",
    "SQLITE_IOERR": "ledger_disk_error",
    "55P03": "ledger_busy_writer",
    "40P01": "ledger_busy_deadlock",
    "53100": "ledger_full",
    "54000": "ledger_too_long",
    "53300": "ledger_busy_connections",
    "25006": "ledger_read_only",
    "28": "ledger_login_refused",
    "3D000": "ledger_missing",
    "08": "ledger_not_reached",
    "57P": "ledger_not_reached",
}
"""By the beginning of the error's code."""
