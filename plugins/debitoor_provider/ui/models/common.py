"""What the answers of the page's API have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from debitoor_provider.sync.ledger.tables import storable


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Text = Annotated[str, BeforeValidator(storable)]
"""Text that may come from anywhere, also from the name of a file, without what no JSON can carry."""
Moment = Annotated[datetime, AfterValidator(_utc)]
"""A time, told in UTC."""
