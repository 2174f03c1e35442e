"""The version of the tables, and the upgrade to the current one.

The check is one query; Alembic is imported only for an upgrade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from debitoor_provider.messages import Message
from debitoor_provider.services.migrating import migrate
from debitoor_provider.sync.ledger.errors import LedgerOutdated, LedgerTooNew, LedgerUnavailable

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger.database.engine import Database

HEAD = "0023"
"""The version that this code needs: the newest of ``migrations/versions``, which are numbered in order."""
VERSION_TABLE = "debitoor_ledger_version"
SCRIPTS = "debitoor_provider.sync.ledger.database:migrations"
"""Where Alembic finds the migrations."""

_ADVISORY_LOCK = 0x64656269746F6F72  # an arbitrary number, distinct from those of other programs


def current(database: Database) -> str | None:
    """Return the version of the tables, ``None`` for a database without a ledger."""
    try:
        return _version(database)
    except (LedgerUnavailable, ProgrammingError):
        # A missing table raises a different error on each database, so look for it. If it exists, another process has
        # just created it, or the error was a real one and is raised again.
        with database.read() as connection:
            is_there = sa.inspect(connection).has_table(VERSION_TABLE)
        return _version(database) if is_there else None


def ensure(database: Database) -> None:
    """Create the tables in a new database; require the right version in any other.

    :raises LedgerOutdated: when an upgrade is needed, which is a person's decision
    :raises LedgerTooNew: when a newer provider has upgraded the tables
    """
    version = current(database)
    if version is None:
        upgrade(database)
    else:
        require_current(version)


def require_current(version: str) -> None:
    """Raise unless the version is :data:`HEAD`."""
    if version < HEAD:
        raise LedgerOutdated(Message("ledger_outdated", version=version, needed=HEAD))
    if version > HEAD:
        raise LedgerTooNew(Message("ledger_too_new", version=version, known=HEAD))


def upgrade(database: Database) -> None:
    """Upgrade the tables to :data:`HEAD` in one transaction; several processes may do so at once.

    :raises LedgerTooNew: when a newer provider has upgraded the tables
    """
    version = current(database)
    if version is not None and version > HEAD:
        require_current(version)
    with database.migrate() as connection:  # SQLite: the write lock
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        migrate(connection, SCRIPTS)


def _version(database: Database) -> str | None:
    with database.read() as connection:
        version = connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return None if version is None else str(version)
