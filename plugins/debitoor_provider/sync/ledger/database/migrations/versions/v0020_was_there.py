"""Whether the target had a record of a document that is open, when it was last asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and fill it for the documents that are held because the target has several records of them."""
    column = sa.Column("was_there", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("debitoor_documents", column)
    op.execute("UPDATE debitoor_documents SET was_there = TRUE WHERE state = 'held' AND reason_code = 'booked_twice'")
