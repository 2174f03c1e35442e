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


def test_a_file_that_matches_the_schema_is_accepted() -> None:
    assert problems(SCHEMA, {"name": "one", "x-more": 1, "services": {"a": {"user": "1:0"}}}) == []


def test_a_violation_is_reported_with_its_path() -> None:
    (wrong,) = problems(SCHEMA, {"services": {"a": {"user": 1}}})
    assert wrong.startswith("services.a.user: ")
    (wrong,) = problems(SCHEMA, {"servises": {}})
    assert "servises" in wrong
