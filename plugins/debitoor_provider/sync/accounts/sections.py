"""The parts of an account file, each a section of its settings."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from debitoor_provider.services.debitoor.enums import ConsumptionOrResale, ProductOrService  # noqa: TC001  pydantic
from debitoor_provider.services.getmyinvoices.enums import DocumentType, PaymentStatus
from debitoor_provider.sync.accounts.numbers import PlainAmount, PlainNumber
from debitoor_provider.sync.accounts.values import (
    CompanyRef,
    ConnectionId,
    CountryCode,
    CurrencyCode,
    Day,
    Distinct,
    Email,
    Name,
    OneLine,
    PurchaseType,
    Switch,
    Tag,
    not_valid,
)
from debitoor_provider.sync.text import fold


class SpecificationField(StrEnum):
    """What the record in Debitoor can state about its document (contract A-24)."""

    DOCUMENT_NUMBER = "document_number"
    COMPANY = "company"
    DOCUMENT_DATE = "document_date"
    DUE_DATE = "due_date"
    DOCUMENT_TYPE = "document_type"
    ORDER_NUMBER = "order_number"
    NOTE = "note"
    TAGS = "tags"
    PAYMENT_STATUS = "payment_status"
    PAYMENT_METHOD = "payment_method"
    FILE_NAME = "file_name"
    DOCUMENT_UID = "document_uid"


class SalesKind(StrEnum):
    """What an import fetches from Debitoor."""

    INVOICES = "invoices"
    CREDIT_NOTES = "credit_notes"


class Section(BaseModel):
    """A part of the settings: fixed once read, and without room for misspelt fields."""

    # Validated as a part of a direction's settings: built for itself only if that is asked for. Saves a tenth of what a
    # DAG file's imports take.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Connections(Section):
    """The Airflow connections that hold the keys of both services."""

    getmyinvoices: ConnectionId = Field(
        description="Id of the Airflow connection to GetMyInvoices", examples=["getmyinvoices_acme"]
    )
    debitoor: ConnectionId = Field(description="Id of the Airflow connection to Debitoor", examples=["debitoor_acme"])


# Contract A-25.
class Period(Section):
    """Document dates, both ends inclusive, either may be open."""

    start: Day | None = Field(
        default=None,
        alias="from",
        description="First document date, inclusive; without it the period is open",
        examples=["2026-01-01"],
    )
    end: Day | None = Field(
        default=None,
        alias="to",
        description="Last document date, inclusive; without it the period is open",
        examples=["2026-12-31"],
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start and self.end and self.start > self.end:
            raise not_valid("setting_period", start=self.start, end=self.end)
        return self


class Tags(Section):
    """Which tags a document has to carry. Case does not matter."""

    any: Distinct[Tag] = Field(default=(), description="At least one of these", examples=[["books"]])
    all: Distinct[Tag] = Field(default=(), description="Each of these", examples=[["checked", "2026"]])
    none: Distinct[Tag] = Field(default=(), description="Not one of these", examples=[["private"]])

    @model_validator(mode="after")
    def _possible(self) -> Self:
        barred = {fold(tag) for tag in self.none}
        wanted = {fold(tag) for tag in self.any}
        if barred & {fold(tag) for tag in self.all} or (wanted and wanted <= barred):
            raise not_valid("setting_tags_contradict")
        return self


class Companies(Section):
    """Suppliers and portals, either only these or all but these. Case does not matter."""

    include: Distinct[CompanyRef] = Field(
        default=(),
        min_length=1,
        description="Only documents of these: names, or numbers in GetMyInvoices",
        examples=[["Paper Ltd", 4711]],
    )
    exclude: Distinct[CompanyRef] = Field(
        default=(),
        description="All documents but those of these: names, or numbers in GetMyInvoices",
        examples=[["Example Portal"]],
    )

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if self.include and self.exclude:
            raise not_valid("setting_companies_both")
        return self


class DocumentFilter(Section):
    """Which documents an export takes."""

    document_types: Distinct[PurchaseType] = Field(
        default=(DocumentType.INCOMING_INVOICE, DocumentType.RECEIPT, DocumentType.CREDIT_NOTE),
        min_length=1,
        description="Document types to export",
    )
    tags: Tags = Field(default=Tags(), description="Tags that a document must or must not have")
    companies: Companies = Field(default=Companies(), description="Companies to take or to leave out")
    payment_status: Distinct[PaymentStatus] = Field(
        default=(), description="Payment statuses to export; none given means all", examples=[["Paid", "Not paid"]]
    )
    approved_only: Switch = Field(default=False, description="Export only what was released in its approval workflow")
    without_workflow: Literal["skip", "pass"] = Field(
        default="skip", description="With approved_only: what happens to documents that have no workflow at all"
    )
    archived: Switch = Field(
        default=False, description="Also export documents that are archived in GetMyInvoices already"
    )


# Debitoor contract section 6.4.
class ReverseChargeRule(Section):
    """How purchases from other EU countries are booked."""

    tax_rate: Annotated[Decimal, PlainNumber] = Field(
        ge=0, le=100, max_digits=5, decimal_places=2, description="The rate at home, in per cent", examples=[19]
    )
    product_or_service: ProductOrService = Field(description="What is bought")
    consumption_or_resale: ConsumptionOrResale = Field(description="What it is bought for")


# Debitoor contract A27.
class Books(Section):
    """Currency and country of the books, for an account where Debitoor does not report them."""

    currency: CurrencyCode | None = Field(
        default=None,
        description="Currency of the books (ISO 4217), used when Debitoor does not report one",
        examples=["EUR"],
    )
    country: CountryCode | None = Field(
        default=None,
        description="Country of the company (ISO 3166, two letters), used when Debitoor does not report one",
        examples=["DE"],
    )


TaxRate = Annotated[Decimal, Field(gt=0, le=100, max_digits=5, decimal_places=2), PlainNumber]
"""A tax rate in per cent."""


class Limits(Section):
    """How much a run may do; one that would do more asks a person first. Without a limit nothing is asked."""

    new_documents: Annotated[int, Field(strict=True, ge=1, le=10_000_000)] | None = Field(
        default=None,
        description="Most documents that a run may move; one that has more to move moves none and asks a person",
        examples=[500],
    )
    amount: Annotated[Decimal, Field(gt=0, le=1_000_000_000, decimal_places=2), PlainAmount] | None = Field(
        default=None,
        description="Maximum total of the documents of a run, gross and ignoring signs, in the currency of "
        "the books; a run whose documents come to more moves none and asks a person",
        examples=[10000.00],
    )
    rejected_share: Annotated[int, Field(strict=True, ge=1, le=99)] | None = Field(
        default=None,
        description="Largest share of a run's documents that may be rejected, in per cent, from 20 documents on; when "
        "more are, the run begins no further document and asks a person",
        examples=[30],
    )
    exceeded: Literal["stop", "approval"] = Field(
        default="stop",
        description="What a run does that would exceed new_documents or amount: it ends, and a later run goes on once "
        "a person has allowed it on the Synchronisation page (stop); or it waits in Airflow's own view until a person "
        "has approved or refused its plan (approval)",
    )
    approval_hours: int = Field(
        default=24,
        strict=True,
        ge=1,
        le=720,
        description="How many hours a plan waits for its approval; if nobody answers, the run ends without moving "
        "anything, and the next one asks again",
    )

    @model_validator(mode="after")
    def _something_to_approve(self) -> Self:
        if self.exceeded == "approval" and self.new_documents is None and self.amount is None:
            raise not_valid("setting_nothing_to_approve")
        return self


class ExportLimits(Limits):
    """How much a run of an export may do."""

    archived: Annotated[int, Field(strict=True, ge=1, le=10_000_000)] | None = Field(
        default=None,
        description="Most documents that a run may archive in GetMyInvoices; one that has more archives none and asks "
        "a person",
        examples=[500],
    )


class Notify(Section):
    """Who is notified of failures and of documents that need a decision."""

    connection: ConnectionId = Field(
        description="Id of the Airflow connection to send by: of type smtp (mail), slackwebhook or http (any webhook)",
        examples=["mail_acme"],
    )
    to: Distinct[Email] = Field(default=(), description="Who gets the mail", examples=[["anna@acme.example"]])
    language: Literal["en", "fr", "de", "da"] = Field(default="en", description="Language of what is sent")
    when: Distinct[Literal["failed", "attention"]] = Field(
        default=("failed", "attention"),
        min_length=1,
        description="What to notify of: a synchronisation that failed or is late, and one that works again (failed); "
        "documents that newly need a decision, and plans that wait for approval (attention)",
    )


# Contract A-26.
class Defaults(Section):
    """What an imported document is given in GetMyInvoices."""

    document_type: DocumentType = Field(default=DocumentType.SALES_INVOICE, description="Document type")
    credit_note_type: DocumentType | None = Field(
        default=None, description="Document type of credit notes; without it the same as document_type"
    )
    positive_credit_note: Literal["hold", "keep", "negate"] = Field(
        default="hold",
        description="Credit notes that Debitoor reports with positive amounts: hold them for a person, keep or turn "
        "the sign",
    )
    tags: Distinct[Tag] = Field(default=(), description="Tags", examples=[["debitoor"]])
    company: Name | None = Field(
        default=None,
        description="Company in GetMyInvoices: its name or VAT id; without it the document is unassigned",
        examples=["Acme GmbH"],
    )
    create_company: Switch = Field(default=False, description="Create the company when GetMyInvoices does not know it")
    note: Annotated[OneLine, Field(max_length=500)] = Field(default="", description="Note")

    @model_validator(mode="after")
    def _company_to_create(self) -> Self:
        if self.create_company and self.company is None:
            raise not_valid("setting_company_to_create")
        return self
