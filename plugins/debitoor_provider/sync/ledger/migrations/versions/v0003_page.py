"""What the Synchronisation page asks: how a run's error is mended, and its figures at a glance."""

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
    op.drop_index("ix_debitoor_documents_moved_by", "debitoor_documents")
    op.create_index("ix_debitoor_documents_moved_by", "debitoor_documents", ["moved_by", "state"])
