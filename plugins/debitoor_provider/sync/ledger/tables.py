"""The tables. The prefix lets them live in a database with other tables, Airflow's for instance."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

from debitoor_provider.sync.ledger.states import State

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


class Text(TypeDecorator[str]):
    """Text that may come from anywhere: what no database stores (NUL, half surrogates) becomes U+FFFD."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else storable(value)


class Key(TypeDecorator[str]):
    """Short text that is compared byte by byte, on every database in the same way."""

    impl = sa.String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(sa.String(self.length, collation=collation))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else storable(value)


class Instant(TypeDecorator[datetime]):
    """An aware point in time; kept and given back in UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the ledger takes aware times only")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Amount(TypeDecorator[Decimal]):
    """An exact amount with its decimals: NUMERIC, or text on SQLite, whose numbers are binary."""

    impl = sa.Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.String(64) if dialect.name == "sqlite" else sa.Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise ValueError("an amount is a finite Decimal")
        return format(value, "f") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else Decimal(value)


class StateName(TypeDecorator[State]):
    """A state by its name."""

    impl = sa.String(10)
    cache_ok = True

    def process_bind_param(self, value: State | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> State | None:  # noqa: ARG002
        return None if value is None else State(value)


def storable(text: str) -> str:
    """The text without the characters that PostgreSQL or UTF-8 cannot hold."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


metadata = sa.MetaData()
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers rows by itself for INTEGER only
_JSON = sa.JSON(none_as_null=True)
KEY_LENGTH = 250
"""Characters that an account, a source id, a target id or an exchange key may have."""
RUN_LENGTH = 1000
"""Characters of a run id, ``<dag id>/<run id>#<account>`` of 250 each, and of a lease's owner made from it."""
# One object of each type: SQLAlchemy works out anew for every other one how a database takes it.
_TEXT, _INSTANT, _AMOUNT, _STATE = Text(), Instant(), Amount(), StateName()
_KEY, _RUN_ID = Key(KEY_LENGTH), Key(RUN_LENGTH)


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
    sa.Column("reason", _TEXT, nullable=False, default=""),
    sa.Column("mend", _TEXT, nullable=False, default=""),
    sa.Column("source_name", _TEXT, nullable=False, default=""),
    sa.Column("target_name", _TEXT),
    sa.Column("target_name_key", Key(1024)),
    sa.Column("document_date", sa.Date),
    sa.Column("document_number", _TEXT, nullable=False, default=""),
    sa.Column("company", _TEXT, nullable=False, default=""),
    sa.Column("currency", _TEXT, nullable=False, default=""),
    sa.Column("net_amount", _AMOUNT),
    sa.Column("gross_amount", _AMOUNT),
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
    sa.UniqueConstraint("account", "direction", "source_id", name="uq_debitoor_documents_source"),
    sa.UniqueConstraint("account", "direction", "target_name_key", name="uq_debitoor_documents_name"),
    sa.Index("ix_debitoor_documents_state", "account", "state", "changed_at"),
    sa.Index("ix_debitoor_documents_changed", "account", "changed_at"),
    sa.Index("ix_debitoor_documents_all_state", "state", "changed_at", "account", "reason_code"),
    sa.Index("ix_debitoor_documents_all_changed", "changed_at", "account"),
    sa.Index("ix_debitoor_documents_exchange", "exchange_key"),
    sa.Index("ix_debitoor_documents_planned_by", "planned_by"),
    sa.Index("ix_debitoor_documents_moved_by", "moved_by", "state"),
    sa.Index("ix_debitoor_documents_moved", "account", "moved_at"),
    sa.Index("ix_debitoor_documents_date", "account", "document_date", "state", "gross_amount", "changed_at"),
)

leases = sa.Table(
    "debitoor_leases",
    metadata,
    sa.Column("key", _KEY, primary_key=True),
    sa.Column("owner", _RUN_ID, nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False),  # milliseconds since 1970, by the database's clock
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
    sa.Column("error", _TEXT, nullable=False, default=""),
    sa.Column("remedy", _TEXT, nullable=False, default="", server_default=""),
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
"""Consents that people are asked for at Debitoor just now; here because the API server may be several processes."""
