"""What the Synchronisation page asks: how a run's error is fixed, and its figures at a glance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and indexes that hold all that is counted."""
    op.add_column("debitoor_runs", sa.Column("remedy", sa.Text, nullable=False, server_default=""))
    op.create_index("ix_debitoor_runs_started", "debitoor_runs", ["started_at"])
    op.create_index("ix_debitoor_documents_moved", "debitoor_documents", ["account", "moved_at"])
    op.create_index(
        "ix_debitoor_documents_date",
        "debitoor_documents",
        ["account", "document_date", "state", "gross_amount", "changed_at"],
    )
    op.drop_index("ix_debitoor_documents_all_state", "debitoor_documents")
    op.create_index(
        "ix_debitoor_documents_all_state", "debitoor_documents", ["state", "changed_at", "account", "reason_code"]
    )
    op.drop_index("ix_debitoor_documents_all_changed", "debitoor_documents")
    op.create_index("ix_debitoor_documents_all_changed", "debitoor_documents", ["changed_at", "account"])
    op.drop_index("ix_debitoor_documents_moved_by", "debitoor_documents")
    op.create_index("ix_debitoor_documents_moved_by", "debitoor_documents", ["moved_by", "state"])
