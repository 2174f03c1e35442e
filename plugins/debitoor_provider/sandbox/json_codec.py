"""Read and write JSON, with money as Decimal inside and as a plain JSON number outside."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

_CENT = Decimal("0.01")
_LARGEST = Decimal("90071992547409.91")  # D 3.4
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def loads(body: bytes) -> Any:
    """Parse JSON; numbers with a fraction become Decimal.

    :raises ValueError: if it is not JSON, or contains text that is not Unicode (a lone surrogate)
    """
    try:
        value = json.loads(body, parse_float=Decimal, parse_constant=_refuse)
        if _SURROGATE.search(body):
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def parse(text: str) -> Any:
    """Parse JSON that the sandbox wrote."""
    return json.loads(text, parse_float=Decimal)


def text(value: Any) -> str:
    """Return compact ASCII JSON; a Decimal becomes a number without redundant digits."""
    return _ENCODER.encode(value)


def dumps(value: Any) -> bytes:
    """Return JSON as :func:`text`, encoded."""
    return _ENCODER.encode(value).encode("ascii")


def number(value: Decimal) -> int | float:
    """Return the JSON number that prints exactly as the decimal, for up to 15 digits."""
    whole = int(value)
    return whole if whole == value else float(value)


def decimal_of(value: object) -> Decimal | None:
    """Return the finite number of a JSON number or a numeric text, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        result = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        return None
    return result if result.is_finite() else None


def to_cents(value: Decimal) -> Decimal | None:
    """Return the amount with two decimals, or None if it has more or is out of the range of D 3.4."""
    if abs(value) > _LARGEST:
        return None
    rounded = value.quantize(_CENT)
    return rounded if rounded == value else None


def _default(value: Any) -> int | float:
    if isinstance(value, Decimal):
        return number(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_ENCODER = json.JSONEncoder(separators=(",", ":"), default=_default)
