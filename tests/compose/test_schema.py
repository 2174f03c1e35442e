"""The check by Compose's schema sees what is wrong."""

from __future__ import annotations

from typing import Any

from compose_check.schema import problems

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "services": {"type": "object", "additionalProperties": {"properties": {"user": {"type": "string"}}}}
    },
    "patternProperties": {"^x-": {}},
    "additionalProperties": False,
}


def test_what_the_schema_allows_is_well() -> None:
    assert problems(SCHEMA, {"name": "one", "x-more": 1, "services": {"a": {"user": "1:0"}}}) == []


def test_what_it_does_not_allow_is_told_with_its_place() -> None:
    (wrong,) = problems(SCHEMA, {"services": {"a": {"user": 1}}})
    assert wrong.startswith("services.a.user: ")
    (wrong,) = problems(SCHEMA, {"servises": {}})
    assert "servises" in wrong
