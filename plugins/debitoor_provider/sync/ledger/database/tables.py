"""The tables. Their prefix lets them share a database with other tables, Airflow's for instance."""

from __future__ import annotations

import sqlalchemy as sa

from debitoor_provider.sync.ledger.database.types import (
    Amount,
    IndexedText,
    Instant,
    Key,
    MessageText,
    StateName,
    StoredText,
)
from debitoor_provider.sync.ledger.states import State

metadata = sa.MetaData()
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers rows itself for INTEGER only
_JSON = sa.JSON(none_as_null=True)
KEY_LENGTH = 250
"""The longest account, source id, target id or exchange key, in characters."""
RUN_LENGTH = 1000
"""The longest run id (``<dag id>/<run id>#<account>`` of 250 characters each) and lease owner made from it."""
# One object of each type: SQLAlchemy computes how a database stores it once for each object.
_TEXT, _INSTANT, _AMOUNT, _STATE = StoredText(), Instant(), Amount(), StateName()
_INDEXED, _KEY, _RUN_ID = IndexedText(), Key(KEY_LENGTH), Key(RUN_LENGTH)


_LISTED = ("state", "changed_at", "document_date", "id")
"""What a list filters and sorts by, and the id, without which PostgreSQL would read each document."""


def _index_of_some(name: str, column: str, *columns: str) -> sa.Index:
    """Return an index of the rows in which a column is not empty."""
    where = sa.text(f"{column} <> ''")
    return sa.Index(f"ix_debitoor_documents_{name}", *columns, sqlite_where=where, postgresql_where=where)


documents = sa.Table(
    "debitoor_documents",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("account", _KEY, nullable=False),
    sa.Column("direction", Key(6), nullable=False),
    sa.Column("source_id", _KEY, nullable=False),
    sa.Column("state", _STATE, nullable=False),
    sa.Column("previous_state", _STATE),
    sa.Column("reason_code", _TEXT, nullable=False, default=""),
    sa.Column("message", MessageText(), nullable=False, default=None),
    sa.Column("mark_code", _TEXT, nullable=False, default=""),
    sa.Column("mark", MessageText(), nullable=False, default=None),
    sa.Column("invoice", _TEXT, nullable=False, default=""),
    sa.Column("choice", _TEXT, nullable=False, default=""),
    sa.Column("corrections", _TEXT, nullable=False, default=""),
    sa.Column("duplicate_code", _TEXT, nullable=False, default=""),
    sa.Column("duplicate", MessageText(), nullable=False, default=None),
    sa.Column("number_key", _INDEXED, nullable=False, default=""),
    sa.Column("amount_key", _INDEXED, nullable=False, default=""),
    sa.Column("source_name", _INDEXED, nullable=False, default=""),
    sa.Column("target_name", _INDEXED),
    sa.Column("target_name_key", Key(1024)),
    sa.Column("document_date", sa.Date),
    sa.Column("document_number", _INDEXED, nullable=False, default=""),
    sa.Column("company", _INDEXED, nullable=False, default=""),
    sa.Column("currency", _TEXT, nullable=False, default=""),
    sa.Column("net_amount", _AMOUNT),
    sa.Column("gross_amount", _AMOUNT),
    sa.Column("booked_gross", _AMOUNT),
    sa.Column("booked_currency", _TEXT, nullable=False, default=""),
    sa.Column("booked_rates", _TEXT, nullable=False, default=""),
    sa.Column("search", _TEXT, nullable=False, default=""),
    sa.Column("snapshot", _TEXT, nullable=False, default=""),
    sa.Column("fingerprint", _TEXT, nullable=False, default=""),
    sa.Column("settings_fingerprint", _TEXT, nullable=False, default=""),
    sa.Column("exchange_key", _KEY, nullable=False),
    sa.Column("target_id", _KEY),
    sa.Column("file_id", _KEY),
    sa.Column("file_sha256", _TEXT),
    sa.Column("file_bytes", sa.BigInteger),
    sa.Column("planned_by", _RUN_ID),
    sa.Column("moved_by", _RUN_ID),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("asked_at", _INSTANT),
    sa.Column("created_at", _INSTANT, nullable=False),
    sa.Column("changed_at", _INSTANT, nullable=False),
    sa.Column("moved_at", _INSTANT),
    sa.Column("archived_at", _INSTANT),
    sa.Column("was_there", sa.Boolean, nullable=False, default=False),
    sa.UniqueConstraint("account", "direction", "source_id", name="uq_debitoor_documents_source"),
    sa.UniqueConstraint("account", "direction", "target_name_key", name="uq_debitoor_documents_name"),
    sa.Index("ix_debitoor_documents_state", "account", "state", "changed_at", "id"),
    sa.Index("ix_debitoor_documents_changed", "account", "changed_at", "id"),
    sa.Index("ix_debitoor_documents_all_state", "state", "changed_at", "account", "reason_code", "id"),
    sa.Index("ix_debitoor_documents_all_changed", "changed_at", "account", "id"),
    sa.Index("ix_debitoor_documents_all_date", "state", "document_date", "changed_at", "account", "invoice", "id"),
    sa.Index("ix_debitoor_documents_exchange", "exchange_key"),
    sa.Index("ix_debitoor_documents_planned_by", "planned_by"),
    sa.Index("ix_debitoor_documents_moved_by", "moved_by", "state"),
    sa.Index("ix_debitoor_documents_moved", "account", "moved_at"),
    sa.Index("ix_debitoor_documents_all_company", sa.text("lower(company)"), "account"),
    sa.Index("ix_debitoor_documents_all_number", "document_number", "account"),
    sa.Index("ix_debitoor_documents_all_amount", sa.text("CAST(gross_amount AS NUMERIC)"), "account"),
    sa.Index("ix_debitoor_documents_all_name", sa.text("coalesce(target_name, source_name)"), "account"),
    _index_of_some("mark", "mark_code", "account", "mark_code", *_LISTED),
    _index_of_some("invoice", "invoice", "invoice", "account", *_LISTED),
    _index_of_some("duplicate", "duplicate_code", "account", "duplicate_code", *_LISTED),
    _index_of_some("number_key", "number_key", "number_key"),
    _index_of_some("amount_key", "amount_key", "amount_key"),
    sa.Index(
        "ix_debitoor_documents_date", "account", "document_date", "state", "gross_amount", "changed_at", "invoice", "id"
    ),
)

leases = sa.Table(
    "debitoor_leases",
    metadata,
    sa.Column("key", _KEY, primary_key=True),
    sa.Column("owner", _RUN_ID, nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False),  # milliseconds since 1970 on the lease clock
    sa.Index("ix_debitoor_leases_owner", "owner"),
)

events = sa.Table(
    "debitoor_events",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("document_id", _ID, sa.ForeignKey("debitoor_documents.id"), nullable=False),
    sa.Column("at", _INSTANT, nullable=False),
    sa.Column("run_id", _RUN_ID),
    sa.Column("actor", _TEXT, nullable=False),
    sa.Column("kind", Key(20), nullable=False),
    sa.Column("from_state", _STATE),
    sa.Column("to_state", _STATE, nullable=False),
    sa.Column("detail", _JSON, nullable=False),
    sa.Index("ix_debitoor_events_document", "document_id", "id"),
    sa.Index("ix_debitoor_events_run", "run_id", "kind"),
)

runs = sa.Table(
    "debitoor_runs",
    metadata,
    sa.Column("id", _RUN_ID, primary_key=True),
    sa.Column("account", _KEY, nullable=False),
    sa.Column("direction", Key(6), nullable=False),
    sa.Column("kind", Key(20), nullable=False),
    sa.Column("window", _JSON, nullable=False),
    sa.Column("started_at", _INSTANT, nullable=False),
    sa.Column("finished_at", _INSTANT),
    sa.Column("counts", _JSON, nullable=False),
    sa.Column("verdict", _TEXT, nullable=False, default=""),
    sa.Column("message", MessageText(), nullable=False, default=None),
    sa.Index("ix_debitoor_runs_account", "account", "started_at"),
    sa.Index("ix_debitoor_runs_started", "started_at"),
)

watermarks = sa.Table(
    "debitoor_watermarks",
    metadata,
    sa.Column("account", _KEY, primary_key=True),
    sa.Column("direction", Key(6), primary_key=True),
    sa.Column("listed_at", _INSTANT),
    sa.Column("full_listed_at", _INSTANT),
    sa.Column("settings_fingerprint", _TEXT, nullable=False, default=""),
)

consents = sa.Table(
    "debitoor_consents",
    metadata,
    sa.Column("state_digest", Key(64), primary_key=True),
    sa.Column("user_id", _KEY, nullable=False),
    sa.Column("connection_id", _KEY, nullable=False),
    sa.Column("redirect_uri", _TEXT, nullable=False),
    sa.Column("back", _TEXT, nullable=False, default=""),
    sa.Column("email", _TEXT, nullable=False, default=""),
    sa.Column("created_at", _INSTANT, nullable=False),
    sa.Column("expires_at", _INSTANT, nullable=False),
    sa.Index("ix_debitoor_consents_expires", "expires_at"),
)
"""Pending consents at Debitoor; stored here because the API server may be several processes."""

stops = sa.Table(
    "debitoor_stops",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("account", _KEY, nullable=False),
    sa.Column("limit_name", Key(30), nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("message", MessageText(), nullable=False, default=None),
    sa.Column("settings_fingerprint", _TEXT, nullable=False, default=""),
    sa.Column("run_id", _RUN_ID, nullable=False),
    sa.Column("stopped_at", _INSTANT, nullable=False),
    sa.Column("allowed_by", _TEXT, nullable=False, default=""),
    sa.Column("reason", _TEXT, nullable=False, default=""),
    sa.Column("allowed_at", _INSTANT),
    sa.Column("used_by", _RUN_ID),
    sa.Index("ix_debitoor_stops_account", "account", "limit_name"),
)
"""Runs that a limit of their account stopped, and what a person allowed once."""

notices = sa.Table(
    "debitoor_notices",
    metadata,
    sa.Column("account", _KEY, primary_key=True),
    sa.Column("seen", sa.BigInteger, nullable=False, default=0),
    sa.Column("failures", _JSON, nullable=False),
    sa.Column("is_failing", sa.Boolean, nullable=False, default=False),
)
"""The last notification of an account."""

wrong_settings = sa.Table(
    "debitoor_wrong_settings",
    metadata,
    sa.Column("account", _KEY, primary_key=True),
    sa.Column("version", _TEXT, nullable=False),
    sa.Column("found", _JSON, nullable=False),
)
"""What is known to be wrong with an account."""

invoice_counts = sa.Table(
    "debitoor_invoice_counts",
    metadata,
    sa.Column("account", _KEY, primary_key=True),
    sa.Column("invoice", Key(20), primary_key=True),
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    *(sa.Column(str(state), sa.Integer, nullable=False, server_default="0") for state in State),
)
"""How many documents of an account, by the outcome of their e-invoice, are in each state: the sum over all slots."""

state_counts = sa.Table(
    "debitoor_state_counts",
    metadata,
    sa.Column("account", _KEY, primary_key=True),
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    *(sa.Column(str(state), sa.Integer, nullable=False, server_default="0") for state in State),
)
"""How many documents of an account are in each state: the sum over all slots, see :mod:`.triggers`."""

moved_counts = sa.Table(
    "debitoor_moved_counts",
    metadata,
    sa.Column("account", _KEY, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, nullable=False, server_default="0"),
)
"""How many documents of an account were moved on each day (UTC): the sum over all slots."""
