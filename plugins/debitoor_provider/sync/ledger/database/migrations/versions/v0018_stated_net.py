"""The net amounts of imports as Debitoor states them, in the sums by tax rate.

Earlier versions derived them from the gross amounts, which may be a cent off. What Debitoor states of several tax rates
is not in the ledger: a rebuild gets it from there.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_BATCH = 1000
_SELECT = """
SELECT id, booked_rates, booked_gross, net_amount FROM debitoor_documents
WHERE direction = 'import' AND booked_rates <> '' AND booked_gross = gross_amount AND net_amount IS NOT NULL"""
_UPDATE = "UPDATE debitoor_documents SET booked_rates = :rates WHERE id = :id AND booked_rates = :before"


def upgrade() -> None:
    """Write the net amount behind the tax rate where it is not the derived one."""
    connection = op.get_bind()
    rows = connection.execute(sa.text(_SELECT).execution_options(stream_results=True))
    changes = [
        {"id": id_, "before": rate, "rates": f"{rate}:{gross:f}:{net:f}"}
        for id_, rate, *amounts in rows
        if ":" not in rate
        for gross, net in [map(Decimal, map(str, amounts))]
        if net != (gross / (1 + Decimal(rate) / 100)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    ]
    for start in range(0, len(changes), _BATCH):
        connection.execute(sa.text(_UPDATE), changes[start : start + _BATCH])
