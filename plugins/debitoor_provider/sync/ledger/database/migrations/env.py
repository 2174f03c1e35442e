"""Alembic's entry point, run in the connection and transaction of ``schema.upgrade``."""

from __future__ import annotations

from alembic import context

from debitoor_provider.sync.ledger.database.schema import VERSION_TABLE
from debitoor_provider.sync.ledger.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
