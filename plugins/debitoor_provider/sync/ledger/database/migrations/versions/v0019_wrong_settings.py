"""What is known to be wrong with accounts that were saved as paused drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    key = sa.String(250).with_variant(sa.String(250, collation="C"), "postgresql")
    op.create_table(
        "debitoor_wrong_settings",
        sa.Column("account", key, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("found", sa.JSON, nullable=False),
    )
