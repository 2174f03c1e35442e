"""What a person types, read by the server as the form on the page reads it: ``javascript/numbers.test.js``."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from debitoor_provider.services.http import reading

TABLE: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[3] / "javascript" / "typed_numbers.json").read_text("utf-8")
)


def number_of(one: dict[str, Any]) -> Decimal | None:
    return None if one["number"] is None else Decimal(one["number"])


@pytest.mark.parametrize("one", TABLE["amounts"], ids=lambda one: f"{one['language']} {one['typed']!r}")
def test_an_amount_is_what_the_page_reads(one: dict[str, Any]) -> None:
    assert reading.amount(one["typed"]) == number_of(one)


@pytest.mark.parametrize("one", TABLE["rates"], ids=lambda one: repr(one["typed"]))
def test_a_rate_is_what_the_page_reads(one: dict[str, Any]) -> None:
    assert reading.rate(one["typed"]) == number_of(one)


@pytest.mark.parametrize("one", TABLE["shown"], ids=lambda one: f"{one['language']} {one['number']}")
def test_what_the_page_shows_is_read_as_it_was(one: dict[str, Any]) -> None:
    assert reading.amount(one["typed"]) == number_of(one)


def test_all_languages_of_the_page_are_there() -> None:
    assert {one["language"] for one in TABLE["amounts"]} == {"en", "fr", "de", "da"}
