"""What people were notified of, by the change of a document that was the last then: times depend on many clocks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_FILL = """
UPDATE debitoor_notices SET seen = COALESCE((
    SELECT MAX(id) FROM debitoor_events WHERE debitoor_events.at <= debitoor_notices.until
), 0)
WHERE until IS NOT NULL"""


def upgrade() -> None:
    """Replace the time by the change."""
    op.add_column("debitoor_notices", sa.Column("seen", sa.BigInteger, nullable=False, server_default="0"))
    op.execute(_FILL)
    with op.batch_alter_table("debitoor_notices") as table:
        table.alter_column("seen", server_default=None, existing_type=sa.BigInteger, existing_nullable=False)
        table.drop_column("until")
