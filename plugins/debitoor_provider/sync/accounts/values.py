"""The kinds of values in an account's settings: each is checked where it is read, with a remedy in the error."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, Strict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from debitoor_provider.messages import Message
from debitoor_provider.services.getmyinvoices.enums import DocumentType
from debitoor_provider.sync.naming.template import Template, TemplateError
from debitoor_provider.sync.text import fold, is_invisible, nearest, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable


def not_valid(code: str, **params: object) -> PydanticCustomError:
    """Return the error of a value, with its message in the context.

    :param code: of the message
    :param params: of the message
    """
    return _refused(Message(code, **params))


def _refused(message: Message) -> PydanticCustomError:
    return PydanticCustomError("account_setting", "{sentence}", {"sentence": message.text(), "message": message})


def did_you_mean(value: str, known: Iterable[str]) -> Message | None:
    """Return a hint at the nearest of the known values, if one is near."""
    near = nearest(value, known)
    return Message("did_you_mean", value=near) if near else None


def quoted(value: object) -> Message:
    """Show a value of a file in a message, in the quotes of the reader's language."""
    return Message("quoted", text=plainly(value))


def plainly(value: object) -> str:
    """Show a value without quotes: short, on one line."""
    return shorten("".join("�" if is_invisible(char) else char for char in str(value)), 60)


_ZONES_OF_A_MACHINE = re.compile(r"localtime|posixrules|Factory|(?:posix|right)/.*")
"""What tzdata has in addition to the IANA's zones: another machine may lack it, or mean another time."""


def _timezone(text: str) -> str:
    try:
        if _ZONES_OF_A_MACHINE.fullmatch(text):
            raise ValueError
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(text, available_timezones())
        raise not_valid("setting_timezone", value=quoted(text), hint=hint) from None
    return text


_ATOM = r"[^\s@<>()\[\],;:\\\".]+"
_LABEL = r"[^\W_](?:[^\W_]|-)*(?<!-)"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?:[^\W\d_]{{2,}}|xn--[a-z0-9-]+)", re.IGNORECASE)


_ENVIRONMENT = re.compile(r"(?=.*\d)[0-9A-Za-z-]{8,64}", re.ASCII)


def _email(text: str) -> str:
    if not _is_email(text):
        raise not_valid("setting_email", value=quoted(text))
    return text


def _is_email(text: str) -> bool:
    # Finds typing errors; whether it is the right address, Debitoor's answer shows before anything is moved. The
    # email-validator library would take each task process 40 ms to import, five times the rest of reading the file.
    return bool(_EMAIL.fullmatch(text))


def _debitoor_id(text: str) -> str:
    if not (_ENVIRONMENT.fullmatch(text) or _is_email(text)):
        raise not_valid("setting_debitoor_id", value=quoted(text))
    return text


def _connection(text: str) -> str:
    # The value is not repeated: the key itself may have been entered here.
    if not re.fullmatch(r"[\w#!()\-.:/\\]{1,250}", text):
        raise not_valid("setting_connection_id")
    return text


def _visible(text: str) -> str:
    if not text.isprintable() and any(is_invisible(char) for char in text if char not in "\n\t"):
        raise not_valid("setting_invisible")
    return text


def _single_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise not_valid("setting_several_lines")
    return text


def _day(value: Any) -> Any:
    if isinstance(value, date):
        return value
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise not_valid("setting_day", value=quoted(value)) from None


def _company(value: Any) -> Any:
    is_name = isinstance(value, str) and value.strip() != ""
    is_number = isinstance(value, int) and not isinstance(value, bool) and value > 0
    if not is_name and not is_number:
        raise not_valid("setting_company", value=quoted(value))
    return value.strip() if isinstance(value, str) else value


def _distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    seen: set[Any] = set()
    for value in values:
        key = fold(value) if isinstance(value, str) else value
        if key in seen:
            raise not_valid("setting_duplicate", value=quoted(value))
        seen.add(key)
    return values


def _template(text: str) -> str:
    try:
        Template.parse(text)
    except TemplateError as error:
        raise _refused(error.message) from None
    return text


def _purchase(value: DocumentType) -> DocumentType:
    if value is DocumentType.SALES_INVOICE:
        raise not_valid("setting_sales_invoice")
    return value


def _currency(text: str) -> str:
    # Slow to import, and rarely needed.
    from babel.core import get_global

    current = {
        code
        for periods in get_global("territory_currencies").values()
        for code, _, end, is_tender in periods
        if is_tender and end is None
    }
    if text.upper() not in current:
        near = nearest(text.upper(), sorted(current))
        raise not_valid("setting_currency", value=quoted(text), example=near or "EUR")
    return text.upper()


def _country(text: str) -> str:
    from babel.core import get_global

    if not re.fullmatch(r"[A-Z]{2}", text.upper()) or text.upper() not in _countries(get_global("territory_languages")):
        raise not_valid("setting_country", value=quoted(text), example=_MEANT.get(text.upper(), "DE"))
    return text.upper()


_MEANT = {"EL": "GR", "UK": "GB"}


def _countries(territories: Iterable[str]) -> set[str]:
    """Return the two-letter codes of countries; those that ISO 3166 only reserves are not among them."""
    return {code for code in territories if len(code) == 2} - {"AC", "CP", "CQ", "DG", "EA", "IC", "TA"}


OneLine = Annotated[
    str, Strict(), StringConstraints(strip_whitespace=True), AfterValidator(_visible), AfterValidator(_single_line)
]
"""One line of text."""
Name = Annotated[OneLine, Field(min_length=1, max_length=200)]
"""One line of text that says something."""
Note = Annotated[
    str, Strict(), StringConstraints(strip_whitespace=True), Field(max_length=2000), AfterValidator(_visible)
]
"""Text of several lines."""
Tag = Annotated[OneLine, Field(min_length=1, max_length=200)]
Timezone = Annotated[OneLine, AfterValidator(_timezone)]
Email = Annotated[
    OneLine, Field(max_length=254), AfterValidator(_email), WithJsonSchema({"type": "string", "format": "email"})
]
DebitoorId = Annotated[
    OneLine,
    Field(max_length=254),
    AfterValidator(_debitoor_id),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "email"}, {"pattern": f"^{_ENVIRONMENT.pattern}$"}]}),
]
"""The e-mail address of an account of Debitoor, or the id that Debitoor reports of it."""
ConnectionId = Annotated[str, Strict(), AfterValidator(_connection), WithJsonSchema({"type": "string"})]
CurrencyCode = Annotated[
    OneLine, AfterValidator(_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z]{3}$"})
]
CountryCode = Annotated[
    OneLine, AfterValidator(_country), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z]{2}$"})
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
CompanyRef = Annotated[
    int | str,
    BeforeValidator(_company),
    WithJsonSchema({"type": ["string", "integer"], "minLength": 1, "minimum": 1}),
]
"""A company's name, or its number in GetMyInvoices."""
RenameTemplate = Annotated[OneLine, Field(max_length=500), AfterValidator(_template)]
PurchaseType = Annotated[
    DocumentType,
    AfterValidator(_purchase),
    WithJsonSchema(
        {"type": "string", "enum": [kind.value for kind in DocumentType if kind is not DocumentType.SALES_INVOICE]}
    ),
]
"""A document type that can be booked as an expense."""
Item = TypeVar("Item")
Distinct = Annotated[tuple[Item, ...], AfterValidator(_distinct), Field(json_schema_extra={"uniqueItems": True})]
"""A list without repetitions."""
Switch = Annotated[bool, Strict()]
