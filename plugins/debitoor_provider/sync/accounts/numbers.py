"""Numbers with decimals in settings: read in one way, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BeforeValidator

from debitoor_provider.services.http.reading import is_ambiguous, plain_number
from debitoor_provider.sync.accounts.values import not_valid, quoted

if TYPE_CHECKING:
    from decimal import Decimal


def _plain(value: Any) -> Any:
    """Read a number that is written as text, as YAML's are here: as a plain one, without underscores or exponents."""
    if not isinstance(value, str):
        return value
    return _read(value, "setting_not_number")


def _exchange_rate(value: Any) -> Any:
    return _read(value, "not_an_exchange_rate") if isinstance(value, str) else value


def _read(value: str, code: str) -> Decimal:
    number = plain_number(value.strip())
    if number is None:
        raise not_valid(code, value=quoted(value))
    return number


def _of_one_meaning(value: Any) -> Any:
    if isinstance(value, str) and is_ambiguous(value.strip()):
        raise not_valid("setting_two_meanings", value=quoted(value))
    return _plain(value)


PlainNumber = BeforeValidator(_plain)
"""For a ``Decimal`` such as a rate; stands behind its bounds, which are part of the schema."""
PlainExchangeRate = BeforeValidator(_exchange_rate)
"""For a ``Decimal`` that is an exchange rate, which may have more decimals than an amount."""
PlainAmount = BeforeValidator(_of_one_meaning)
"""For a ``Decimal`` that is an amount, whose mark must not be one that may separate thousands as well."""
