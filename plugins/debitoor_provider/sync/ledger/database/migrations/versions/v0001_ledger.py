"""The ledger: documents, leases, events, runs, watermarks."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create all tables."""
    op.create_table(
        "debitoor_documents",
        sa.Column("id", _id(), primary_key=True),
        sa.Column("account", _key(250), nullable=False),
        sa.Column("direction", _key(6), nullable=False),
        sa.Column("source_id", _key(250), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("previous_state", sa.String(10)),
        sa.Column("reason_code", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("mend", sa.Text, nullable=False),
        sa.Column("source_name", sa.Text, nullable=False),
        sa.Column("target_name", sa.Text),
        sa.Column("target_name_key", _key(1024)),
        sa.Column("document_date", sa.Date),
        sa.Column("document_number", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("net_amount", _amount()),
        sa.Column("gross_amount", _amount()),
        sa.Column("search", sa.Text, nullable=False),
        sa.Column("snapshot", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("settings_fingerprint", sa.Text, nullable=False),
        sa.Column("exchange_key", _key(250), nullable=False),
        sa.Column("target_id", _key(250)),
        sa.Column("file_id", _key(250)),
        sa.Column("file_sha256", sa.Text),
        sa.Column("file_bytes", sa.BigInteger),
        sa.Column("planned_by", _key(1000)),
        sa.Column("moved_by", _key(1000)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True)),
        sa.Column("archived_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("account", "direction", "source_id", name="uq_debitoor_documents_source"),
        sa.UniqueConstraint("account", "direction", "target_name_key", name="uq_debitoor_documents_name"),
    )
    op.create_index("ix_debitoor_documents_state", "debitoor_documents", ["account", "state", "changed_at"])
    op.create_index("ix_debitoor_documents_changed", "debitoor_documents", ["account", "changed_at"])
    op.create_index("ix_debitoor_documents_all_state", "debitoor_documents", ["state", "changed_at"])
    op.create_index("ix_debitoor_documents_all_changed", "debitoor_documents", ["changed_at"])
    op.create_index("ix_debitoor_documents_exchange", "debitoor_documents", ["exchange_key"])
    op.create_index("ix_debitoor_documents_planned_by", "debitoor_documents", ["planned_by"])
    op.create_index("ix_debitoor_documents_moved_by", "debitoor_documents", ["moved_by"])
    op.create_table(
        "debitoor_leases",
        sa.Column("key", _key(250), primary_key=True),
        sa.Column("owner", _key(1000), nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_debitoor_leases_owner", "debitoor_leases", ["owner"])
    op.create_table(
        "debitoor_events",
        sa.Column("id", _id(), primary_key=True),
        sa.Column("document_id", _id(), sa.ForeignKey("debitoor_documents.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", _key(1000)),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("kind", _key(20), nullable=False),
        sa.Column("from_state", sa.String(10)),
        sa.Column("to_state", sa.String(10), nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
    )
    op.create_index("ix_debitoor_events_document", "debitoor_events", ["document_id", "id"])
    op.create_index("ix_debitoor_events_run", "debitoor_events", ["run_id", "kind"])
    op.create_table(
        "debitoor_runs",
        sa.Column("id", _key(1000), primary_key=True),
        sa.Column("account", _key(250), nullable=False),
        sa.Column("direction", _key(6), nullable=False),
        sa.Column("kind", _key(20), nullable=False),
        sa.Column("window", sa.JSON, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
    )
    op.create_index("ix_debitoor_runs_account", "debitoor_runs", ["account", "started_at"])
    op.create_table(
        "debitoor_watermarks",
        sa.Column("account", _key(250), primary_key=True),
        sa.Column("direction", _key(6), primary_key=True),
        sa.Column("listed_at", sa.DateTime(timezone=True)),
        sa.Column("full_listed_at", sa.DateTime(timezone=True)),
        sa.Column("settings_fingerprint", sa.Text, nullable=False),
    )


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _amount() -> sa.types.TypeEngine[Any]:
    return sa.Numeric().with_variant(sa.String(64), "sqlite")
