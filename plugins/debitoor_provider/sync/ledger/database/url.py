"""The address of a ledger."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger.errors import LedgerMisconfigured


def parse(url: str) -> URL:
    """Return the address of a ledger as a URL with its driver.

    :param url: ``sqlite:////path/to/ledger.db`` or ``postgresql://user:password@host/database``
    :raises LedgerMisconfigured: for any other URL
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise LedgerMisconfigured(Message("ledger_address_invalid")) from None
    backend = parsed.get_backend_name()
    if backend == "postgres" or parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    elif parsed.drivername in {"sqlite", "sqlite+pysqlite"}:
        if parsed.database in (None, "", ":memory:") or "mode=memory" in str(parsed):
            raise LedgerMisconfigured(Message("ledger_needs_file"))
        parsed = parsed.set(drivername="sqlite", database=str(Path(str(parsed.database)).absolute()))
    elif backend != "postgresql":
        raise LedgerMisconfigured(Message("ledger_backend_unknown", backend=parsed.drivername))
    return parsed
