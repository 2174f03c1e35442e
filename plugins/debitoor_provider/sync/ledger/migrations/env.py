"""Alembic's entry: runs inside the connection and transaction of ``schema.upgrade``."""

from __future__ import annotations

from alembic import context

from debitoor_provider.sync.ledger.schema import VERSION_TABLE
from debitoor_provider.sync.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
