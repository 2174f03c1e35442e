"""Building blocks of JSON Schemas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer"}
YES_OR_NO: Schema = {"type": "boolean"}
DAY: Schema = {"type": "string", "format": "date"}
DAY_OR_EMPTY: Schema = {"anyOf": [DAY, {"const": ""}]}
FILE: Schema = {"type": "string", "contentMediaType": "application/octet-stream"}
FLAG: Schema = {"enum": [0, 1]}
JSON = ("application/json",)


@dataclass(frozen=True, slots=True)
class OperationShape:
    """Parameters, body and answer of an operation.

    :param answer: shape of a success
    :param kinds: content types of a success
    """

    answer: Schema
    query: dict[str, Schema] = field(default_factory=dict)
    body: Schema | None = None
    body_kind: str = "application/json"
    kinds: tuple[str, ...] = JSON
    status: str = "200"


def record(properties: dict[str, Schema], *optional: str, more: bool = False) -> Schema:
    """Return the schema of an object with these properties, all required except the optional ones.

    :param more: whether it may have others
    """
    required = [name for name in properties if name not in optional]
    closed = {} if more else {"additionalProperties": False}
    return {"type": "object", "properties": properties, "required": required, **closed}


def rows(items: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def each(names: tuple[str, ...], schema: Schema) -> dict[str, Schema]:
    """Return properties of one schema."""
    return dict.fromkeys(names, schema)


def one_of(*values: object) -> Schema:
    """Return the schema of a choice among these values."""
    return {"enum": list(values)}
