"""Sums of documents, as the API returns them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, Field

from debitoor_provider.sync.directions import title_of
from debitoor_provider.ui.models.common import Text, in_currency

if TYPE_CHECKING:
    from debitoor_provider.sync.rate_sums import RateSum, Sum


class RateSumModel(BaseModel):
    """The amounts of one tax rate."""

    rate: Decimal | None = Field(description="In per cent; null for what is not booked, or not known by rate")
    reverse_charge: bool = Field(description="Whether it is booked at 0 % since the buyer owes the tax")
    documents: int = Field(description="How many documents have an amount at this rate")
    gross: Decimal
    net: Decimal | None = Field(description="As stated, or else derived from the gross amounts; null without a rate")
    tax: Decimal | None = Field(description="As stated, or else the rest of the gross amounts; null without a rate")

    @classmethod
    def of(cls, rate_sum: RateSum, currency: str) -> Self:
        """Return the model of a sum."""
        return cls(**rate_sum._asdict() | _amounts(rate_sum, currency))


class SumModel(BaseModel):
    """The amounts of some documents."""

    month: str = Field(description="Of the document date, as YYYY-MM; empty without one")
    direction: str
    direction_title: str = Field(description="From where to where, e.g. GetMyInvoices → Debitoor")
    currency: Text
    gross: Decimal = Field(description="What was sent, where it was; else what the source states")
    documents: int = Field(description="How many these are")
    unknown: int = Field(description="How many of them state no amount")
    net: Decimal | None = Field(description="Sum of the net amounts of all rates; null if one of them is null")
    tax: Decimal | None = Field(description="Sum of the tax of all rates; null if one of them is null")
    rates: list[RateSumModel] = Field(description="The amounts by tax rate, those without a rate last")

    @classmethod
    def of(cls, total: Sum) -> Self:
        """Return the model of a sum."""
        rates = [RateSumModel.of(rate_sum, total.currency) for rate_sum in total.rates]
        return cls(
            **total._asdict()
            | _amounts(total, total.currency)
            | {"rates": rates, "direction_title": title_of(total.direction)}
        )


def _amounts(total: Sum | RateSum, currency: str) -> dict[str, Any]:
    amounts = {"gross": total.gross, "net": total.net, "tax": total.tax}
    return {name: in_currency(amount, currency) for name, amount in amounts.items()}


class SumList(BaseModel):
    """Sums of documents, latest month first."""

    sums: list[SumModel]
