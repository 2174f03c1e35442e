"""A driver's errors as the ledger's own, in one plain sentence that holds no secret."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from debitoor_provider.sync.ledger.errors import LedgerMisconfigured, LedgerUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

UNKNOWN_OPTION = "The ledger's address has an option that its driver does not know."


@contextlib.contextmanager
def plain_errors(place: str) -> Iterator[None]:
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
        raise LedgerUnavailable(f"The ledger ({place}) {_sentence(error)}") from error


def _sentence(error: Exception) -> str:
    text = str(getattr(error, "orig", None) or error).lower()
    for sign, sentence in _SENTENCES.items():
        if sign in text:
            return sentence
    return "could not be used just now."


_SENTENCES = {
    "locked": "is busy: another process has been writing for too long.",
    "lock timeout": "is busy: another process has been writing for too long.",
    "deadlock": "is busy: two processes were waiting for each other.",
    "queuepool limit": "is busy: all its connections are in use.",
    "full": "has no room left: the disk is full.",
    "no space": "has no room left: the disk is full.",
    "unable to open": "cannot be opened: the file or its folder is missing or not writable.",
    "readonly": "is read-only.",
    "read-only": "is read-only.",
    "not a database": "is not a database, or damaged.",
    "malformed": "is not a database, or damaged.",
    "disk i/o": "cannot be read or written: the disk reports an error.",
    "password authentication": "does not accept the user name or the password.",
    "does not exist": "does not exist, or its user does not.",
    "too many": "is busy: it has no free connection.",
    "remaining connection slots": "is busy: it has no free connection.",
    "connect": "cannot be reached.",
}
