"""Alembic's entry point, run in the connection and transaction of ``schema.upgrade``."""

from __future__ import annotations

from alembic import context

from debitoor_provider.sync.ledger.database.schema import VERSION_TABLE
from debitoor_provider.sync.ledger.database.statistics import write_statistics
from debitoor_provider.sync.ledger.database.tables import metadata
from debitoor_provider.sync.ledger.database.triggers import create_triggers

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
    create_triggers(connection)
    write_statistics(connection)
