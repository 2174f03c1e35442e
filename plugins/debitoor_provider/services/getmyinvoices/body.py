"""Request bodies of GetMyInvoices (contract sections 3.3, 6.1, 7.1)."""

from __future__ import annotations

import base64
from datetime import date
from decimal import Decimal
from io import SEEK_END, BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, TypedDict

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import FieldProblem, Refused
from debitoor_provider.services.getmyinvoices.enums import PaymentStatus
from debitoor_provider.services.http.json_body import json_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from debitoor_provider.services.getmyinvoices.models import LineItem, NewDocument

JSON_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}

# A multiple of 3, so that the pieces' base64 can be put together.
_PIECE = 48 * 1024


class DocumentChanges(TypedDict, total=False):
    """What an update may change (7.1); what is left out stays. ``tags`` is the complete new list (A-15)."""

    company_uid: int
    document_type: str
    document_number: str
    document_date: date
    document_due_date: date
    payment_method: str
    payment_status: str
    paid_at: date
    net_amount: Decimal
    gross_amount: Decimal
    currency: str
    tax_rates: Sequence[Decimal]
    is_archived: bool
    tags: Sequence[str]
    note: str
    order_number: str
    line_items: Sequence[LineItem]


class CompanyFields(TypedDict, total=False):
    """What is known of the account's own company in addition to name and country (3.3)."""

    tags: Sequence[str]
    street: str
    zip: str
    city: str
    email: str
    phone: str
    fax: str
    tax_number: str
    vat_id: str
    commercial_register: str
    iban: str
    bic: str
    url: str


_NAMES = {
    "company_uid": "companyId",  # the other name of companyUid (6.1)
    "tax_number": "taxNumber",
    "vat_id": "vatId",
    "commercial_register": "commercialRegister",
    "document_type": "documentType",
    "document_number": "documentNumber",
    "document_date": "documentDate",
    "document_due_date": "documentDueDate",
    "payment_method": "paymentMethod",
    "payment_status": "paymentStatus",
    "paid_at": "paidAt",
    "net_amount": "netAmount",
    "gross_amount": "grossAmount",
    "tax_rates": "taxRates",
    "is_archived": "isArchived",
    "order_number": "orderNumber",
    "line_items": "lineItems",
}
_ALLOWED_CHANGES = frozenset(DocumentChanges.__annotations__)
_ALLOWED_COMPANY = frozenset(CompanyFields.__annotations__)


def changes_body(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of an update.

    :raises TypeError: for a name that cannot be changed
    :raises Refused: for an amount that cannot be written with two decimals
    """
    return _fields(changes, _ALLOWED_CHANGES)


def company_body(name: str, country_uid: int, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that creates or changes a company; name and country are always sent (3.3).

    :raises TypeError: for a field that a company does not have
    """
    return {"name": name, "countryUid": country_uid, **_fields(fields, _ALLOWED_COMPANY)}


def upload_fields(document: NewDocument) -> dict[str, Any]:
    """Return what an upload says about the document, without its content. Empty values are left out.

    :raises Refused: for an amount that cannot be written with two decimals
    """
    paid = document.payment_status == PaymentStatus.PAID
    known = {
        "company_uid": document.company_uid,
        "document_number": document.document_number,
        "document_date": document.document_date,
        "document_due_date": document.document_due_date,
        "paid_at": document.paid_at if paid else None,  # only with Paid (6.1)
        "net_amount": document.net_amount,
        "gross_amount": document.gross_amount,
        "currency": document.currency,
        "tax_rates": document.tax_rates,
        "payment_status": document.payment_status,
        "tags": document.tags,
        "note": document.note,
        "order_number": document.order_number,
    }
    given = {name: value for name, value in known.items() if value is not None and value not in ("", ())}
    return {
        "fileName": document.file_name,
        "documentType": document.document_type,
        **_fields(given, frozenset(given)),
        "runOCR": document.run_ocr,
    }


class FileBody:
    """A JSON body that ends with a file in base64, read and made piece by piece: it is never in memory as a whole.

    :param fields: what is sent with the file
    :param content: the file; one that is open is sent from its present position, in each attempt
    """

    def __init__(self, fields: Mapping[str, Any], content: bytes | BinaryIO) -> None:
        head = json_body({**fields, "fileContent": ""})
        self._head, self._tail = head[:-2], head[-2:]
        self._content = BytesIO(content) if isinstance(content, bytes) else content
        self._start = self._content.tell()
        self.size = size_of(self._content)

    def __len__(self) -> int:
        return len(self._head) + (self.size + 2) // 3 * 4 + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        self._content.seek(self._start)
        while piece := self._content.read(_PIECE):
            yield base64.b64encode(piece)
        yield self._tail


def size_of(content: bytes | BinaryIO) -> int:
    """Return how many bytes there are to send: of an open file, those from its present position on."""
    if isinstance(content, bytes):
        return len(content)
    start = content.tell()
    size = content.seek(0, SEEK_END) - start
    content.seek(start)
    return size


def _fields(values: Mapping[str, Any], allowed: frozenset[str]) -> dict[str, Any]:
    unknown = sorted(set(values) - allowed)
    if unknown:
        raise TypeError(f"not a field that can be sent: {', '.join(unknown)}")
    return {_NAMES.get(name, name): _value(name, value) for name, value in values.items()}


def _value(name: str, value: Any) -> Any:
    if name == "line_items":
        return [_line_item(item) for item in value]
    if name == "tax_rates":
        return [_number(rate) for rate in value]
    if name == "is_archived":
        return int(value)  # 0 or 1 (section 9)
    if isinstance(value, Decimal):
        return _amount(name, value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return value


def _amount(name: str, value: Decimal) -> str:
    """Return an amount as a string with a dot and two decimals (section 9).

    :raises Refused: when it has more of them: nothing else than what was meant is sent
    """
    written = f"{value:.2f}"
    if not value.is_finite() or Decimal(written) != value:
        problem = FieldProblem(_NAMES.get(name, name), Message("value_not_in_cents"))
        raise Refused(Message("amount_not_in_cents"), fields=(problem,))
    return written


def _line_item(item: LineItem) -> dict[str, Any]:
    """Return the five fields a line is written with (5.3)."""
    numbers = {
        "quantity": item.quantity,
        "unit_net_price": item.unit_net_price,
        "tax_percentage": item.tax_percentage,
        "total_gross": item.total_gross,
    }
    return {
        "description": item.description,
        **{name: _number(number) for name, number in numbers.items() if number is not None},
    }


def _number(value: Decimal) -> int | float:
    """Return a rate or quantity as a JSON number; a float's shortest form has the decimal's own digits."""
    return int(value) if value == value.to_integral_value() else float(value)
