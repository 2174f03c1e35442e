"""What a database's error is about, by its code and not by its sentence, which the server may write in any language."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, OperationalError

_NO_CONNECTION = "08006"
_REFUSED_CONNECTIONS = {
    "authentication": "28P01",
    "does not exist": "3D000",
    "permission denied": "42501",
    "too many": "53300",
    "remaining connection slots": "53300",
}
"""SQLSTATE by what a server says when it refuses a connection: libpq does not pass on the code of that error."""


def code_of(error: Exception) -> str:
    """Return the SQLSTATE of a PostgreSQL error or the name of an SQLite one; empty if it has none.

    :param error: the driver's, or SQLAlchemy's with the driver's inside
    """
    inner = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(inner, "sqlite_errorname", None) or getattr(inner, "sqlstate", None)
    if code:
        return str(code)
    if not (isinstance(error, OperationalError) and hasattr(inner, "sqlstate")):
        return ""
    text = str(inner).lower()
    return next((state for sign, state in _REFUSED_CONNECTIONS.items() if sign in text), _NO_CONNECTION)
