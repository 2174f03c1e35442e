"""Read what a service sent: every value may be missing, empty, or written in another of its usual ways.

The readers never guess: what they do not recognise becomes "none", and what a record cannot do without raises
:class:`Unexpected`, which the transport reports as a bad answer.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

# Midnight, in whatever zone, is how some programs write a day.
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_NO_DATE = "0000-00-00"
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
_LARGEST_EXPONENT = 18

_LONGEST_CODE = 3
_INVISIBLE = {"Cc", "Cf"}  # control characters, and those without width
_SIGNS = {"€": "EUR"}  # a sign that stands for one currency alone

_MINUS = "\N{MINUS SIGN}"
_PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)", re.ASCII)
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)


def _amounts(separators: str, mark: str) -> tuple[re.Pattern[str], re.Pattern[str], str]:
    """Return the form of an amount, with or without groups of three digits, its separators and its decimal mark."""
    groups = rf"[1-9]\d{{0,2}}(?P<between>[{separators}])\d{{3}}(?:(?P=between)\d{{3}})*"
    form = rf"[+-]?(?:(?:{groups}|\d+)(?:[{mark}]\d+)?|[{mark}]\d+)"
    return re.compile(form, re.ASCII), re.compile(f"[{separators}]"), mark


_BLANKS = " '\N{NO-BREAK SPACE}\N{FIGURE SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}\N{RIGHT SINGLE QUOTATION MARK}"
_AMOUNTS = (_amounts("," + _BLANKS, "."), _amounts("." + _BLANKS, ","))


class Unexpected(ValueError):
    """The answer is not of the promised shape.

    :param message: names the field, never its value
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


def mapping(value: Any, what: str) -> Mapping[str, Any]:
    """Return ``value`` if it is a JSON object.

    :param what: name of the part of the answer, for the error
    :raises Unexpected: when it is anything else
    """
    if not isinstance(value, dict):
        raise Unexpected(Message("not_an_object", part=what))
    return value


def rows(value: Any, what: str) -> list[Mapping[str, Any]]:
    """Return the records of a collection, which may be an array or an object keyed by id.

    :raises Unexpected: when it is neither, or a record is not an object
    """
    if isinstance(value, dict) and value:  # an empty object is no empty list, but an answer that lacks everything
        value = list(value.values())
    if not isinstance(value, list):
        raise Unexpected(Message("not_a_list", part=what))
    return [mapping(row, f"{what}[]") for row in value]


def text(value: Any) -> str:
    """Return a text; null and anything that is not text or a number is empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    return ""


def texts(value: Any) -> tuple[str, ...]:
    """Return the non-empty texts of a list (or of an object's values)."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return ()
    return tuple(item for item in map(text, value) if item)


def integer(value: Any) -> int | None:
    """Return an integer, also from a numeric string, or a number such as ``12.0``."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal) and abs(value.adjusted()) <= _LARGEST_EXPONENT and value == value.to_integral_value():
        value = int(value)
    if isinstance(value, int):
        return value if abs(value) < 10**_LARGEST_EXPONENT else None
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    return None


def identifier(value: Any, what: str) -> int:
    """Return a record's positive integer id.

    :raises Unexpected: when there is none
    """
    number = integer(value)
    if number is None or number <= 0:
        raise Unexpected(Message("field_missing", field=what))
    return number


def decimal(value: Any) -> Decimal | None:
    """Return a number such as a rate or a quantity; in a text that has one mark only, a dot is the decimal mark."""
    if isinstance(value, str):
        number = plain_number(_numeral(value))
        return amount(value) if number is None else number
    return amount(value)


def amount(value: Any) -> Decimal | None:
    """Return an amount of money from a number, or from a text that can be read in one way only.

    A dot or a comma followed by exactly three digits may separate thousands as well as decimals (``1.234``,
    ``1,234``), so such a text is not read unless another mark decides (``1,234.50``, ``1.234.567``).
    """
    if isinstance(value, str):
        value = _unambiguous(_numeral(value))
    elif isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= _LARGEST_EXPONENT:
        return value
    return None


def unread_amount(value: Any) -> str:
    """Return what is stated as an amount there, and cannot be read as one; empty when nothing is."""
    if value is None or (isinstance(value, str) and not value.strip()) or amount(value) is not None:
        return ""
    return text(value) or "?"


def _numeral(value: str) -> str:
    return value.strip().replace(_MINUS, "-")


def plain_number(value: str) -> Decimal | None:
    """Return a number that is written with ASCII digits, a sign and a decimal point only.

    ``Decimal`` itself reads underscores, exponents, *NaN* and the digits of all scripts.
    """
    number = Decimal(value) if _PLAIN_NUMBER.fullmatch(value) else None
    return number if number is not None and abs(number.adjusted()) <= _LARGEST_EXPONENT else None


def is_ambiguous(value: str) -> bool:
    """Return whether the only mark of an amount may separate thousands as well as decimals, as in ``1.234``."""
    return bool(_AMBIGUOUS.fullmatch(value))


def _unambiguous(value: str) -> Decimal | None:
    if is_ambiguous(value):
        return None
    for form, thousands, mark in _AMOUNTS:
        if form.fullmatch(value):
            return Decimal(thousands.sub("", value).replace(mark, "."))
    return None


def rate(value: Any) -> Decimal | None:
    """Return a rate in per cent, also from a text such as ``19 %``."""
    return decimal(value.strip().removesuffix("%")) if isinstance(value, str) else decimal(value)


def rates(value: Any) -> tuple[Decimal, ...]:
    """Return the rates of a list, of an object's values, or of a single value, as far as they can be read."""
    return tuple(found for found in map(rate, _values(value)) if found is not None)


def unread_rates(value: Any) -> tuple[str, ...]:
    """Return what is stated as a rate there, and cannot be read as one."""
    return tuple(text(item) or "?" for item in _values(value) if rate(item) is None)


def _values(value: Any) -> list[Any]:
    """Return the values of a list, of an object, or the single one, without those that are empty."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        value = [value]
    return [item for item in value if item is not None and not (isinstance(item, str) and not item.strip())]


def code(value: Any) -> str:
    """Return the code of a currency or a country, e.g. ``EUR``, whatever surrounds it; other text keeps its case."""
    found = text(value)
    if not (found.isascii() and found.isprintable()):
        plain = unicodedata.normalize("NFKC", found)
        found = "".join(char for char in plain if unicodedata.category(char) not in _INVISIBLE)
    found = found.strip()
    found = _SIGNS.get(found, found)
    return found.upper() if len(found) <= _LONGEST_CODE else found


def day(value: Any) -> date | None:
    """Return a ``YYYY-MM-DD`` date, also at midnight; ``0000-00-00``, nonsense and other times are none."""
    written = _DATE.fullmatch(value.strip()) if isinstance(value, str) and value else None
    if written is None:
        return None
    try:
        return date.fromisoformat(written[1])
    except ValueError:
        return None


def unread_day(value: Any) -> str:
    """Return what is stated as a date there, and cannot be read as one; empty when nothing is."""
    written = text(value).strip()
    if value is None or written.startswith(_NO_DATE) or day(value) is not None:
        return ""
    return written or ("" if isinstance(value, str) else "?")


def moment(value: Any) -> datetime | None:
    """Return an aware UTC time from an ISO date-time with zone, with or without fractions of a second."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def flag(value: Any) -> bool:
    """Return a truth value from a boolean, 0/1, ``"0"``/``"1"`` or ``"true"``/``"false"``."""
    if isinstance(value, str):
        return value.strip().lower() in {"1", "true"}
    return value is True or (isinstance(value, int | Decimal) and value == 1)
