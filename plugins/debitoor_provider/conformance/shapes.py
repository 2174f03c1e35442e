"""Look at the shape of answers, never at what they hold."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from debitoor_provider.conformance.verdict import expect, names
from debitoor_provider.services.http.reading import day, moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debitoor_provider.conformance.probe import Probe, QueryParams

JsonRecord = dict[str, Any]

_KINDS = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    Decimal: "a number",
    str: "a text",
    list: "an array",
    dict: "an object",
}
_ID = re.compile(r"[0-9a-f]{24}")


def rows_of(page: Any) -> list[JsonRecord]:
    """Return the records of a page of GetMyInvoices, whichever of the two forms they have (4.2)."""
    records = page.get("records") if isinstance(page, dict) else None
    if isinstance(records, dict):
        records = list(records.values())
    expect(isinstance(records, list) and all(isinstance(row, dict) for row in records), "`records` holds no records")
    return list(records or [])


def array(probe: Probe, path: str, params: QueryParams | None = None) -> list[JsonRecord]:
    """Return a list that is a bare array of objects."""
    answer = probe.get(path, params)
    expect(isinstance(answer, list), f"the list at {path} is {kind(answer)}, not an array")
    expect(all(isinstance(row, dict) for row in answer), f"the list at {path} has entries that are no objects")
    found: list[JsonRecord] = answer
    return found


def kind(value: Any) -> str:
    """Return what JSON calls a value's type."""
    return _KINDS[type(value)]


def is_integer(value: Any) -> bool:
    """Return whether a value is a JSON number without decimals."""
    return type(value) is int


def is_list(value: Any) -> bool:
    """Return whether a value is an array."""
    return isinstance(value, list)


def is_text(value: Any) -> bool:
    """Return whether a value is a text."""
    return isinstance(value, str)


def is_number(value: Any) -> bool:
    """Return whether a value is a JSON number."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def is_date(value: Any) -> bool:
    """Return whether a value is a date as both services write it."""
    return day(value) is not None


def is_time(value: Any) -> bool:
    """Return whether a value is a time with its zone."""
    return moment(value) is not None


def is_id(value: Any) -> bool:
    """Return whether a value is an id of Debitoor (3.4)."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def expect_fields(rows: Iterable[JsonRecord], fields: Iterable[str]) -> None:
    """Require that each row has these fields."""
    missing = {field for row in rows for field in fields if field not in row}
    expect(not missing, f"without {names(missing)}")
