"""The kinds of values in an account's settings: each is checked where it is read, with the mend in the error."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    Strict,
    StringConstraints,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from debitoor_provider.services.getmyinvoices.enums import DocumentType
from debitoor_provider.sync.naming.template import Template, TemplateError
from debitoor_provider.sync.text import fold, is_invisible, nearest, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

FREQUENCIES: dict[str, str | None] = {
    "hourly": "0 * * * *",
    "every 4 hours": "0 */4 * * *",
    "daily": "0 0 * * *",
    "weekly": "0 0 * * 1",
    "monthly": "0 0 1 * *",
    "manual": None,
}
"""Contract A-21 and the design's *monthly*; a week begins on Monday. Read in the account's time zone."""


def not_valid(message: str, mend: str) -> PydanticCustomError:
    """Build the error of a value, with what to do about it."""
    return PydanticCustomError("account_setting", "{message}", {"message": message, "mend": mend})


def quoted(value: object) -> str:
    """Show a value of a file in a message: short, on one line."""
    return "'" + shorten("".join("�" if is_invisible(char) else char for char in str(value)), 60) + "'"


class Frequency(RootModel[str]):
    """How often an account is synchronised: one of a few words, or a cron expression of five fields."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        json_schema_extra={
            "anyOf": [
                {"enum": list(FREQUENCIES)},
                {"pattern": r"^\s*\S+(\s+\S+){4}\s*$", "description": "A cron expression of five fields"},
            ]
        },
    )

    @field_validator("root")
    @classmethod
    def _known(cls, text: str) -> str:
        text = " ".join(text.split())
        if text.lower() in FREQUENCIES:
            return text.lower()
        return _cron(text)

    @property
    def cron(self) -> str | None:
        """The cron expression; ``None`` for *manual*."""
        return FREQUENCIES.get(self.root, self.root)

    def __str__(self) -> str:
        return self.root


def _cron(text: str) -> str:
    # Slow to import, and rarely needed.
    from croniter import CroniterBadDateError, CroniterError, croniter  # type: ignore[import-untyped]

    words = ", ".join(FREQUENCIES)
    mend = f"Write one of {words}, or a cron expression of five fields such as '30 6 * * 1-5'."
    near = nearest(text, FREQUENCIES)
    if near is not None:
        mend = f"Did you mean {near}? {mend}"
    if len(text.split(" ")) != 5 or re.search(r"[^0-9A-Za-z*/,\-#? ]", text) or re.search(r"(?<![A-Za-z])[HR]", text):
        raise not_valid(f"{quoted(text)} is no frequency.", mend)
    try:
        croniter(text).get_next()
    except CroniterBadDateError:
        raise not_valid(f"The cron expression {quoted(text)} names no day that exists.", mend) from None
    except (CroniterError, ValueError, KeyError):
        raise not_valid(f"{quoted(text)} is no frequency.", mend) from None
    return text


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = nearest(text, available_timezones())
        hint = f"Did you mean {near}?" if near else "Write it as in Europe/Berlin."
        raise not_valid(f"{quoted(text)} is no time zone of the IANA list.", hint) from None
    return text


def _email(text: str) -> str:
    # Finds slips of the pen only: whether it is the right one, Debitoor's own answer tells before anything is moved.
    if not re.fullmatch(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+\.[^\s@<>()\[\],;:\\\".]{2,}", text):
        raise not_valid(f"{quoted(text)} is no e-mail address.", "Write the address registered at Debitoor.")
    return text


def _connection(text: str) -> str:
    # The value is not repeated: somebody may have put the key itself here.
    if not re.fullmatch(r"[\w#!()\-.:/\\]{1,250}", text):
        raise not_valid(
            "This is no connection id.",
            "Write the id of an Airflow connection, such as getmyinvoices_acme: letters, digits, _ . - and no blanks.",
        )
    return text


def _visible(text: str) -> str:
    if any(is_invisible(char) for char in text if char not in "\n\t"):
        raise not_valid("The text holds characters that cannot be seen.", "Type it anew instead of pasting it.")
    return text


def _single_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise not_valid("The text has more than one line, or tabs.", "Write it on one line.")
    return text


def _day(value: Any) -> Any:
    if isinstance(value, date):
        return value
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise not_valid(f"{quoted(value)} is no date.", "Write it as year-month-day, such as 2026-01-31.") from None


def _company(value: Any) -> Any:
    is_name = isinstance(value, str) and value.strip() != ""
    is_number = isinstance(value, int) and not isinstance(value, bool) and value > 0
    if not is_name and not is_number:
        raise not_valid(
            f"{quoted(value)} is neither a company's name nor its number.",
            "Write the name as GetMyInvoices shows it, in quotes when it looks like a number, or the company's number.",
        )
    return value.strip() if isinstance(value, str) else value


def _distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    seen: set[Any] = set()
    for value in values:
        key = fold(value) if isinstance(value, str) else value
        if key in seen:
            raise not_valid(f"{quoted(value)} is given twice.", "Leave one of them out.")
        seen.add(key)
    return values


def _template(text: str) -> str:
    try:
        Template.parse(text)
    except TemplateError as error:
        raise not_valid(f"{error.message} (character {error.position + 1})", error.mend) from None
    return text


def _purchase(value: DocumentType) -> DocumentType:
    if value is DocumentType.SALES_INVOICE:
        raise not_valid(
            "SALES_INVOICE is what the company earns, and an export books expenses.",
            "Leave it out: sales invoices are written in Debitoor and imported from there.",
        )
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
        hint = f"Did you mean {near}?" if near else "Write its three letters, such as EUR."
        raise not_valid(f"{quoted(text)} is not a currency of ISO 4217.", hint)
    return text.upper()


def _country(text: str) -> str:
    from babel.core import get_global

    if not re.fullmatch(r"[A-Z]{2}", text.upper()) or text.upper() not in _countries(get_global("territory_languages")):
        hint = _OTHER_NAMES.get(text.upper(), "Write its two letters, such as DE.")
        raise not_valid(f"{quoted(text)} is not a country code of ISO 3166.", hint)
    return text.upper()


_OTHER_NAMES = {"EL": "Write GR for Greece.", "UK": "Write GB for the United Kingdom."}


def _countries(territories: Iterable[str]) -> set[str]:
    """Return the two-letter codes of countries; those that ISO 3166 only reserves are not among them."""
    return {code for code in territories if len(code) == 2} - {"AC", "CP", "CQ", "DG", "EA", "IC", "TA"}


Text = Annotated[
    str, Strict(), StringConstraints(strip_whitespace=True), AfterValidator(_visible), AfterValidator(_single_line)
]
"""One line of text."""
Name = Annotated[Text, Field(min_length=1, max_length=200)]
"""One line of text that says something."""
Note = Annotated[
    str, Strict(), StringConstraints(strip_whitespace=True), Field(max_length=2000), AfterValidator(_visible)
]
"""Text of several lines."""
Tag = Annotated[Text, Field(min_length=1, max_length=200)]
Timezone = Annotated[Text, AfterValidator(_timezone)]
Email = Annotated[
    Text, Field(max_length=254), AfterValidator(_email), WithJsonSchema({"type": "string", "format": "email"})
]
ConnectionId = Annotated[str, Strict(), AfterValidator(_connection), WithJsonSchema({"type": "string"})]
Currency = Annotated[Text, AfterValidator(_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z]{3}$"})]
Country = Annotated[Text, AfterValidator(_country), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z]{2}$"})]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
CompanyRef = Annotated[
    int | str,
    BeforeValidator(_company),
    WithJsonSchema({"type": ["string", "integer"], "minLength": 1, "minimum": 1}),
]
"""A company's name, or its number in GetMyInvoices."""
RenameTemplate = Annotated[Text, Field(max_length=500), AfterValidator(_template)]
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
