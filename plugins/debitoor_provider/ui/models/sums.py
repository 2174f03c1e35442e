"""What documents come to, as the API returns it."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, Field

from debitoor_provider.ui.models.common import Text


class SumModel(BaseModel):
    """The gross amounts of some documents."""

    month: str = Field(description="Of the document date, as YYYY-MM; empty without one")
    direction: str
    direction_title: str = Field(description="From where to where, e.g. GetMyInvoices → Debitoor")
    currency: Text
    gross: Decimal = Field(description="What was sent, where it was; else what the source states")
    documents: int = Field(description="How many these are")
    unknown: int = Field(description="How many of them state no amount")


class SumList(BaseModel):
    """What documents come to, latest month first."""

    sums: list[SumModel]
