"""The settings of one sync account (design section 2), as its file ``<account>.yaml`` states them, validated."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from debitoor_provider.sync.accounts.frequency import Frequency, check_schedule
from debitoor_provider.sync.accounts.sections import (
    Books,
    Connections,
    Defaults,
    DocumentFilter,
    ExportLimits,
    Limits,
    Notify,
    Period,
    ReverseChargeRule,
    SalesKind,
    Section,
    SpecificationField,
    TaxRate,
)
from debitoor_provider.sync.accounts.times import WITH_DAYS, WITH_TIME, TimeOfDay, Weekday, cron_of, described
from debitoor_provider.sync.accounts.values import (
    DebitoorId,
    Distinct,
    Name,
    Note,
    OneLine,
    RenameTemplate,
    Switch,
    Timezone,
    not_valid,
)

if TYPE_CHECKING:
    from decimal import Decimal


class AccountHead(Section):
    """The head of each account file."""

    type: str
    name: Name = Field(description="Name of the account, as people know it", examples=["Acme GmbH, receipts"])


class DebitoorSettings(AccountHead):
    """Settings that name an account at Debitoor."""

    debitoor_id: DebitoorId = Field(
        description="The e-mail address registered at Debitoor, or the account's id where Debitoor reports no address; "
        "compared with the account that the connection leads to",
        examples=["books@acme.example"],
    )


class Account(AccountHead):
    """What all directions have in common."""

    frequency: Frequency = Field(default=Frequency("daily"), description="How often the account is synchronised")
    at: TimeOfDay | None = Field(
        default=None,
        description="With daily, weekly or monthly: the time of day, hour and minute; without it midnight",
        examples=["06:30"],
    )
    days: Distinct[Weekday] = Field(
        default=(),
        description="With weekly: the days of the week; without any it is Monday",
        examples=["[monday, thursday]"],
    )
    timezone: Timezone = Field(
        default="Europe/Berlin",
        validate_default=True,
        description="Time zone of the frequency and the time of day (IANA name)",
        examples=["Europe/Berlin"],
    )
    note: Note = Field(default="", description="Anything worth knowing about the account")
    connections: Section = Field(description="The Airflow connections to use, by service")
    period: Period = Field(default=Period(), description="Document dates to synchronise")
    parallel: int = Field(default=8, strict=True, ge=1, le=64, description="Documents moved at the same time")
    pool: Annotated[OneLine, Field(min_length=1, max_length=256)] | None = Field(
        default=None, description="Airflow pool that the account's transfers share"
    )
    retries: int = Field(
        default=3, strict=True, ge=0, le=20, description="How often a task is tried again after a temporary error"
    )
    duplicates: Literal["off", "flag", "hold"] = Field(
        default="flag",
        description="Documents that may be duplicates of another one under a different id, or of a record made "
        "by hand: send and mark them (flag), hold them for a person, or do not look for them (off)",
    )
    limits: Limits = Field(default=Limits(), description="How much a run may do before it stops and asks a person")
    notify: Notify | None = Field(
        default=None,
        description="Who is notified of failures and of documents that need a decision; without it nobody is",
        examples=[{"connection": "mail_acme", "to": "[anna@acme.example]"}],
    )

    @field_validator("at")
    @classmethod
    def _time_is_used(cls, at: str | None, info: ValidationInfo) -> str | None:
        if at is not None and "frequency" in info.data and info.data["frequency"].root not in WITH_TIME:
            raise not_valid("setting_time_unused", frequencies=list(WITH_TIME))
        return at

    @field_validator("days")
    @classmethod
    def _days_are_used(cls, days: tuple[Weekday, ...], info: ValidationInfo) -> tuple[Weekday, ...]:
        if days and "frequency" in info.data and info.data["frequency"].root != WITH_DAYS:
            raise not_valid("setting_days_unused", frequency=WITH_DAYS)
        return days

    @property
    def cron(self) -> str | None:
        """The cron expression of the schedule; ``None`` for *manual*."""
        return cron_of(self.frequency.root, self.at, self.days)

    @property
    def schedule(self) -> str:
        """When it is synchronised, in a few words."""
        return described(self.frequency.root, self.at, self.days)

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

    @property
    def stated_home_rate(self) -> tuple[Decimal, str] | None:
        """The rate of the reverse charge, and the country of the books, if the settings state both."""
        return None

    def connection_of(self, service: str) -> str:
        """Return the id of the connection to a service."""
        return str(getattr(self.connections, service))


class DebitoorAccount(Account, DebitoorSettings):
    """What both directions between GetMyInvoices and Debitoor have in common."""

    connections: Connections = Field(
        description="The Airflow connections to use",
        examples=[{"getmyinvoices": "getmyinvoices_acme", "debitoor": "debitoor_acme"}],
    )


class ExportAccount(DebitoorAccount, defer_build=False):
    """Documents of GetMyInvoices become expenses in Debitoor."""

    type: Literal["export"] = Field(description="Direction: from GetMyInvoices to Debitoor")
    filter: DocumentFilter = Field(default=DocumentFilter(), description="Which documents are exported")
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
        description="Credit notes recorded with positive amounts: hold them for a person, keep or reverse the sign",
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
    accept_rates: Distinct[TaxRate] = Field(
        default=(),
        description="Tax rates in per cent to book although they are no VAT rate of the supplier's country on the "
        "document's date; others are held for a person",
        examples=[[16.34]],
    )
    books: Books = Field(default=Books(), description="Facts about the books that Debitoor may not report")
    limits: ExportLimits = Field(
        default=ExportLimits(), description="How much a run may do before it stops and asks a person"
    )
    category: Annotated[OneLine, Field(min_length=1, max_length=200)] | None = Field(
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

    @property
    def stated_home_rate(self) -> tuple[Decimal, str] | None:
        """The rate of the reverse charge, and the country of the books, if the settings state both."""
        rule, country = self.reverse_charge, self.books.country
        return (rule.tax_rate, country) if rule and country else None


class ImportAccount(DebitoorAccount, defer_build=False):
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
    """Return 64 hexadecimal characters that are the same for the same settings, and disclose nothing about them."""
    return hashlib.sha256(account.model_dump_json(by_alias=True).encode()).hexdigest()


_OF_NO_EFFECT = {
    "name", "frequency", "at", "days", "timezone", "note", "parallel", "pool", "retries", "limits", "notify",
}  # fmt: skip


def fingerprint(account: Account) -> str:
    """Return 64 hexadecimal characters that change with the settings that decide what happens to a document."""
    deciding = account.model_dump(mode="json", by_alias=True, exclude=_OF_NO_EFFECT)
    canonical = json.dumps(deciding, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
