"""Names of countries and currencies, from the Unicode locale data of babel."""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError

_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


@cache
def country_names(language: str) -> dict[str, str]:
    """Return names by two-letter code, in the order of the codes.

    :param language: such as ``de`` or ``en-US``
    :raises LookupError: if the language is unknown
    """
    try:
        territories = Locale.parse(language.replace("-", "_")).territories
    except (UnknownLocaleError, ValueError) as error:
        raise LookupError(language) from error
    codes = sorted(str(code) for code in territories if str(code).isalpha() and len(str(code)) == 2)
    return {code: str(territories[code]) for code in codes if code not in _NO_COUNTRIES}


@cache
def currency_names() -> dict[str, str]:
    """Return English names by three-letter code, without the currencies of the past, whose names carry years."""
    names = {str(code): str(name) for code, name in Locale("en").currencies.items()}
    return {code: names[code] for code in sorted(names) if "(" not in names[code]}
