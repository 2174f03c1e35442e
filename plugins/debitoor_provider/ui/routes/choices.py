"""What there is to choose from when an account is set."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from debitoor_provider.messages import Message, Reader, current_reader
from debitoor_provider.services.getmyinvoices.enums import DocumentType, PaymentStatus
from debitoor_provider.services.getmyinvoices.models import Document
from debitoor_provider.sync.account_files.schema import json_schema
from debitoor_provider.sync.accounts.frequency import FREQUENCIES
from debitoor_provider.sync.accounts.sections import SalesKind, SpecificationField
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.naming.placeholders import PLACEHOLDERS
from debitoor_provider.ui.access import ANY_USER
from debitoor_provider.ui.strict import StrictRoute

router = APIRouter(tags=["Accounts"], route_class=StrictRoute)


class PlaceholderChoice(BaseModel):
    """A placeholder of the pattern for file names."""

    name: str
    description: str = Field(description="The forms that it may take after a colon; empty when there are none")
    example: str


class Choices(BaseModel):
    """What there is to choose from."""

    types: list[str]
    frequencies: list[str]
    document_types: list[str] = Field(description="Of documents that can be exported")
    sales_document_types: list[str] = Field(description="That an imported document may be given")
    sales_documents: list[str] = Field(description="Kinds of sales documents that can be imported")
    payment_statuses: list[str]
    specification: list[str]
    placeholders: list[PlaceholderChoice]
    timezones: list[str]
    schema_: dict[str, Any] = Field(alias="schema", description="JSON Schema of account files")


@router.get("/choices", dependencies=[Depends(ANY_USER)])
def list_choices() -> Choices:
    """Return what there is to choose from."""
    return _choices(tuple(DIRECTIONS), current_reader())


@cache
def _choices(types: tuple[str, ...], _: Reader) -> Choices:
    return Choices(
        types=list(types),
        frequencies=list(FREQUENCIES),
        document_types=[kind.value for kind in DocumentType if kind is not DocumentType.SALES_INVOICE],
        sales_document_types=[kind.value for kind in DocumentType],
        sales_documents=[kind.value for kind in SalesKind],
        payment_statuses=[status.value for status in PaymentStatus],
        specification=[field.value for field in SpecificationField],
        placeholders=[
            PlaceholderChoice(
                name=name,
                description=Message(kind.forms).text() if kind.forms else "",
                example=_shown(kind.default, value(_EXAMPLE)),
            )
            for name, (kind, value) in PLACEHOLDERS.items()
        ],
        timezones=sorted(available_timezones()),
        schema=json_schema(),
    )


def _shown(form: Any, value: Any) -> str:
    return str(form(value)) if value not in (None, "") else ""


_EXAMPLE = Document(
    document_uid=28715,
    document_type=DocumentType.INCOMING_INVOICE,
    document_number="RE-2026-0042",
    document_date=date(2026, 3, 1),
    created_at=datetime(2026, 3, 2, tzinfo=UTC).date(),
    company_name="Paper Ltd",
    order_number="PO-7",
    net_amount=Decimal("100.00"),
    gross_amount=Decimal("119.00"),
    currency="EUR",
    tags=("books", "2026"),
    note="Office",
    filename="scan0042.pdf",
    payment_status=PaymentStatus.PAID,
)
