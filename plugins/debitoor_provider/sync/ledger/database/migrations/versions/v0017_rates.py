"""What was booked of which tax rate, so that lists have sums by rate.

It is taken from the history of each document that was booked: the figures of the last attempt to send it. That of
earlier imports has none, and their rates stay unknown. A million documents take PostgreSQL one to two minutes, in which
no document can be changed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and fill it for the documents that were booked."""
    op.add_column("debitoor_documents", sa.Column("booked_rates", sa.Text, nullable=False, server_default=""))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    each = "json_each(event.detail, '$.by_rate')" if is_sqlite else "json_each_text(event.detail -> 'by_rate')"
    has_rates = "json_type(event.detail, '$.by_rate')" if is_sqlite else "event.detail -> 'by_rate'"
    pairs = f"(SELECT key AS rate, value AS gross FROM {each} ORDER BY CAST(key AS NUMERIC)) AS pairs"
    parts = "group_concat(rate || ':' || gross, ' ')" if is_sqlite else "string_agg(rate || ':' || gross, ' ')"
    op.execute(
        f"""
UPDATE debitoor_documents SET booked_rates = coalesce((
  SELECT (SELECT CASE WHEN count(*) = 1 THEN min(rate) ELSE {parts} END FROM {pairs})
  FROM debitoor_events AS event
  WHERE event.document_id = debitoor_documents.id AND event.kind = 'intent' AND {has_rates} IS NOT NULL
  ORDER BY event.id DESC LIMIT 1
), '') WHERE booked_gross IS NOT NULL"""
    )
