"""Amounts, numbers and dates in sentences, as the reader's language writes them."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from debitoor_provider.messages.labels import line_of, words
from debitoor_provider.messages.reader import current_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from debitoor_provider.messages.reader import Reader

_NUMBER = re.compile(r"(?<![\w.,/-])-?\d+(?:\.\d+)?(?![\w,/-]|\.\d)")
"""A number of its own: no part of a date, a reference or an identifier."""
_DAY = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
_MOMENT = re.compile(
    r"(?<![\w-])(?P<day>\d{4}-\d{2}-\d{2})[T ](?P<time>\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(?P<zone>Z|[+-]\d{2}:\d{2})?"
)
_FRENCH_FIRST = re.compile(r"^1(?=\s)")
_RATE = re.compile(r"(?<=\d) %(?P<colon>: )?")
_PERCENT = "\N{NO-BREAK SPACE}%"
_UTC = {"Z", "+00:00"}


def shown_as(form: str, text: str, reader: Reader) -> str:
    """Return a parameter in the form that its place asks for.

    :param form: ``amount`` (at least two decimals), ``number`` (its own decimals; also amounts by tax rate, such
        as ``19 %: 119.00``), ``day``, ``moment``, ``month``, ``country`` (its code), ``step`` (ids of tasks), or
        ``log`` for what only the log and the command line add, in parentheses
    :param text: amounts with a decimal point, days as ``2026-01-31``; what is neither is returned as it is
    """
    if form == "log":
        return f" ({text})" if text and not reader.page else ""
    return _FORMS[form](text, reader.language) if reader.localizes else text


def localized(text: str, form: str = "number") -> str:
    """Return a text with its numbers as the current reader's language writes them, e.g. ``19 %: 1,234.50``.

    :param form: see :func:`shown_as`
    """
    return shown_as(form, text, current_reader())


def moment(time: datetime) -> str:
    """Return a time with its day of the week in the current reader's language, e.g. ``Mon 2026-11-30 06:30``."""
    from babel.dates import format_date

    day = format_date(time, "EEE", locale=current_reader().language)
    return f"{day} {localized(f'{time:%Y-%m-%d %H:%M}', 'moment')}"


def _amounts(text: str, language: str) -> str:
    return _NUMBER.sub(lambda found: _decimal(found[0], language, at_least=2), text)


def _numbers(text: str, language: str) -> str:
    colon = line_of(_PERCENT, "", language)
    text = _RATE.sub(lambda found: colon if found["colon"] else _PERCENT, text)
    return _NUMBER.sub(lambda found: _decimal(found[0], language, at_least=0), text)


def _day(day: date, language: str) -> str:
    """Return a day; in French the first of a month is an ordinal, which CLDR's patterns lack."""
    from babel.dates import format_date

    shown = str(format_date(day, "medium", locale=language))
    return _FRENCH_FIRST.sub("1er", shown) if language == "fr" else shown


def _days(text: str, language: str) -> str:
    def shown(found: re.Match[str]) -> str:
        try:
            return _day(date.fromisoformat(found[0]), language)
        except ValueError:
            return found[0]

    return _DAY.sub(shown, text)


def _moments(text: str, language: str) -> str:
    from babel.dates import format_time, get_datetime_format

    def shown(found: re.Match[str]) -> str:
        try:
            time = datetime.fromisoformat(f"{found['day']} {found['time']}")
        except ValueError:
            return found[0]
        parts = format_time(time, "short", locale=language), _day(time, language)
        zone = "UTC" if found["zone"] in _UTC else found["zone"]
        return " ".join(filter(None, (str(get_datetime_format("medium", language)).format(*parts), zone)))

    return _MOMENT.sub(shown, text)


def _month(text: str, language: str) -> str:
    from babel.dates import format_skeleton

    try:
        return format_skeleton("yMMMM", date.fromisoformat(f"{text}-01"), locale=language)
    except ValueError:
        return text


def _decimal(text: str, language: str, *, at_least: int) -> str:
    from babel.numbers import format_decimal

    decimals = max(at_least, len(text.partition(".")[2]))
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(Decimal(text), format=pattern, locale=language)


def _country(text: str, language: str) -> str:
    from babel import Locale

    return str(Locale.parse(language).territories.get(_ISO.get(text, text), text))


def _steps(text: str, language: str) -> str:
    known = words(language)
    steps = (known.get(f"step.{name}", name) for name in text.split(", "))
    return ", ".join(known["common.quoted"].format(text=step) for step in steps)


_ISO = {"EL": "GR", "XI": "GB"}
"""Prefixes of VAT numbers that are no codes of ISO 3166."""
_FORMS: Mapping[str, Callable[[str, str], str]] = {
    "amount": _amounts,
    "number": _numbers,
    "day": _days,
    "moment": _moments,
    "month": _month,
    "country": _country,
    "step": _steps,
}
