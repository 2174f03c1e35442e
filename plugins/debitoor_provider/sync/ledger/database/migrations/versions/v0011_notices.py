"""The last notification of an account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    key = sa.String(250).with_variant(sa.String(250, collation="C"), "postgresql")
    op.create_table(
        "debitoor_notices",
        sa.Column("account", key, primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.JSON, nullable=False),
        sa.Column("is_failing", sa.Boolean, nullable=False),
    )
