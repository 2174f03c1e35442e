"""The reason of a document is a message: a code with parameters instead of English sentences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the existing sentences as they were written."""
    op.add_column("debitoor_documents", sa.Column("message", sa.Text, nullable=False, server_default=""))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    build, as_text = ("json_object", "") if is_sqlite else ("json_build_object", "::text")
    op.execute(
        f"UPDATE debitoor_documents SET message = {build}('code', 'as_written', 'params',"
        f" {build}('text', reason, 'remedy', mend)){as_text} WHERE reason <> ''"
    )
    op.drop_column("debitoor_documents", "reason")
    op.drop_column("debitoor_documents", "mend")
