"""A check as the API returns it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from debitoor_provider.sync.check.rows import CheckOutcome
from debitoor_provider.ui.models.common import RequestDay, Text


class CheckRequest(BaseModel):
    """What to compare."""

    model_config = ConfigDict(extra="forbid")

    start: RequestDay | None = Field(default=None, alias="from", description="First document date, inclusive")
    end: RequestDay | None = Field(default=None, alias="to", description="Last document date, inclusive")


class CheckedDocument(BaseModel):
    """One document."""

    outcome: CheckOutcome
    source_id: Text
    target_ids: list[Text]
    document_date: date | None
    document_number: Text
    party: Text
    currency: Text
    gross_here: Decimal | None
    gross_there: Decimal | None
    rates_here: Text = Field(description="Gross amount of each tax rate, such as 19 %: 119.00")
    rates_there: Text
    reason: Text = Field(description="Why it is not the same, and what helps")
    is_missing: bool = Field(description="Whether a run can send it now")
    entry_id: int | None = Field(description="Its id among the account's documents")


class CheckedSum(BaseModel):
    """Gross amounts of one month, currency and tax rate."""

    month: str = Field(description="Of the document date, such as 2026-01; empty without a date")
    currency: Text
    rate: Decimal | None = Field(description="In per cent; null where it is not known")
    source: Decimal
    target: Decimal
    difference: Decimal
    others: Decimal = Field(description="Of records at the target that the account has not made")


class CheckModel(BaseModel):
    """What source, target and ledger say of a period."""

    start: date | None = Field(alias="from")
    end: date | None = Field(alias="to")
    same: bool = Field(description="Whether source and target are the same")
    counts: dict[CheckOutcome, int]
    sums: list[CheckedSum]
    complete: bool = Field(description="Whether all documents that are not the same are listed; the CSV has all")
    documents: list[CheckedDocument] = Field(description="All but those that are the same")
