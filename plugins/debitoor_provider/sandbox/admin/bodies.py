"""Bodies of the admin API."""

# ruff: noqa: TC003 - FastAPI and pydantic read the annotations at run time
from __future__ import annotations

import base64
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from debitoor_provider.sandbox import contract


def _decoded(text: object) -> bytes:
    if not isinstance(text, str):
        raise ValueError("a base64 text is required")  # noqa: TRY004 - pydantic reports this kind
    return base64.b64decode(text, validate=True)


# pydantic's own Base64Bytes would encode again when the model is dumped.
EncodedContent = Annotated[
    bytes, BeforeValidator(_decoded), WithJsonSchema({"type": "string", "contentEncoding": "base64"})
]


class Body(BaseModel):
    """A body that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid")


class NewCompany(Body):
    """See :meth:`debitoor_provider.sandbox.companies.CompanyRegistry.create`."""

    name: str
    country: str = "DE"
    currency: str = "EUR"
    email: str | None = None
    timezone: str = contract.GMI_TIMEZONE
    oauth_client_id: str | None = None
    oauth_client_secret: str | None = None
    oauth_redirect_uri: str = "http://localhost:8080/callback"


class CompanyChange(Body):
    """What may be changed of a company; switches and limits are merged."""

    name: str | None = None
    email: str | None = None
    key_state: Literal["active", "blocked", "cancelled"] | None = None
    oauth_redirect_uri: str | None = None
    switches: dict[str, Any] = Field(default_factory=dict)
    limits: dict[str, int | None] = Field(default_factory=dict)


class DocumentFields(Body):
    """What a person may enter for a document."""

    supplier: str | None = None
    supplier_country: str | None = None
    supplier_vat_id: str | None = None
    document_type: str | None = None
    document_number: str | None = None
    document_date: str | None = None
    due_date: str | None = None
    net_amount: Decimal | None = None
    gross_amount: Decimal | None = None
    tax_rates: list[Decimal] | None = None
    currency: str | None = None
    tags: list[str] | None = None
    note: str | None = None
    order_number: str | None = None
    payment_status: str | None = None
    paid_at: str | None = None
    payment_method: str | None = None
    workflow: dict[str, Any] | None = None
    line_items: list[dict[str, Any]] | None = None
    archived: bool | None = None
    locked: bool | None = None
    text: str | None = None
    source: str | None = None


class NewDocument(DocumentFields):
    """A document with its file."""

    content: EncodedContent
    filename: str
    created_at: AwareDatetime | None = None


class NewPortal(Body):
    """A portal of GetMyInvoices."""

    name: str
    status: Literal["active", "inactive", "pending"] = "active"


class NewInvoice(Body):
    """See :func:`debitoor_provider.sandbox.people_actions.add_invoice`."""

    kind: Literal["invoice", "creditNote"] = "invoice"
    number: str | None = None
    date: str | None = None
    customer_name: str = "Customer Ltd"
    customer_country: str | None = None
    currency: str | None = None
    lines: list[dict[str, Any]] = Field(default_factory=list)
    paid: bool = False
    content: EncodedContent | None = None
    extra: dict[str, Any] = Field(default_factory=dict)


class Cancellation(Body):
    """See :func:`debitoor_provider.sandbox.people_actions.cancel_invoice`."""

    date: str | None = None


class Print(Body):
    """The PDF of a sales document."""

    content: EncodedContent


class Generation(Body):
    """See :func:`debitoor_provider.sandbox.data.lifelike.fill`."""

    documents: int = 0
    invoices: int = 0
    seed: int = 0
    from_date: str | None = None
    to_date: str | None = None


class NewFault(Body):
    """See :class:`debitoor_provider.sandbox.faults.Fault`."""

    model_config = ConfigDict(extra="allow")

    effect: str


class ClockSetting(Body):
    """Set, freeze or advance the clock, or shift that of one service; without any of these, use the machine's time."""

    now: datetime | None = None
    frozen: bool = False
    advance: float | None = None
    service: Literal["gmi", "debitoor"] | None = None
    offset: float | None = None
