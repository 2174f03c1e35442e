"""Runs that a limit of their account stopped, and who allowed them to continue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "debitoor_stops",
        sa.Column("id", number, primary_key=True),
        sa.Column("account", _key(250), nullable=False),
        sa.Column("limit_name", _key(30), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("settings_fingerprint", sa.Text, nullable=False),
        sa.Column("run_id", _key(1000), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("allowed_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("allowed_at", sa.DateTime(timezone=True)),
        sa.Column("used_by", _key(1000)),
    )
    op.create_index("ix_debitoor_stops_account", "debitoor_stops", ["account", "limit_name"])


def _key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
