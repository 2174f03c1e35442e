"""Records of GetMyInvoices from parsed JSON, with all the forms they are known to take (contract 4.2, 4.3, 5, 11)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from debitoor_provider.messages import Message
from debitoor_provider.services.getmyinvoices.enums import DocumentType, PaymentStatus
from debitoor_provider.services.getmyinvoices.models import (
    AccountInfo,
    Attachment,
    Company,
    CountryInfo,
    Currency,
    Document,
    DocumentDetail,
    LineItem,
    Portal,
    Workflow,
)
from debitoor_provider.services.http.reading import (
    Unexpected,
    amount,
    code,
    day,
    decimal,
    flag,
    identifier,
    integer,
    mapping,
    rate,
    rates,
    rows,
    text,
    texts,
    unread_amount,
    unread_day,
    unread_rates,
)
from debitoor_provider.services.spelling import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

R = TypeVar("R")

_LISTED = frozenset((*DocumentType, *PaymentStatus))


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """One page of a list (4.2); ``total`` and ``pages`` are ``None`` when the envelope leaves them out."""

    records: list[R]
    total: int | None
    pages: int | None


def page(payload: Any, key: str, read: Callable[[Mapping[str, Any]], R], number: int = 1) -> Page[R]:
    """Read an envelope whose records are an array, an object keyed by id, or a single record.

    :param key: a field every record has, which distinguishes a single record from a collection
    :param read: reads one record
    :param number: of the page
    :raises Unexpected: for an empty page where the list itself says that there is something
    """
    envelope = mapping(payload, "list")
    records = envelope.get("records")
    if records is None and integer(envelope.get("totalCount")) != 0:
        raise Unexpected(Message("field_missing", field="records"))
    if isinstance(records, dict) and key in records:
        records = [records]
    total, last = integer(envelope.get("totalCount")), integer(envelope.get("maxPages"))
    if not records and (total or 0) > 0 and number <= max(last or 0, 1):
        raise incomplete(0, total)
    return Page(list(map(read, rows(records or [], "records"))), total, last)


def incomplete(found: int, total: int | None) -> Unexpected:
    """Make the error of a list with fewer records than it counts."""
    return Unexpected(Message("records_fewer_than_counted", found=found, total=total or 0))


def document(record: Mapping[str, Any]) -> Document:
    """Read a document of the list, or the ``meta_data`` of the detail call (4.3)."""
    items = _records(record.get("lineItems"))
    unread = (*unread_rates(record.get("taxRates")), *unread_rates([item.get("tax_percentage") for item in items]))
    dated, net, gross = record.get("documentDate"), record.get("netAmount"), record.get("grossAmount")
    document_date, net_amount, gross_amount = day(dated), amount(net), amount(gross)
    return Document(
        document_uid=identifier(record.get("documentUid"), "documentUid"),
        document_type=_known(text(record.get("documentType")), DocumentType),
        document_number=text(record.get("documentNumber")),
        document_date=document_date,
        document_due_date=day(record.get("documentDueDate")),
        created_at=day(record.get("createdAt")),
        company_uid=integer(record.get("companyUid")) or None,
        company_name=text(record.get("companyName")),
        order_number=text(record.get("orderNumber")),
        net_amount=net_amount,
        gross_amount=gross_amount,
        currency=code(record.get("currency")),
        tax_rates=() if unread else rates(record.get("taxRates")),
        unread_rates=tuple(dict.fromkeys(unread)),
        unread_net=unread_amount(net) if net_amount is None else "",
        unread_gross=unread_amount(gross) if gross_amount is None else "",
        unread_date=unread_day(dated) if document_date is None else "",
        vat_id=text(record.get("vat_id")),
        is_archived=flag(record.get("isArchived")),
        is_locked=flag(record.get("isLocked")),
        tags=texts(record.get("tags")),
        note=text(record.get("note")),
        source=text(record.get("source")),
        filename=text(record.get("filename")),
        file_kilobytes=decimal(record.get("fileSize")),
        payment_status=_known(text(record.get("paymentStatus")), PaymentStatus) or PaymentStatus.UNKNOWN,
        paid_at=day(record.get("paidAt")),
        payment_method=text(record.get("paymentMethod")),
        line_items=tuple(map(_line_item, items)),
    )


def deleted_document(record: Mapping[str, Any]) -> int:
    """Read the id of a document that is no more (7.3)."""
    return identifier(record.get("documentUid"), "documentUid")


def document_detail(payload: Any) -> DocumentDetail:
    """Read the answer of the single-document call (5.1)."""
    answer = mapping(payload, "document")
    meta = mapping(answer.get("meta_data"), "meta_data")
    content = answer.get("fileContent")
    return DocumentDetail(
        document=document(meta),
        workflow=_workflow(meta.get("workflowDetails")),
        content=file_content(content) if isinstance(content, str) and content else None,
    )


def file_content(value: Any) -> bytes:
    """Decode base64, with or without line breaks."""
    if not isinstance(value, str):
        raise Unexpected(Message("field_missing", field="fileContent"))
    if any(blank in value for blank in "\r\n "):
        value = "".join(value.split())
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Unexpected(Message("not_base64", field="fileContent")) from None


def company(record: Any) -> Company:
    """Read a company of the list or of the single call (3.3)."""
    record = mapping(record, "company")
    return Company(
        company_uid=identifier(record.get("companyUid"), "companyUid"),
        name=text(record.get("name")),
        company_type=text(record.get("companyType")),
        country_code=code(record.get("countryCode")),
        country_uid=integer(record.get("countryUid")) or None,
        postcode=text(record.get("zip")),
        vat_id=text(record.get("vatId")),
        tax_number=text(record.get("taxNumber")),
        tags=texts(record.get("tags")),
        note=text(record.get("note")),
    )


def account(payload: Any) -> AccountInfo:
    """Read who a key belongs to (3.2)."""
    record = mapping(payload, "account")
    if not (record.get("accountId") or record.get("name")):
        raise Unexpected(Message("field_missing", field="accountId"))
    return AccountInfo(
        account_id=text(record.get("accountId")),
        name=text(record.get("name")),
        organization=text(record.get("organization")),
        email=text(record.get("email")),
        currency=code(record.get("currency")),
        timezone=text(record.get("timezone")),
        api_key_type=text(record.get("apiKeyType")),
        has_banking_access=flag(record.get("hasBankingAccess")),
    )


def country(record: Mapping[str, Any]) -> CountryInfo:
    """Read a country (3.4); its code has two spellings of the name."""
    return CountryInfo(
        country_uid=identifier(record.get("countryUid"), "countryUid"),
        name=text(record.get("name")),
        country_code=code(record.get("countryCode")) or code(record.get("country_code")),
        is_eu=flag(record.get("is_eu")),
    )


def currency(record: Mapping[str, Any]) -> Currency:
    """Read a currency (3.4)."""
    return Currency(name=text(record.get("name")), currency_code=code(record.get("currencyCode")))


def portal(record: Mapping[str, Any]) -> Portal:
    """Read a portal of the catalogue (3.4)."""
    return Portal(supplier_uid=identifier(record.get("supplier_uid"), "supplier_uid"), name=text(record.get("name")))


def attachment(record: Mapping[str, Any]) -> Attachment:
    """Read an attachment of the list (7.4)."""
    return Attachment(
        attachment_uid=identifier(record.get("attachmentUid"), "attachmentUid"),
        file_name=text(record.get("fileName")) or text(record.get("filename")),
        description=text(record.get("description")),
        attached_at=text(record.get("attachedAt")),
    )


def attachment_detail(payload: Any) -> Attachment:
    """Read the single-attachment call (7.4), which spells the name otherwise and carries the content."""
    answer = mapping(payload, "attachment")
    listed = attachment(mapping(answer.get("meta_data"), "meta_data"))
    return Attachment(
        attachment_uid=listed.attachment_uid,
        file_name=listed.file_name,
        description=listed.description,
        attached_at=listed.attached_at,
        content=file_content(answer.get("fileContent")),
    )


def created(payload: Any, key: str) -> int:
    """Read the id of what was just created (6.2)."""
    return identifier(mapping(payload, "confirmation").get(key), key)


def confirmed(payload: Any) -> None:
    """Read the confirmation of a change (7.1); a refusal was raised before."""
    confirmation = mapping(payload, "confirmation")
    if not (flag(confirmation.get("success")) or confirmation.get("documentUid")):
        raise Unexpected(Message("field_missing", field="success"))


def _known(value: str, values: Iterable[str]) -> str:
    """Return one of the listed values in its own spelling; another text is returned as it is."""
    if value in _LISTED or not value:
        return value
    return next((str(one) for one in values if _plain(one) == _plain(value)), value)


def _plain(value: str) -> str:
    return fold(value).replace("_", " ").replace("-", " ")


def _records(line_items: Any) -> list[Mapping[str, Any]]:
    records = list(line_items.values()) if isinstance(line_items, dict) else line_items
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        return []  # they are a help and no more: neither the document is lost by them nor the list that it stands in
    return records


def _line_item(record: Mapping[str, Any]) -> LineItem:
    return LineItem(
        description=text(record.get("description")),
        quantity=decimal(record.get("quantity")),
        unit_net_price=amount(record.get("unit_net_price")),
        tax_percentage=rate(record.get("tax_percentage")),
        tax_amount=amount(record.get("tax_amount")),
        total_gross=amount(record.get("total_gross")),
    )


def _workflow(value: Any) -> Workflow | None:
    """Read the approval (5.4). Without a workflow the key is missing, or parts of it are (A-13)."""
    if not isinstance(value, dict):
        return None
    name, step = _name_of(value.get("currentWorkflow")), _name_of(value.get("currentWorkflowStep"))
    completed = flag(value.get("isCompleted"))
    if not completed and name is None:
        return None
    return Workflow(is_completed=completed, name=name or "", step=step or "")


def _name_of(value: Any) -> str | None:
    return text(value.get("name")) if isinstance(value, dict) and value else None
