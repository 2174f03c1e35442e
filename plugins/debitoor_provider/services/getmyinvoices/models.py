"""The records of GetMyInvoices, typed (contract sections 3 to 8).

Empty strings and 0-for-none become ``None`` where it matters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from debitoor_provider.services.getmyinvoices.enums import PaymentStatus
from debitoor_provider.services.value import FileContent, Value

_NONE, _HALF_A_CENT = Decimal(0), Decimal("0.005")


@dataclass(frozen=True, slots=True)
class LineItem(Value):
    """One line of an invoice (contract section 5.3).

    Amounts are in the document's currency, ``tax_percentage`` is in per cent.
    """

    description: str
    quantity: Decimal | None
    unit_net_price: Decimal | None
    tax_percentage: Decimal | None
    tax_amount: Decimal | None
    total_gross: Decimal | None


@dataclass(frozen=True, slots=True)
class Document(Value):
    """One document as the list and the detail call give it (contract section 4.3).

    ``net_amount`` and ``gross_amount`` are ``None`` when the record leaves them out; the service's "empty" amount is 0,
    see ``stated_net`` and ``stated_gross``.
    ``tax_rates`` is empty when one of the rates cannot be read; ``unread_rates`` has those as they are written,
    and ``unread_net``, ``unread_gross`` and ``unread_date`` an amount or a document date that cannot be read.
    ``file_kilobytes`` is the list's ``fileSize`` (unit inferred) and only good for choosing a way to download.
    """

    document_uid: int
    document_type: str
    document_number: str = ""
    document_date: date | None = None
    document_due_date: date | None = None
    created_at: date | None = None
    company_uid: int | None = None
    company_name: str = ""
    order_number: str = ""
    net_amount: Decimal | None = None
    gross_amount: Decimal | None = None
    currency: str = ""
    tax_rates: tuple[Decimal, ...] = ()
    vat_id: str = ""
    is_archived: bool = False
    is_locked: bool = False
    tags: tuple[str, ...] = ()
    note: str = ""
    source: str = ""
    filename: str = ""
    file_kilobytes: Decimal | None = None
    payment_status: str = PaymentStatus.UNKNOWN
    paid_at: date | None = None
    payment_method: str = ""
    line_items: tuple[LineItem, ...] = ()
    unread_rates: tuple[str, ...] = ()
    unread_net: str = ""
    unread_gross: str = ""
    unread_date: str = ""

    @property
    def stated_gross(self) -> Decimal | None:
        """The gross amount; ``None`` where the record does not have one.

        The service writes 0 also for what it does not have (A-12), so 0 is believed only with a tax rate or line items,
        and with no other amount.
        """
        if self.gross_amount != 0:
            return self.gross_amount
        items = abs(sum((item.total_gross or _NONE for item in self.line_items), _NONE)) >= _HALF_A_CENT
        is_stated = bool(self.tax_rates or self.line_items)
        return self.gross_amount if is_stated and not (self.net_amount or items) else None

    @property
    def stated_net(self) -> Decimal | None:
        """The net amount; ``None`` where the record does not have one. 0 is the net amount of a gross amount of 0."""
        return self.net_amount if self.net_amount or self.stated_gross == 0 else None


@dataclass(frozen=True, slots=True)
class Workflow(Value):
    """The approval of a document (contract section 5.4)."""

    is_completed: bool
    name: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class DocumentDetail(Value):
    """The answer of the single-document call (contract section 5.1).

    :param workflow: ``None`` for a document without a workflow (A-13)
    :param content: the file's bytes, when they were requested
    """

    document: Document
    workflow: Workflow | None
    content: FileContent | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class NewDocument(Value):
    """What an upload says about the document (contract section 6.1). ``None`` and empty values are not sent."""

    file_name: str
    document_type: str
    company_uid: int | None = None
    document_number: str = ""
    document_date: date | None = None
    document_due_date: date | None = None
    paid_at: date | None = None
    net_amount: Decimal | None = None
    gross_amount: Decimal | None = None
    currency: str = ""
    tax_rates: tuple[Decimal, ...] = ()
    payment_status: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    order_number: str = ""
    run_ocr: bool = False


@dataclass(frozen=True, slots=True)
class Company(Value):
    """A supplier, portal or own counterparty (contract section 3.3). The list leaves ``postcode`` out."""

    company_uid: int
    name: str
    company_type: str = ""
    country_code: str = ""
    country_uid: int | None = None
    postcode: str = ""
    vat_id: str = ""
    tax_number: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class AccountInfo(Value):
    """Who a key belongs to (contract section 3.2). ``account_id`` looks like ``G-20707-0``."""

    account_id: str
    name: str = ""
    organization: str = ""
    email: str = ""
    currency: str = ""
    timezone: str = ""
    api_key_type: str = ""
    has_banking_access: bool = False


@dataclass(frozen=True, slots=True)
class CountryInfo(Value):
    """A country of the reference list (contract section 3.4)."""

    country_uid: int
    name: str
    country_code: str
    is_eu: bool


@dataclass(frozen=True, slots=True)
class Currency(Value):
    """A currency of the reference list (contract section 3.4)."""

    name: str
    currency_code: str


@dataclass(frozen=True, slots=True)
class Portal(Value):
    """A portal of the vendor's catalogue (contract section 3.4)."""

    supplier_uid: int
    name: str


@dataclass(frozen=True, slots=True)
class Attachment(Value):
    """A further file on a document (contract section 7.4).

    :param content: only in the answer of the single-attachment call
    """

    attachment_uid: int
    file_name: str
    description: str = ""
    attached_at: str = ""
    content: FileContent | None = field(default=None, repr=False)
