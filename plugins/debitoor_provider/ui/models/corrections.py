"""Facts that a person states about one document."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from debitoor_provider.messages import Message
from debitoor_provider.services.http import reading
from debitoor_provider.sync.accounts.numbers import PlainExchangeRate
from debitoor_provider.sync.accounts.values import not_valid
from debitoor_provider.sync.corrections import Corrections, SupplyKind, typed_number
from debitoor_provider.ui.models.common import RequestDay, in_currency

if TYPE_CHECKING:
    from collections.abc import Callable

_ExchangeRate = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=20, decimal_places=10), PlainExchangeRate]


def _as_typed(read: Callable[[str], Decimal | None]) -> BeforeValidator:
    def number_of(value: Any) -> Any:
        found = typed_number(value, read) if isinstance(value, str) else value
        if isinstance(found, Message):
            raise not_valid(found.code, **found.params)
        return found

    return BeforeValidator(number_of)


_Rate = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=20, decimal_places=10), _as_typed(reading.rate)]
_Amount = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=20, decimal_places=10), _as_typed(reading.amount)]


class StatedTax(BaseModel):
    """The part of a document at one tax rate."""

    model_config = ConfigDict(extra="forbid")

    rate: _Rate = Field(description="In percent")
    gross: _Amount | None = Field(default=None, description="In the document's currency; null for a single rate: all")


class StatedFacts(BaseModel):
    """What a person states about a document in place of its record; for null, the record counts."""

    model_config = ConfigDict(extra="forbid")

    date: RequestDay | None = Field(default=None, description="Document date")
    currency: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, max_length=20)] | None = Field(
        default=None, description="Of the document's amounts"
    )
    tax: Annotated[list[StatedTax], Field(max_length=10)] = Field(default=[], description="Gross amounts by tax rate")
    exchange_rate: _ExchangeRate | None = Field(
        default=None, description="Worth of one unit of the document's currency in the currency of the books"
    )
    supply: SupplyKind | None = Field(default=None, description="Where the supply comes from")

    @classmethod
    def of(cls, stated: Corrections, currency: str) -> Self:
        """Return the model of what the ledger keeps.

        :param currency: of the document's record
        """
        of_amounts = stated.currency or currency
        return cls(
            date=stated.date,
            currency=stated.currency or None,
            tax=[StatedTax(rate=rate, gross=in_currency(gross, of_amounts)) for rate, gross in stated.tax],
            exchange_rate=stated.exchange_rate,
            supply=stated.supply,
        )

    def corrections(self) -> Corrections:
        """Return the same as the ledger keeps it."""
        return Corrections(
            date=self.date,
            currency=self.currency or "",
            tax=tuple((part.rate, part.gross) for part in self.tax),
            exchange_rate=self.exchange_rate,
            supply=self.supply,
        )


class BooksCurrency(BaseModel):
    """What an exchange rate converts into."""

    currency: str | None = Field(description="Of the books; null where no account file says whose books they are")


class CorrectionRequest(BaseModel):
    """What a person states about a document, and why."""

    model_config = ConfigDict(extra="forbid")

    stated: StatedFacts
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
