"""Records of Debitoor from parsed JSON (contract sections 5 to 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.debitoor.models import (
    Category,
    Contact,
    Country,
    Environment,
    Expense,
    ExpenseLine,
    File,
    Income,
    PaymentAccount,
    PurchaseTaxRates,
    SalesDocument,
    Settings,
)
from debitoor_provider.services.debitoor.tax_groups import tax_groups, tax_rates
from debitoor_provider.services.http.reading import (
    Unexpected,
    amount,
    code,
    day,
    flag,
    integer,
    mapping,
    moment,
    rate,
    rates,
    rows,
    text,
    unread_day,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def environment(payload: Any) -> Environment:
    """Read the account that a token stands for (8.1)."""
    record = mapping(payload, "environment")
    return Environment(
        id=_id(record),
        email=text(record.get("email")),
        country_code=code(record.get("countryCode")),
        currency=code(record.get("currency")),
    )


def settings(payload: Any) -> Settings:
    """Read the account's settings (8.1)."""
    record = mapping(payload, "settings")
    if not any(record.get(name) for name in ("id", "accountEmail", "companyProfile")):
        raise Unexpected(Message("field_missing", field="accountEmail"))
    profile = _part(record, "companyProfile")
    return Settings(
        id=text(record.get("id")),
        account_email=text(record.get("accountEmail")),
        company_name=text(profile.get("name")),
        country_code=code(profile.get("countryCode")),
        vat_number=text(profile.get("vatNumber")),
        strict_bookkeeping=flag(record.get("strictBookkeeping")),
    )


def file(payload: Any) -> File:
    """Read an uploaded file, alone or inside a document (5.3)."""
    record = mapping(payload, "file")
    return File(
        id=_id(record),
        file_name=text(record.get("fileName")),
        type=text(record.get("type")),
        size_bytes=integer(record.get("sizeBytes")),
        url=text(record.get("url")),
    )


def expense(payload: Any) -> Expense:
    """Read an expense (6.3)."""
    record = mapping(payload, "expense")
    return Expense(
        id=_id(record),
        date=day(record.get("date")),
        lines=_lines(record),
        number=integer(record.get("number")),
        file=_file(record),
        supplier_name=text(record.get("supplierName")),
        supplier_country=code(record.get("supplierCountry")),
        currency=code(record.get("currency")),
        total_gross_amount=amount(record.get("totalGrossAmount")),
        total_net_amount=amount(record.get("totalNetAmount")),
        total_tax_amount=amount(record.get("totalTaxAmount")),
        attachment_over_quota=flag(record.get("attachmentOverQuota")),
        created_date=moment(record.get("createdDate")),
        last_modified_date=moment(record.get("lastModifiedDate")),
        deleted_date=moment(record.get("deletedDate")),
    )


def descriptions(payload: Any) -> list[str]:
    """Read the descriptions of an expense's lines."""
    return [text(line.get("description")) for line in _line_rows(mapping(payload, "expense"))]


def income(payload: Any) -> Income:
    """Read other income (8.4)."""
    record = mapping(payload, "income")
    return Income(
        id=_id(record),
        date=day(record.get("date")),
        lines=_lines(record),
        number=integer(record.get("number")),
        file=_file(record),
        customer_name=text(record.get("customerName")),
        customer_country=code(record.get("customerCountry")),
        currency=code(record.get("currency")),
        total_gross_amount=amount(record.get("totalGrossAmount")),
        total_net_amount=amount(record.get("totalNetAmount")),
        total_tax_amount=amount(record.get("totalTaxAmount")),
        created_date=moment(record.get("createdDate")),
        last_modified_date=moment(record.get("lastModifiedDate")),
        deleted_date=moment(record.get("deletedDate")),
    )


def sales_document(payload: Any) -> SalesDocument:
    """Read a booked invoice or credit note (7.3)."""
    record = mapping(payload, "sales document")
    kind = "".join(filter(str.isalpha, text(record.get("type")))).casefold()
    return SalesDocument(
        id=_id(record),
        type=SalesType.CREDIT_NOTE if kind == SalesType.CREDIT_NOTE.casefold() else SalesType.INVOICE,
        number=text(record.get("number")),
        date=day(record.get("date")),
        unread_date=unread_day(record.get("date")),
        due_date=day(record.get("dueDate")),
        customer_name=text(record.get("customerName")),
        customer_id=text(record.get("customerId")),
        customer_country=code(record.get("customerCountry")),
        customer_vat_number=text(record.get("customerVatNumber")),
        currency=code(record.get("currency")),
        total_net_amount=amount(record.get("totalNetAmount")),
        total_tax_amount=amount(record.get("totalTaxAmount")),
        total_gross_amount=amount(record.get("totalGrossAmount")),
        unpaid_amount=amount(record.get("unpaidAmount")),
        paid=flag(record.get("paid")),
        tax_rates=tax_rates(record),
        tax_groups=tax_groups(record),
        deleted=flag(record.get("deleted")),
        deleted_date=moment(record.get("deletedDate")),
        cancelled=bool(text(record.get("deletedByInvoiceId"))) or flag(record.get("compensated")),
        created_date=moment(record.get("createdDate")),
        last_modified_date=moment(record.get("lastModifiedDate")),
    )


def credit_note(payload: Any) -> SalesDocument:
    """Read a record of the credit-note routes, which is one whether or not it says so."""
    return sales_document({**mapping(payload, "credit note"), "type": SalesType.CREDIT_NOTE.value})


def party(payload: Any) -> Contact:
    """Read a supplier or customer (8.2, 8.3)."""
    record = mapping(payload, "party")
    return Contact(
        id=_id(record),
        name=text(record.get("name")),
        country_code=code(record.get("countryCode")),
        number=integer(record.get("number")),
        email=text(record.get("email")),
        address=text(record.get("address")),
        ci_number=text(record.get("ciNumber")),
        reference=text(record.get("reference")),
        is_archived=flag(record.get("isArchived")),
    )


def category(payload: Any) -> Category:
    """Read an expense category (A26)."""
    record = mapping(payload, "category")
    return Category(id=_id(record), name=text(record.get("name")), type=text(record.get("type")))


def payment_account(payload: Any) -> PaymentAccount:
    """Read a payment account (8.5)."""
    record = mapping(payload, "payment account")
    return PaymentAccount(
        id=_id(record),
        name=text(record.get("name")),
        currency=code(record.get("currency")),
        type=text(record.get("type")),
    )


def country(payload: Any) -> Country:
    """Read a country (8.5)."""
    record = mapping(payload, "country")
    return Country(id=_id(record), name=text(record.get("name")), is_eu=flag(record.get("isEU")))


def purchase_tax_rates(payload: Any) -> PurchaseTaxRates:
    """Read the rates of a purchase (8.5); ``reverseCharge`` is an object, or ``false``."""
    record = mapping(payload, "tax rates")
    base = _part(record, "baseTax")
    return PurchaseTaxRates(
        default_rate=rate(base.get("defaultRate")),
        rates=rates(base.get("rates")),
        reverse_charge_rates=rates(_part(record, "reverseCharge").get("rates")),
    )


def _id(record: Mapping[str, Any]) -> str:
    found = text(record.get("id"))
    if not found:
        raise Unexpected(Message("field_missing", field="id"))
    return found


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _file(record: Mapping[str, Any]) -> File | None:
    """Return the attached file: ``file`` in v4, the first of ``attachments`` in v5 (6.6)."""
    found = record.get("file")
    if found is None:
        attachments = record.get("attachments")
        found = attachments[0].get("file") if isinstance(attachments, list) and attachments else None
    return file(found) if isinstance(found, dict) and found.get("id") else None


def _lines(record: Mapping[str, Any]) -> tuple[ExpenseLine, ...]:
    return tuple(
        ExpenseLine(
            tax_rate=rate(line.get("taxRate")),
            gross_amount=amount(line.get("grossAmount")),
            net_amount=amount(line.get("netAmount")),
            tax_amount=amount(line.get("taxAmount")),
            description=text(line.get("description")),
            category_id=text(line.get("categoryId")),
            has_reverse_charge=bool(_part(line, "reverseCharge")),
        )
        for line in _line_rows(record)
    )


def _line_rows(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the lines; none of a record that is not complete, as after an e-mail (6.2)."""
    found = record.get("lines")
    return [] if found is None else rows(found, "lines")
