"""The records of Debitoor, typed (contract sections 5 to 8). Properties without a value are left out by the service."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from debitoor_provider.services.debitoor.enums import (  # pydantic reads them
    ConsumptionOrResale,
    ProductOrService,
    SalesType,
)
from debitoor_provider.services.value import Value


@dataclass(frozen=True, slots=True)
class Environment(Value):
    """The account that a token stands for (contract section 8.1, A27)."""

    id: str
    email: str = ""
    country_code: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Settings(Value):
    """The parts of the account's settings that a sync cares for (contract section 8.1)."""

    id: str
    account_email: str = ""
    company_name: str = ""
    country_code: str = ""
    vat_number: str = ""
    strict_bookkeeping: bool = False


@dataclass(frozen=True, slots=True)
class File(Value):
    """An uploaded file (contract section 5.3)."""

    id: str
    file_name: str = ""
    type: str = ""
    size_bytes: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class ReverseCharge(Value):
    """Required for purchases from another EU country and forbidden otherwise (contract section 6.4)."""

    tax_rate: Decimal
    product_or_service: ProductOrService
    consumption_or_resale: ConsumptionOrResale


@dataclass(frozen=True, slots=True)
class NewExpenseLine(Value):
    """A line to be booked; the gross amount is the input (contract section 6.4). At most two decimals."""

    tax_rate: Decimal
    gross_amount: Decimal
    description: str = ""
    category_id: str = ""
    reverse_charge: ReverseCharge | None = None

    @property
    def has_reverse_charge(self) -> bool:
        """Whether the buyer owes the tax."""
        return self.reverse_charge is not None


@dataclass(frozen=True, slots=True)
class NewExpense(Value):
    """An expense to be booked (contract section 6.3). Empty values are not sent.

    :param number: voucher number; without one the service gives the next (not on strict-bookkeeping accounts)
    """

    date: dt.date
    lines: tuple[NewExpenseLine, ...]
    file_id: str = ""
    supplier_id: str = ""
    supplier_name: str = ""
    supplier_country: str = ""
    supplier_ci_number: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class ExpenseLine(Value):
    """A line as stored (contract section 6.4)."""

    tax_rate: Decimal | None
    gross_amount: Decimal | None
    net_amount: Decimal | None
    tax_amount: Decimal | None
    description: str = ""
    category_id: str = ""
    has_reverse_charge: bool = False


@dataclass(frozen=True, slots=True)
class Expense(Value):
    """An expense as stored (contract section 6.3); one that is not complete may lack its date, rates or lines (6.2)."""

    id: str
    date: dt.date | None
    lines: tuple[ExpenseLine, ...]
    number: int | None = None
    file: File | None = None
    supplier_name: str = ""
    supplier_country: str = ""
    currency: str = ""
    total_gross_amount: Decimal | None = None
    total_net_amount: Decimal | None = None
    total_tax_amount: Decimal | None = None
    attachment_over_quota: bool = False
    created_date: dt.datetime | None = None
    last_modified_date: dt.datetime | None = None
    deleted_date: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SalesTaxGroup(Value):
    """What a sales document has of one tax rate (contract section 7.3)."""

    tax_rate: Decimal
    net_amount: Decimal
    tax_amount: Decimal
    gross_amount: Decimal


@dataclass(frozen=True, slots=True)
class SalesDocument(Value):
    """A booked invoice or credit note (contract section 7.3). Amounts are in ``currency``.

    ``tax_groups`` is empty unless the record states the amounts of all rates. ``unread_date`` has a date that cannot be
    read, as it is written.
    """

    id: str
    type: SalesType
    number: str = ""
    date: dt.date | None = None
    due_date: dt.date | None = None
    customer_name: str = ""
    customer_id: str = ""
    customer_country: str = ""
    customer_vat_number: str = ""
    currency: str = ""
    total_net_amount: Decimal | None = None
    total_tax_amount: Decimal | None = None
    total_gross_amount: Decimal | None = None
    unpaid_amount: Decimal | None = None
    paid: bool = False
    tax_rates: tuple[Decimal, ...] = ()
    tax_groups: tuple[SalesTaxGroup, ...] = ()
    deleted: bool = False
    deleted_date: dt.datetime | None = None
    cancelled: bool = False
    created_date: dt.datetime | None = None
    last_modified_date: dt.datetime | None = None
    unread_date: str = ""

    @property
    def is_deleted(self) -> bool:
        """Whether it is gone; one that a credit note cancels has the same flags, but both stay in the books."""
        return (self.deleted or self.deleted_date is not None) and not self.cancelled


@dataclass(frozen=True, slots=True)
class Category(Value):
    """An expense category (contract section 8.5, A26)."""

    id: str
    name: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Contact(Value):
    """A supplier or customer (contract sections 8.2 and 8.3)."""

    id: str
    name: str
    country_code: str = ""
    number: int | None = None
    email: str = ""
    address: str = ""
    ci_number: str = ""
    reference: str = ""
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class PaymentAccount(Value):
    """An account payments are booked on (contract section 8.5)."""

    id: str
    name: str = ""
    currency: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Country(Value):
    """A country of the reference list (contract section 8.5); ``id`` is its two-letter code."""

    id: str
    name: str = ""
    is_eu: bool = False


@dataclass(frozen=True, slots=True)
class PurchaseTaxRates(Value):
    """The VAT rates in per cent that a purchase may have (contract section 8.5)."""

    default_rate: Decimal | None
    rates: tuple[Decimal, ...] = ()
    reverse_charge_rates: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class NewIncomeLine(Value):
    """A line of other income to be booked (contract section 8.4); the gross amount is the input."""

    tax_rate: Decimal
    gross_amount: Decimal
    tax_enabled: bool = True
    description: str = ""
    category_id: str = ""
    product_or_service: ProductOrService | None = None


@dataclass(frozen=True, slots=True)
class NewIncome(Value):
    """Other income to be booked (contract section 8.4). ``customer_country`` is sent even when it is not known."""

    date: dt.date
    lines: tuple[NewIncomeLine, ...]
    file_id: str = ""
    customer_id: str = ""
    customer_name: str = ""
    customer_country: str = ""
    customer_ci_number: str = ""
    customer_vat_number: str = ""


@dataclass(frozen=True, slots=True)
class Income(Value):
    """Other income as stored (contract section 8.4)."""

    id: str
    date: dt.date | None
    lines: tuple[ExpenseLine, ...]
    number: int | None = None
    file: File | None = None
    customer_name: str = ""
    customer_country: str = ""
    currency: str = ""
    total_gross_amount: Decimal | None = None
    total_net_amount: Decimal | None = None
    total_tax_amount: Decimal | None = None
    created_date: dt.datetime | None = None
    last_modified_date: dt.datetime | None = None
    deleted_date: dt.datetime | None = None
