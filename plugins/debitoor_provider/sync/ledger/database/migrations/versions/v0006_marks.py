"""What is known of the figures of a document: a mark, what its e-invoice says, and whose figures a person wants."""

from __future__ import annotations

import json
from itertools import islice

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BATCH = 1_000
_DOCUMENTS = sa.table(
    "debitoor_documents", sa.column("id"), sa.column("state"), sa.column("mark_code"), sa.column("mark")
)
_EVENTS = sa.table("debitoor_events", sa.column("id"), sa.column("document_id"), sa.column("kind"), sa.column("detail"))


def upgrade() -> None:
    """Add the columns, and mark what was booked by the nearest of several splits by tax rate."""
    for name in ("mark_code", "mark", "invoice", "choice"):
        op.add_column("debitoor_documents", sa.Column(name, sa.Text, nullable=False, server_default=""))
    for name, column in (("mark", "mark_code"), ("invoice", "invoice")):
        where = sa.text(f"{column} <> ''")
        op.create_index(
            f"ix_debitoor_documents_{name}",
            "debitoor_documents",
            ["account", column],
            sqlite_where=where,
            postgresql_where=where,
        )
    _mark_nearest_splits()


def _mark_nearest_splits() -> None:
    connection = op.get_bind()
    detail = sa.cast(_EVENTS.c.detail, sa.Text)
    latest = (
        sa.select(_EVENTS.c.document_id, sa.func.max(_EVENTS.c.id).label("id"))
        .where(_EVENTS.c.kind.in_(["intent", "moved"]), sa.or_(_EVENTS.c.kind == "intent", detail.contains('"found"')))
        .group_by(_EVENTS.c.document_id)
        .subquery()
    )
    found = connection.execute(
        sa.select(_EVENTS.c.document_id, detail)
        .join(latest, latest.c.id == _EVENTS.c.id)
        .join(_DOCUMENTS, _DOCUMENTS.c.id == _EVENTS.c.document_id)
        .where(_DOCUMENTS.c.state.in_(["sending", "moved", "archived"]), detail.contains('"nearest"'))
        .order_by(_EVENTS.c.document_id)
    )
    marked = (
        {"the_id": document_id, "the_mark": json.dumps(mark)}
        for document_id, text in found.all()
        if (mark := _mark(json.loads(text)))
    )
    update = _DOCUMENTS.update().where(_DOCUMENTS.c.id == sa.bindparam("the_id"))
    while batch := list(islice(marked, _BATCH)):
        connection.execute(update.values(mark_code="nearest_split", mark=sa.bindparam("the_mark")), batch)


def _mark(detail: dict[str, object]) -> dict[str, object] | None:
    nearest = detail.get("nearest")
    if not isinstance(nearest, dict):
        return None
    spans = [
        {"code": "gross_at_rate", "params": {"lowest": lowest, "highest": highest, "rate": rate}}
        for rate, (lowest, highest) in nearest.items()
    ]
    return {"code": "nearest_split", "params": {"spans": spans}}
