"""Alembic's entry point, run in the connection and transaction of ``services.migrating.migrate``."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table="debitoor_pacing_version")
with context.begin_transaction():
    context.run_migrations()
