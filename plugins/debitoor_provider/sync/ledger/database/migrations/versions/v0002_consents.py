"""The consents that people are asked for at Debitoor just now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "debitoor_consents",
        sa.Column("state_digest", _key(64), primary_key=True),
        sa.Column("user_id", _key(250), nullable=False),
        sa.Column("connection_id", _key(250), nullable=False),
        sa.Column("redirect_uri", sa.Text, nullable=False),
        sa.Column("back", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_debitoor_consents_expires", "debitoor_consents", ["expires_at"])


def _key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
