"""Indexes for lists of documents over all accounts: by state and date, and by what is known of their figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an index, and widen those of a few documents by all that a list filters and sorts by."""
    op.create_index(
        "ix_debitoor_documents_all_date", "debitoor_documents", ["state", "document_date", "changed_at", "account"]
    )
    for name, column in (("mark", "mark_code"), ("invoice", "invoice"), ("duplicate", "duplicate_code")):
        where = sa.text(f"{column} <> ''")
        op.drop_index(f"ix_debitoor_documents_{name}", "debitoor_documents")
        op.create_index(
            f"ix_debitoor_documents_{name}",
            "debitoor_documents",
            ["account", column, "state", "changed_at", "document_date"],
            sqlite_where=where,
            postgresql_where=where,
        )
