"""How many documents there are by the outcome of their e-invoice, kept like the counts by state.

Whether the file of an older document was looked into and had no e-invoice is not known: its outcome stays unknown until
it is read again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_STATES = ("waiting", "planned", "sending", "moved", "archived", "held", "rejected", "ignored", "gone")
_DATES = {
    "all_date": ["state", "document_date", "changed_at", "account"],
    "date": ["account", "document_date", "state", "gross_amount", "changed_at"],
}


def upgrade() -> None:
    """Add the table with the counts of now, and widen or turn the indexes by date and by outcome."""
    key = sa.String(250).with_variant(sa.String(250, collation="C"), "postgresql")
    word = sa.String(20).with_variant(sa.String(20, collation="C"), "postgresql")
    op.create_table(
        "debitoor_invoice_counts",
        sa.Column("account", key, primary_key=True),
        sa.Column("invoice", word, primary_key=True),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(state, sa.Integer, nullable=False, server_default="0") for state in _STATES),
    )
    if op.get_bind().dialect.name != "sqlite":  # no worker may change a document between the count and the new triggers
        op.execute("LOCK TABLE debitoor_documents IN SHARE ROW EXCLUSIVE MODE")
    names = ", ".join(_STATES)
    sums = ", ".join(f"sum(CASE WHEN state = '{state}' THEN 1 ELSE 0 END)" for state in _STATES)
    op.execute(
        f"INSERT INTO debitoor_invoice_counts (account, invoice, slot, {names}) "
        f"SELECT account, invoice, 0, {sums} FROM debitoor_documents WHERE invoice <> '' GROUP BY account, invoice"
    )
    where = sa.text("invoice <> ''")
    op.drop_index("ix_debitoor_documents_invoice", "debitoor_documents")
    op.create_index(
        "ix_debitoor_documents_invoice",
        "debitoor_documents",
        ["invoice", "account", "state", "changed_at", "document_date"],
        sqlite_where=where,
        postgresql_where=where,
    )
    for name, columns in _DATES.items():
        op.drop_index(f"ix_debitoor_documents_{name}", "debitoor_documents")
        op.create_index(f"ix_debitoor_documents_{name}", "debitoor_documents", [*columns, "invoice"])
