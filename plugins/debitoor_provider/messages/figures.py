"""Amounts, numbers and dates in sentences, as the reader's language writes them."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from debitoor_provider.messages.reader import current_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from debitoor_provider.messages.reader import Reader

_NUMBER = re.compile(r"(?<![\w.,/-])-?\d+(?:\.\d+)?(?![\w,/-]|\.\d)")
"""A number of its own: no part of a date, a reference or an identifier."""
_DAY = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")


def shown_as(form: str, text: str, reader: Reader) -> str:
    """Return a parameter in the form that its place asks for.

    :param form: ``amount`` (at least two decimals), ``number`` (its own decimals), ``day``, ``country`` (its code), or
        ``log`` for what only the log and the command line add, in parentheses
    :param text: amounts with a decimal point, days as ``2026-01-31``; what is neither stays as it is
    """
    if form == "log":
        return f" ({text})" if text and not reader.page else ""
    return _FORMS[form](text, reader.language) if reader.page else text


def localized(text: str) -> str:
    """Return a text with its numbers as the current reader's language writes them, e.g. ``19 %: 1,234.50``."""
    return shown_as("number", text, current_reader())


def moment(time: datetime) -> str:
    """Return a time with its day of the week in the current reader's language, e.g. ``Mon 2026-11-30 06:30``."""
    from babel.dates import format_date

    return f"{format_date(time, 'EEE', locale=current_reader().language)} {time:%Y-%m-%d %H:%M}"


def _amounts(text: str, language: str) -> str:
    return _NUMBER.sub(lambda found: _decimal(found[0], language, at_least=2), text)


def _numbers(text: str, language: str) -> str:
    return _NUMBER.sub(lambda found: _decimal(found[0], language, at_least=0), text)


def _days(text: str, language: str) -> str:
    from babel.dates import format_date

    def shown(found: re.Match[str]) -> str:
        try:
            return format_date(date.fromisoformat(found[0]), "medium", locale=language)
        except ValueError:
            return found[0]

    return _DAY.sub(shown, text)


def _decimal(text: str, language: str, *, at_least: int) -> str:
    from babel.numbers import format_decimal

    decimals = max(at_least, len(text.partition(".")[2]))
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(Decimal(text), format=pattern, locale=language)


def _country(text: str, language: str) -> str:
    from babel import Locale

    return str(Locale.parse(language).territories.get(_ISO.get(text, text), text))


_ISO = {"EL": "GR", "XI": "GB"}
"""Prefixes of VAT numbers that are no codes of ISO 3166."""
_FORMS: Mapping[str, Callable[[str, str], str]] = {
    "amount": _amounts,
    "number": _numbers,
    "day": _days,
    "country": _country,
}
