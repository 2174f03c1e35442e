"""The writable fields of a document: validated and converted to their stored form (G 6.1, 7.1)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from debitoor_provider.sandbox import contract
from debitoor_provider.sandbox.gmi import document_store
from debitoor_provider.sandbox.gmi.refusal import GetMyInvoicesRefusal
from debitoor_provider.sandbox.json_codec import decimal_of

if TYPE_CHECKING:
    from collections.abc import Callable

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_LARGEST, _LARGEST_RATE = Decimal("1e13"), 1000
_ITEM_NUMBERS = ("quantity", "unit_net_price", "tax_percentage", "total_gross", "tax_amount")


def changes_of(body: dict[str, Any], company_known: Callable[[int], bool]) -> dict[str, Any]:
    """Return the stored form of the known fields in a request body; unknown ones are ignored (A-18).

    :param company_known: returns whether a company has this uid
    :raises GetMyInvoicesRefusal: for the first field that is not acceptable
    """
    changes: dict[str, Any] = {}
    for name, value in body.items():
        if value is None:
            continue
        if name == "companyId":
            changes["companyUid"] = _company(value, company_known)
        elif name == "vat":
            changes.setdefault("taxRates", _tax_rates(value))
        elif reader := _READERS.get(name):
            changes[name] = reader(value)
    return changes


def is_date(value: object) -> bool:
    """Return whether the value is a real ``YYYY-MM-DD``."""
    return isinstance(value, str) and bool(_DATE.fullmatch(value)) and _real(date.fromisoformat, value)


def is_date_time(value: object) -> bool:
    """Return whether the value is a real ``YYYY-MM-DD HH:MM:SS``."""
    return isinstance(value, str) and bool(_DATE_TIME.fullmatch(value)) and _real(datetime.fromisoformat, value)


def decode_file(value: object) -> bytes:
    """Return the bytes of a base64 text.

    :raises GetMyInvoicesRefusal: 103 if it is not base64, 101 if the file is too large (A-03)
    """
    if not isinstance(value, str):
        raise GetMyInvoicesRefusal(103, "File content is not base64 encoded")
    try:
        content = base64.b64decode("".join(value.split()) if "\n" in value else value, validate=True)
    except (binascii.Error, ValueError):
        raise GetMyInvoicesRefusal(103, "File content is not base64 encoded") from None
    if len(content) > contract.GMI_MAX_FILE_BYTES:
        raise GetMyInvoicesRefusal(101, "File is too large")
    return content


def _real(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True


def _text(value: Any) -> str:
    if isinstance(value, list | dict):
        raise GetMyInvoicesRefusal(102, "A text is needed where a list or an object was given")
    return str(value)


def _dated(code: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value != "" and not is_date(value):
            raise GetMyInvoicesRefusal(code, "Date must have the format Y-m-d")
        return str(value)

    return read


def _amount(code: int, what: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value == "":
            return "0.00"
        amount = decimal_of(value)
        if amount is None or abs(amount) >= _LARGEST:
            raise GetMyInvoicesRefusal(code, f"{what} is not numeric")
        return f"{amount:.2f}"

    return read


def _tax_rates(value: Any) -> list[str]:
    rates = []
    for item in value if isinstance(value, list) else [value]:
        rate = decimal_of(item)
        if rate is None or rate > _LARGEST_RATE:
            raise GetMyInvoicesRefusal(109, "VAT is not numeric")
        if rate < 0:
            raise GetMyInvoicesRefusal(110, "VAT is not positive")
        rates.append(str(rate))
    return rates


def _one_of(allowed: Any, code: int, what: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise GetMyInvoicesRefusal(code, f"{what} is invalid")
        return value

    return read


def _archived(value: Any) -> int:
    if str(value) not in ("0", "1"):  # a boolean is refused, the "1" of the K example is accepted
        raise GetMyInvoicesRefusal(133, "isArchived must be 0 or 1")
    return int(value)


def _tags(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise GetMyInvoicesRefusal(102, "tags must be an array of names")
    return [_text(name) for name in value]


def _line_items(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, str):  # the PHP examples send a JSON text (G 5.3)
        try:
            value = json.loads(value, parse_float=Decimal) if value else []
        except ValueError:
            raise GetMyInvoicesRefusal(102, "lineItems is not valid") from None
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise GetMyInvoicesRefusal(102, "lineItems must be an array of objects")
    for item in value:
        item.setdefault("total_gross", 0)
        item.setdefault("tax_percentage", 0)
        for name in _ITEM_NUMBERS:
            number = decimal_of(item.get(name, 0))
            if number is None or abs(number) >= _LARGEST:
                raise GetMyInvoicesRefusal(102, f"lineItems: {name} is not numeric")
        if not 0 <= (decimal_of(item["tax_percentage"]) or 0) <= _LARGEST_RATE:
            raise GetMyInvoicesRefusal(102, "lineItems: tax_percentage is no rate")
    return document_store.line_items(value)


def _company(value: Any, company_known: Callable[[int], bool]) -> int:
    uid = decimal_of(value)
    if uid is None or abs(uid) >= _LARGEST or uid != int(uid) or (uid and not company_known(int(uid))):
        raise GetMyInvoicesRefusal(113, "Company is invalid")
    return int(uid)


_READERS: dict[str, Callable[[Any], Any]] = {
    "documentType": _one_of(contract.GMI_DOCUMENT_TYPES, 146, "Document type"),
    "documentNumber": _text,
    "documentDate": _dated(104),
    "documentDueDate": _dated(137),
    "paidAt": _dated(104),
    "cashDiscountDate": _dated(104),
    "cashDiscountValue": _amount(107, "Cash discount value"),
    "netAmount": _amount(107, "Net amount"),
    "grossAmount": _amount(108, "Gross amount"),
    "currency": _text,
    "taxRates": _tax_rates,
    "paymentMethod": _one_of(contract.GMI_PAYMENT_METHODS | {""}, 138, "Payment method"),
    "paymentStatus": _one_of(contract.GMI_PAYMENT_STATUSES, 112, "Payment status"),
    "tags": _tags,
    "note": _text,
    "lineItems": _line_items,
    "orderNumber": _text,
    "isArchived": _archived,
}
