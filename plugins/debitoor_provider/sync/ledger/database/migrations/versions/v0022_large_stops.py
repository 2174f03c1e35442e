"""Room for large numbers in stops: in currencies of small units an amount is soon above two thousand million.

A stop that an earlier version cut off there is deleted, since to allow it would allow any more: the next run
asks again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_CUT_OFF = 2**31 - 1


def upgrade() -> None:
    """Widen the column."""
    op.execute(f"DELETE FROM debitoor_stops WHERE number = {_CUT_OFF} AND used_by IS NULL")
    with op.batch_alter_table("debitoor_stops") as table:
        table.alter_column("number", type_=sa.BigInteger, existing_type=sa.Integer, existing_nullable=False)
