"""Whether the target had a record of a document that is open, when it was last asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_FILL = """
UPDATE debitoor_documents SET was_there = TRUE
WHERE (state = 'held' AND reason_code = 'booked_twice')
   OR (state = 'rejected' AND reason_code = 'stored_differently')
   OR (state IN ('planned', 'waiting', 'held', 'rejected') AND target_id IS NOT NULL)
   OR (state = 'planned' AND EXISTS (
        SELECT 1 FROM debitoor_events AS event
        WHERE event.document_id = debitoor_documents.id AND event.kind IN ('sent_again', 'doubled')
      ))"""


def upgrade() -> None:
    """Add the column, and fill it where the target has records, and where the next run looks whether it has."""
    column = sa.Column("was_there", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("debitoor_documents", column)
    op.execute(_FILL)
