"""Numbers with decimals in settings: read in one way, or refused."""

from __future__ import annotations

from typing import Any

from pydantic import BeforeValidator

from debitoor_provider.services.http.reading import is_ambiguous, plain_number
from debitoor_provider.sync.accounts.values import not_valid, quoted


def _plain(value: Any) -> Any:
    """Read a number that is written as text, as YAML's are here: as a plain one, without underscores or exponents."""
    if not isinstance(value, str):
        return value
    number = plain_number(value.strip())
    if number is None:
        raise not_valid("setting_not_number", value=quoted(value))
    return number


def _of_one_meaning(value: Any) -> Any:
    if isinstance(value, str) and is_ambiguous(value.strip()):
        raise not_valid("setting_two_meanings", value=quoted(value))
    return _plain(value)


PlainNumber = BeforeValidator(_plain)
"""For a ``Decimal`` such as a rate; stands behind its bounds, which are part of the schema."""
PlainAmount = BeforeValidator(_of_one_meaning)
"""The same for an amount, whose mark must not be one that may separate thousands as well as decimals."""
