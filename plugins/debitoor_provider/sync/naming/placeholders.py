"""What a renaming pattern can say about a document, and in which form (contract A-22)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.naming.filename import split_name
from debitoor_provider.sync.text import cut, one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.services.getmyinvoices.models import Document


@dataclass(frozen=True, slots=True)
class ValueKind:
    """A kind of value with its forms.

    :param default: how a value is written when no form is given
    :param form: reads a form; ``None`` when the kind does not know it
    :param forms: code of the message that lists the forms; empty when there are none
    """

    default: Callable[[Any], str]
    form: Callable[[str], Callable[[Any], str] | None]
    forms: str


def _date_form(form: str) -> Callable[[Any], str] | None:
    tokens = re.findall(r"YYYY|YY|MM|M|DD|D|[-._ ]", form)
    if "".join(tokens) != form or not set(tokens) - set("-._ "):
        return None

    def show(day: date) -> str:
        values = {
            "YYYY": f"{day.year:04}",
            "YY": f"{day.year % 100:02}",
            "MM": f"{day.month:02}",
            "M": str(day.month),
            "DD": f"{day.day:02}",
            "D": str(day.day),
        }
        return "".join(values.get(token, token) for token in tokens)

    return show


_GREATEST = 30  # digits before the decimal mark
_WIDE = Context(prec=60)


def _amount_form(form: str) -> Callable[[Any], str] | None:
    found = re.fullmatch(r"0(?:([.,])(0{1,6}))?", form)
    if found is None:
        return None
    mark, decimals = found[1] or ".", len(found[2] or "")

    def show(amount: Decimal) -> str:
        if not amount.is_finite() or amount.adjusted() > _GREATEST:
            return ""  # no amount of money
        return str(amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _WIDE)).replace(".", mark)

    return show


def _number_form(form: str) -> Callable[[Any], str] | None:
    found = re.fullmatch(r"0([1-9]|1[0-9])", form)
    return (lambda number: f"{number:0{int(found[1])}}") if found else None


def _shortened(limit: int, text: str) -> str:
    return cut(text, limit).rstrip()


def _text_form(form: str) -> Callable[[Any], str] | None:
    steps: list[Callable[[str], str]] = []
    for part in form.split(":"):
        if part == "upper":
            steps.append(str.upper)
        elif part == "lower":
            steps.append(str.lower)
        elif re.fullmatch(r"[1-9][0-9]{0,2}", part):
            steps.append(partial(_shortened, int(part)))
        else:
            return None

    def show(text: str) -> str:
        for step in steps:
            text = step(text)
        return text

    return show


_TEXT = ValueKind(str, _text_form, "forms_text")
_DATE = ValueKind(date.isoformat, _date_form, "forms_date")
_AMOUNT = ValueKind(_amount_form("0.00") or str, _amount_form, "forms_amount")
_NUMBER = ValueKind(str, _number_form, "forms_number")
_FIXED = ValueKind(str, lambda _: None, "")

PLACEHOLDERS: dict[str, tuple[ValueKind, Callable[[Document], Any]]] = {
    "document_date": (_DATE, lambda document: document.document_date),
    "year": (_FIXED, lambda document: document.document_date and f"{document.document_date.year:04}"),
    "month": (_FIXED, lambda document: document.document_date and f"{document.document_date.month:02}"),
    "day": (_FIXED, lambda document: document.document_date and f"{document.document_date.day:02}"),
    "created_date": (_DATE, lambda document: document.created_at),
    "company": (_TEXT, lambda document: one_line(document.company_name)),
    "document_number": (_TEXT, lambda document: one_line(document.document_number)),
    "document_type": (_TEXT, lambda document: one_line(document.document_type)),
    "order_number": (_TEXT, lambda document: one_line(document.order_number)),
    "net_amount": (_AMOUNT, lambda document: document.stated_net),
    "gross_amount": (_AMOUNT, lambda document: document.stated_gross),
    "currency": (_TEXT, lambda document: one_line(document.currency)),
    "payment_status": (_TEXT, lambda document: one_line(document.payment_status)),
    "tags": (_TEXT, lambda document: "-".join(filter(None, map(one_line, document.tags)))),
    "note": (_TEXT, lambda document: one_line(document.note)),
    "document_uid": (_NUMBER, lambda document: document.document_uid),
    "original_name": (_TEXT, lambda document: one_line(split_name(document.filename)[0])),
}
"""Name of each placeholder, the kind of its value, and how it is read. A missing value is ``None`` or empty."""
