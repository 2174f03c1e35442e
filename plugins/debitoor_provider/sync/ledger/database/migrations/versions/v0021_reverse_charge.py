"""Which documents were booked with the reverse charge, so that sums do not have them at 0 %.

It is taken from the history of each document: of the last attempt to send it, or of how it was found at the target.
What a rebuild restored from the books has no such history, and stays at 0 %.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Write the reverse charge in place of its rate."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    has = "json_type(event.detail, '$.%s')" if is_sqlite else "event.detail -> '%s'"
    last = f"""(
  SELECT {has % "reverse_charge"} IS NOT NULL FROM debitoor_events AS event
  WHERE event.document_id = debitoor_documents.id
    AND (event.kind = 'intent' AND {has % "by_rate"} IS NOT NULL
      OR event.kind = 'moved' AND {has % "reverse_charge"} IS NOT NULL)
  ORDER BY event.id DESC LIMIT 1
)"""
    op.execute(
        sa.text(
            f"""
UPDATE debitoor_documents SET booked_rates = 'reverse' || substr(booked_rates, 2)
WHERE direction = 'export' AND (booked_rates = '0' OR substr(booked_rates, 1, 2) = :zero) AND {last}"""
        ).bindparams(zero="0:")
    )
