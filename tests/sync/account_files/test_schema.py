from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from debitoor_provider.sync.account_files.schema import json_schema, main
from debitoor_provider.sync.account_files.yaml_source import read
from tests.sync.accounts.examples import EXPORT, IMPORT

PUBLISHED = Path(__file__).parents[3] / "docs" / "account.schema.json"


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    return Draft202012Validator(json_schema())


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_the_published_schema_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    main()

    assert PUBLISHED.read_text() == capsys.readouterr().out, (
        "python -m debitoor_provider.sync.account_files.schema > docs/account.schema.json"
    )


@pytest.mark.parametrize("content", [EXPORT, IMPORT])
def test_it_accepts_the_examples(schema: Draft202012Validator, content: bytes) -> None:
    assert schema.is_valid(read(content).data)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "both"},
        {"colour": "red"},
        {"filter": {"document_types": ["SALES_INVOICE"]}},
        {"filter": {"document_types": []}},
        {"filter": {"tags": {"any": ["a", "a"]}}},
        {"frequency": "sometimes"},
        {"parallel": 65},
        {"defaults": {}},
    ],
)
def test_it_rejects_what_the_settings_reject(schema: Draft202012Validator, change: dict[str, Any]) -> None:
    assert not schema.is_valid({**read(EXPORT).data, **change})


def test_every_field_is_described() -> None:
    sections = [section for section in json_schema()["$defs"].values() if "properties" in section]

    undescribed = [
        name for section in sections for name, field in section["properties"].items() if "description" not in field
    ]

    assert sections
    assert undescribed == []


def test_it_is_plain_json() -> None:
    assert json.loads(json.dumps(json_schema())) == json_schema()
