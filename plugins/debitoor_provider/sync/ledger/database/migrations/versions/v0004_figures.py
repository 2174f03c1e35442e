"""The figures of the accounts, which triggers keep; see ``database/triggers.py``."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_STATES = ("waiting", "planned", "sending", "moved", "archived", "held", "rejected", "ignored", "gone")


def upgrade() -> None:
    """Create the tables and count the existing documents."""
    op.create_table(
        "debitoor_state_counts",
        sa.Column("account", _key(250), primary_key=True),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(state, sa.Integer, nullable=False, server_default="0") for state in _STATES),
    )
    op.create_table(
        "debitoor_moved_counts",
        sa.Column("account", _key(250), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False, server_default="0"),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:  # no worker may change a document between the count and the first trigger
        op.execute("LOCK TABLE debitoor_documents IN SHARE ROW EXCLUSIVE MODE")
    counts = ", ".join(f"sum(CASE state WHEN '{state}' THEN 1 ELSE 0 END)" for state in _STATES)
    op.execute(
        f"INSERT INTO debitoor_state_counts (account, slot, {', '.join(_STATES)})"
        f" SELECT account, 0, {counts} FROM debitoor_documents GROUP BY account"
    )
    day = "substr(moved_at, 1, 10)" if is_sqlite else "(moved_at AT TIME ZONE 'UTC')::date"
    op.execute(
        "INSERT INTO debitoor_moved_counts (account, day, slot, number)"
        f" SELECT account, {day}, 0, count(*) FROM debitoor_documents WHERE moved_at IS NOT NULL GROUP BY 1, 2"
    )


def _key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
