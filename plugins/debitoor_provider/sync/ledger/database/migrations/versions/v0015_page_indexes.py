"""The id in the indexes of the lists, so that a page of a list is found in its index alone.

PostgreSQL reads a whole document for each id that an index does not have. No index is added, and each entry becomes 8
bytes wider. A million documents take PostgreSQL about half a minute, in which no document can be changed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_LISTED = ["state", "changed_at", "document_date"]
_COLUMNS = {
    "state": ["account", "state", "changed_at"],
    "changed": ["account", "changed_at"],
    "all_state": ["state", "changed_at", "account", "reason_code"],
    "all_changed": ["changed_at", "account"],
    "all_date": ["state", "document_date", "changed_at", "account", "invoice"],
    "date": ["account", "document_date", "state", "gross_amount", "changed_at", "invoice"],
    "mark": ["account", "mark_code", *_LISTED],
    "invoice": ["invoice", "account", *_LISTED],
    "duplicate": ["account", "duplicate_code", *_LISTED],
}
_SOME = {"mark": "mark_code <> ''", "invoice": "invoice <> ''", "duplicate": "duplicate_code <> ''"}


def upgrade() -> None:
    """Replace the indexes."""
    for name, columns in _COLUMNS.items():
        where = sa.text(_SOME[name]) if name in _SOME else None
        op.drop_index(f"ix_debitoor_documents_{name}", "debitoor_documents")
        op.create_index(
            f"ix_debitoor_documents_{name}",
            "debitoor_documents",
            [*columns, "id"],
            sqlite_where=where,
            postgresql_where=where,
        )
