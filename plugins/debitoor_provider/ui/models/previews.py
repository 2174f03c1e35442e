"""A preview of a run as the API returns it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from debitoor_provider.sync.steps.preview_result import PreviewOutcome
from debitoor_provider.ui.models.common import RequestDay, Text
from debitoor_provider.ui.models.sums import SumModel


class PreviewRequest(BaseModel):
    """What to look at; without a period it is what the next run would take."""

    model_config = ConfigDict(extra="forbid")

    start: RequestDay | None = Field(default=None, alias="from", description="First document date, inclusive")
    end: RequestDay | None = Field(default=None, alias="to", description="Last document date, inclusive")
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PreviewedDocument(BaseModel):
    """What would become of one document."""

    source_id: str
    outcome: PreviewOutcome
    document_date: date | None
    document_number: Text
    company: Text
    gross_amount: Decimal | None = Field(
        description="What would be booked, in ``currency``; the record's amount where nothing would be"
    )
    currency: Text
    source_name: Text
    target_name: Text
    invoice: str = Field(description="Outcome of its e-invoice, such as proven; empty if its file was not read")
    lines: list[str] = Field(description="Booking lines, such as 19 %: 119.00")
    reason: Text = Field(description="Why it would not go and what helps, or what to know of its figures")


class PreviewModel(BaseModel):
    """What a run would do."""

    counts: dict[PreviewOutcome, int] = Field(description="How many of those looked at")
    total: int = Field(description="How many documents the service listed")
    complete: bool = Field(description="Whether all of them were looked at")
    documents: list[PreviewedDocument]
    sums: list[SumModel] = Field(description="What would be booked of those looked at, latest month first")
    warnings: list[Text] = Field(
        default=[], description="Settings that do not fit, and the limit that would stop the run before it archives"
    )
    stop: Text = Field(default="", description="Which limit of the account would stop the run; empty if none would")
