"""The settings of one sync account (design section 2), as its file ``<account>.yaml`` states them, validated."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from debitoor_provider.services.debitoor.enums import ConsumptionOrResale, ProductOrService  # noqa: TC001  pydantic
from debitoor_provider.services.getmyinvoices.enums import DocumentType, PaymentStatus
from debitoor_provider.sync.accounts.values import (
    CompanyRef,
    ConnectionId,
    Country,
    Currency,
    Day,
    Distinct,
    Email,
    Frequency,
    Name,
    Note,
    PurchaseType,
    RenameTemplate,
    Switch,
    Tag,
    Text,
    Timezone,
    check_schedule,
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

    model_config = ConfigDict(frozen=True, extra="forbid")


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


class Filter(Section):
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

    tax_rate: Decimal = Field(
        ge=0, le=100, max_digits=5, decimal_places=2, description="The rate at home, in per cent", examples=[19]
    )
    product_or_service: ProductOrService = Field(description="What is bought")
    consumption_or_resale: ConsumptionOrResale = Field(description="What it is bought for")


# Debitoor contract A27.
class Books(Section):
    """Currency and country of the books, for an account where Debitoor does not report them."""

    currency: Currency | None = Field(
        default=None,
        description="Currency of the books (ISO 4217), used when Debitoor does not report one",
        examples=["EUR"],
    )
    country: Country | None = Field(
        default=None,
        description="Country of the company (ISO 3166, two letters), used when Debitoor does not report one",
        examples=["DE"],
    )


Rate = Annotated[Decimal, Field(gt=0, le=100, max_digits=5, decimal_places=2)]
"""A tax rate in per cent."""


class Limits(Section):
    """How much a run may do; one that would do more stops and asks a person. Without a limit nothing is asked."""

    new_documents: Annotated[int, Field(strict=True, ge=1, le=10_000_000)] | None = Field(
        default=None,
        description="Most documents that a run may move; one that has more to move moves none and asks a person",
        examples=[500],
    )
    rejected_share: Annotated[int, Field(strict=True, ge=1, le=99)] | None = Field(
        default=None,
        description="Largest share of a run's documents that may be rejected, in per cent, from 20 documents on; when "
        "more are, the run begins no further document and asks a person",
        examples=[30],
    )


class ExportLimits(Limits):
    """How much a run of an export may do."""

    archived: Annotated[int, Field(strict=True, ge=1, le=10_000_000)] | None = Field(
        default=None,
        description="Most documents that a run may archive in GetMyInvoices; one that has more archives none and asks "
        "a person",
        examples=[500],
    )


class Named(Section):
    """The head of each account file."""

    type: str
    name: Name = Field(description="Name of the account, as people know it", examples=["Acme GmbH, receipts"])


class OfDebitoor(Named):
    """Settings that name an account at Debitoor."""

    debitoor_id: Email = Field(
        description="The e-mail address registered at Debitoor; compared with the account that the connection leads to",
        examples=["books@acme.example"],
    )


class Account(Named):
    """What all directions have in common."""

    frequency: Frequency = Field(default=Frequency("daily"), description="How often the account is synchronised")
    timezone: Timezone = Field(
        default="Europe/Berlin",
        validate_default=True,
        description="Time zone of the frequency (IANA name)",
        examples=["Europe/Berlin"],
    )
    note: Note = Field(default="", description="Anything worth knowing about the account")
    connections: Section = Field(description="The Airflow connections to use, by service")
    period: Period = Field(default=Period(), description="Document dates to synchronise")
    parallel: int = Field(default=8, strict=True, ge=1, le=64, description="Documents moved at the same time")
    pool: Annotated[Text, Field(min_length=1, max_length=256)] | None = Field(
        default=None, description="Airflow pool that the account's transfers share"
    )
    retries: int = Field(
        default=3, strict=True, ge=0, le=20, description="How often a task is tried again after a passing fault"
    )
    limits: Limits = Field(default=Limits(), description="How much a run may do before it stops and asks a person")

    @field_validator("timezone")
    @classmethod
    def _schedule_is_possible(cls, timezone: str, info: ValidationInfo) -> str:
        if "frequency" in info.data:
            check_schedule(info.data["frequency"], timezone)
        return timezone

    @property
    def archives(self) -> bool:
        """Whether documents are archived at the source once they are at the target."""
        return False

    @property
    def most_archived(self) -> int | None:
        """Most documents that a run may archive at the source; ``None`` without a limit."""
        return None

    @property
    def named_companies(self) -> list[str]:
        """The companies that the settings name, for people who search for an account."""
        return []

    def connection_of(self, service: str) -> str:
        """Return the id of the connection to a service."""
        return str(getattr(self.connections, service))


class DebitoorAccount(Account, OfDebitoor):
    """What both directions between GetMyInvoices and Debitoor have in common."""

    connections: Connections = Field(
        description="The Airflow connections to use",
        examples=[{"getmyinvoices": "getmyinvoices_acme", "debitoor": "debitoor_acme"}],
    )


class ExportAccount(DebitoorAccount):
    """Documents of GetMyInvoices become expenses in Debitoor."""

    type: Literal["export"] = Field(description="Direction: from GetMyInvoices to Debitoor")
    filter: Filter = Field(default=Filter(), description="Which documents are exported")
    rename: RenameTemplate = Field(
        default="",
        description="File name that the copy in Debitoor gets, with placeholders in braces; empty keeps the name",
        examples=["{document_date}_{company}_{document_number}"],
    )
    specification: Distinct[SpecificationField] = Field(
        default=(SpecificationField.DOCUMENT_NUMBER, SpecificationField.COMPANY, SpecificationField.NOTE),
        description="What the record in Debitoor states about its document, in this order",
    )
    archive_after_transfer: Switch = Field(
        default=False, description="Archive the document in GetMyInvoices once it was verified in Debitoor"
    )
    foreign_currency: Literal["hold", "zero_amount", "convert"] = Field(
        default="hold",
        description="Documents in another currency than the books: hold them for a person, "
        "book amount 0 and state the real one in the text, or convert them at the ECB's reference rate of their date",
    )
    reverse_charge: ReverseChargeRule | None = Field(
        default=None,
        description="How purchases from other EU countries are booked; without it they are held for a person",
    )
    positive_credit_note: Literal["hold", "keep", "negate"] = Field(
        default="hold",
        description="Credit notes recorded with positive amounts: hold them for a person, keep or turn the sign",
    )
    two_rates: Literal["nearest", "hold"] = Field(
        default="nearest",
        description="Documents with two tax rates whose net amounts are not stated and have more than one solution: "
        "book the split nearest to the stated amounts and mark it, or hold the document for a person",
    )
    invoice: Literal["prove", "fill", "off"] = Field(
        default="prove",
        description="What an e-invoice in the document's file decides, if its figures are proven to the cent: prove "
        "the record and hold the document where they contradict each other; only fill in what the record lacks; or off",
    )
    accept_rates: Distinct[Rate] = Field(
        default=(),
        description="Tax rates in per cent to book although they are no VAT rate of the supplier's country on the "
        "document's date; others are held for a person",
        examples=[[16.34]],
    )
    books: Books = Field(default=Books(), description="Facts about the books that Debitoor may not report")
    limits: ExportLimits = Field(
        default=ExportLimits(), description="How much a run may do before it stops and asks a person"
    )
    category: Annotated[Text, Field(min_length=1, max_length=200)] | None = Field(
        default=None,
        description="Id of the Debitoor expense category that every line gets",
        examples=["office.software"],
    )

    @property
    def archives(self) -> bool:
        """Whether documents are archived in GetMyInvoices once they are in Debitoor."""
        return self.archive_after_transfer

    @property
    def most_archived(self) -> int | None:
        """Most documents that a run may archive in GetMyInvoices; ``None`` without a limit."""
        return self.limits.archived

    @property
    def named_companies(self) -> list[str]:
        """The companies whose documents alone are taken."""
        return [str(company) for company in self.filter.companies.include]


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
    note: Annotated[Text, Field(max_length=500)] = Field(default="", description="Note")

    @model_validator(mode="after")
    def _company_to_create(self) -> Self:
        if self.create_company and self.company is None:
            raise not_valid("setting_company_to_create")
        return self


class ImportAccount(DebitoorAccount):
    """Invoices and credit notes of Debitoor become documents in GetMyInvoices."""

    type: Literal["import"] = Field(description="Direction: from Debitoor to GetMyInvoices")
    documents: Distinct[SalesKind] = Field(
        default=(SalesKind.INVOICES, SalesKind.CREDIT_NOTES), min_length=1, description="What is imported"
    )
    defaults: Defaults = Field(default=Defaults(), description="What the imported documents are given")

    @property
    def named_companies(self) -> list[str]:
        """The company that imported documents are assigned to."""
        return [self.defaults.company] if self.defaults.company else []


def type_of(model: type[BaseModel]) -> str:
    """Return what ``type`` is in files with these settings."""
    (value,) = get_args(model.model_fields["type"].annotation)
    return str(value)


def digest(account: Account) -> str:
    """Return 64 hexadecimal characters that are the same for the same settings, and tell nothing of them."""
    return hashlib.sha256(account.model_dump_json(by_alias=True).encode()).hexdigest()


_OF_NO_EFFECT = {"name", "frequency", "timezone", "note", "parallel", "pool", "retries", "limits"}


def fingerprint(account: Account) -> str:
    """Return 64 hexadecimal characters that change with the settings that decide what happens to a document."""
    deciding = account.model_dump(mode="json", by_alias=True, exclude=_OF_NO_EFFECT)
    canonical = json.dumps(deciding, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
