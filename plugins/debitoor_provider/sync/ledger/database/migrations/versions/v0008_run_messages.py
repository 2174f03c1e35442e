"""Why a run failed is a message: a code with parameters instead of English sentences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the existing sentences as they were written."""
    op.add_column("debitoor_runs", sa.Column("message", sa.Text, nullable=False, server_default=""))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    build, as_text = ("json_object", "") if is_sqlite else ("json_build_object", "::text")
    op.execute(
        f"UPDATE debitoor_runs SET message = {build}('code', 'as_written', 'params',"
        f" {build}('text', error, 'remedy', remedy)){as_text} WHERE error <> ''"
    )
    op.drop_column("debitoor_runs", "error")
    op.drop_column("debitoor_runs", "remedy")
