"""Indexes for lists of very many documents in any order.

A later migration that replaces the table on SQLite has to make those of expressions again: they are not reflected.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KEYS: dict[str, str | sa.TextClause] = {
    "company": sa.text("lower(company)"),
    "number": "document_number",
    "amount": sa.text("CAST(gross_amount AS NUMERIC)"),
    "name": sa.text("coalesce(target_name, source_name)"),
}
"""As the lists sort by them."""


def upgrade() -> None:
    """Add an index for each order that has none."""
    for name, key in _KEYS.items():
        op.create_index(f"ix_debitoor_documents_all_{name}", "debitoor_documents", [key, "account"])
