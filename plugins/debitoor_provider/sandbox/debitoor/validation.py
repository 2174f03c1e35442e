"""Check a body against a schema: drop read-only properties, report each error with its path (D 3.4, 3.5, 10)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from debitoor_provider.sandbox.debitoor.refusal import invalid
from debitoor_provider.sandbox.json_codec import to_cents

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sandbox.debitoor.schemas import ServedSchema

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def validated(schema: ServedSchema, body: Any) -> dict[str, Any]:
    """Return the body without its read-only properties and without nulls.

    :raises Refused: 400 with one entry per error
    """
    errors: list[dict[str, Any]] = []
    clean = _checked(schema, body, "", errors)
    if errors:
        raise invalid(errors)
    result: dict[str, Any] = clean
    return result


def is_date(text: str) -> bool:
    """Return whether the text is a real ``YYYY-MM-DD`` from 1970 on."""
    if not _DATE.fullmatch(text) or text < "1970":
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _checked(schema: ServedSchema, value: Any, path: str, errors: list[dict[str, Any]]) -> Any:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]

    def report(message: str, **more: Any) -> None:
        errors.append({"property": path or "root", "message": message, **more})

    if not any(_IS[kind](value) for kind in kinds):
        report("is the wrong type", value=_shown(value), type=kinds[0])
    elif isinstance(value, dict):
        return _checked_object(schema, value, path, errors)
    elif isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            report("has less items than allowed")
        elif len(value) > schema.get("maxItems", len(value)):
            report("has more items than allowed")
        return [_checked(schema["items"], item, f"{path}.{index}", errors) for index, item in enumerate(value)]
    elif value is not None:
        message = _scalar_error(schema, value)
        if message:
            report(message, value=_shown(value))
    return value


def _checked_object(
    schema: ServedSchema, value: dict[str, Any], path: str, errors: list[dict[str, Any]]
) -> dict[str, Any]:
    properties, clean = schema["properties"], {}
    prefix = f"{path}." if path else ""
    errors += [
        {"property": path or "root", "value": prefix + name, "message": "has additional properties"}
        for name in value
        if name not in properties
    ]
    for name, rule in properties.items():
        if rule.get("readonly"):
            continue
        if name not in value:
            if rule["required"]:
                errors.append({"property": prefix + name, "message": "is required"})
            continue
        checked = _checked(rule, value[name], prefix + name, errors)
        if checked is not None:
            clean[name] = checked
    return clean


def _scalar_error(schema: ServedSchema, value: Any) -> str | None:
    if "enum" in schema and value not in schema["enum"]:
        return "must be an enum value"
    if "minimum" in schema and value < schema["minimum"]:
        return "is less than minimum"
    if "maximum" in schema and value > schema["maximum"]:
        return "is more than maximum"
    if len(value) > schema["maxLength"] if "maxLength" in schema else False:
        return "has longer length than allowed"
    if "minLength" in schema and len(value) < schema["minLength"]:
        return "has less length than allowed"
    name = schema.get("format")
    return None if name is None or _FORMATS[name](value) else f"must be {name} format"


def _is_rate(value: Any) -> bool:
    return 0 <= value <= 100 and to_cents(Decimal(value)) is not None


def _shown(value: Any) -> Any:
    """Return an offending value for the error entry: the type alone for lists and objects."""
    return value if value is None or isinstance(value, str | int | Decimal) else type(value).__name__


_IS: dict[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: not isinstance(value, bool) and (
        isinstance(value, int) or (isinstance(value, Decimal) and abs(value) < 10**15 and value == int(value))
    ),
    "number": lambda value: isinstance(value, int | Decimal) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}  # fmt: skip
_FORMATS: dict[str, Callable[[Any], bool]] = {
    "date": is_date,
    "currency": lambda value: to_cents(Decimal(value)) is not None,
    "rate": _is_rate,
    "email": lambda value: bool(_EMAIL.fullmatch(value)),
    "country": lambda value: bool(_COUNTRY.fullmatch(value)),
    "currencyCode": lambda value: bool(_CURRENCY.fullmatch(value)),
}
