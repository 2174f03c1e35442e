"""Country codes as services and e-invoices write them."""

from __future__ import annotations

from functools import lru_cache

_ALIASES = {"EL": "GR", "UK": "GB"}  # the EU's own codes


@lru_cache(maxsize=256)  # a run has few countries, and asks for that of the books several times for each document
def iso_code(country: str) -> str:
    """Return the ISO two-letter code for what is written as a country code; empty if it is none.

    :param country: with two letters, or with the three of ISO 3166-1 alpha-3
    """
    code = country.strip().upper()
    if not (code.isascii() and code.isalpha()):
        return ""
    if len(code) == 2:
        return _ALIASES.get(code, code)
    return _of_three(code) if len(code) == 3 else ""


def _of_three(code: str) -> str:
    from babel.core import get_global  # only who writes three letters pays for it

    known = get_global("territory_aliases").get(code, ())
    return str(known[0]) if len(known) == 1 and len(known[0]) == 2 else ""
