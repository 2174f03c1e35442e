"""What a document may be a duplicate of, the keys by which such documents are found, and what was booked."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BATCH = 1_000
_DOCUMENTS = sa.table(
    "debitoor_documents",
    *map(
        sa.column,
        (
            "id",
            "exchange_key",
            "document_number",
            "document_date",
            "gross_amount",
            "currency",
            "number_key",
            "amount_key",
        ),
    ),
)


def upgrade() -> None:
    """Add the columns, and create the keys of the existing documents."""
    amount = sa.Numeric().with_variant(sa.String(64), "sqlite")
    op.add_column("debitoor_documents", sa.Column("booked_gross", amount))
    for name in ("booked_currency", "duplicate_code", "duplicate", "number_key", "amount_key"):
        op.add_column("debitoor_documents", sa.Column(name, sa.Text, nullable=False, server_default=""))
    _make_keys()
    for name, columns in (
        ("duplicate", ["account", "duplicate_code"]),
        ("number_key", ["number_key"]),
        ("amount_key", ["amount_key"]),
    ):
        where = sa.text(f"{columns[-1]} <> ''")
        op.create_index(
            f"ix_debitoor_documents_{name}",
            "debitoor_documents",
            columns,
            sqlite_where=where,
            postgresql_where=where,
        )


def _make_keys() -> None:
    connection = op.get_bind()
    read = [sa.cast(_DOCUMENTS.c[name], sa.Text) for name in ("document_date", "gross_amount")]
    query = sa.select(
        _DOCUMENTS.c.id, _DOCUMENTS.c.exchange_key, _DOCUMENTS.c.document_number, _DOCUMENTS.c.currency, *read
    ).order_by(_DOCUMENTS.c.id)
    update = (
        _DOCUMENTS.update()
        .where(_DOCUMENTS.c.id == sa.bindparam("the_id"))
        .values(number_key=sa.bindparam("the_number"), amount_key=sa.bindparam("the_amount"))
    )
    last = 0
    while rows := connection.execute(query.where(_DOCUMENTS.c.id > last).limit(_BATCH)).all():
        connection.execute(update, [_keys(*row) for row in rows])
        last = rows[-1].id


def _keys(
    id_: int, exchange_key: str, number: str, currency: str, day: str | None, gross: str | None
) -> dict[str, Any]:
    target = exchange_key.rpartition(">")[2]
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", number).casefold())
    plain = "".join(re.findall(r"[^\W_]+", text))[:80]
    try:
        amount = Decimal(gross or 0)
    except InvalidOperation:
        amount = Decimal(0)
    known = f"{day} {amount.normalize():f} {currency.upper()}" if day and amount else ""
    return {
        "the_id": id_,
        "the_number": f"{plain}>{target}" if plain else "",
        "the_amount": f"{known}>{target}" if known else "",
    }
