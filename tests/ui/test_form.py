"""The form knows every setting of an account: it can be set, and all of its choices have words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.sync.account_files.schema import json_schema
from debitoor_provider.sync.naming.placeholders import PLACEHOLDERS
from debitoor_provider.ui.assets import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = json_schema()
# A list and a single value of the same kind share their words.
SHARED = {"document_types": "document_type", "credit_note_type": "document_type"}


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    return node | SCHEMA["$defs"][node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else node


def settings(section: dict[str, Any], above: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Walk through all fields below a section, with their paths."""
    for name, node in section["properties"].items():
        options = [resolved(option) for option in resolved(node).get("anyOf", [node])]
        below = next((option for option in options if "properties" in option), None)
        if below:
            yield from settings(below, f"{above}{name}.")
        else:
            yield f"{above}{name}", resolved(node)


SETTINGS = dict(setting for kind in ("ExportAccount", "ImportAccount") for setting in settings(SCHEMA["$defs"][kind]))


def choices(node: dict[str, Any]) -> list[str]:
    """Return the values that a field may have, or each item of its list."""
    options = [resolved(option) for option in [node, node.get("items", {}), *node.get("anyOf", [])]]
    return next((option["enum"] for option in options if "enum" in option), [])


CHOICES = [(path, value) for path, node in SETTINGS.items() for value in choices(node) if path != "frequency"]


@pytest.fixture(scope="module")
def words() -> dict[str, str]:
    found = json.loads((FOLDER / "words" / "en.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def code() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((FOLDER / "wizard").glob("*.js")))


def test_the_settings_are_found() -> None:
    assert {"type", "filter.tags.any", "reverse_charge.tax_rate", "defaults.company", "period.from"} <= set(SETTINGS)


@pytest.mark.parametrize("path", SETTINGS)
def test_every_setting_has_a_field(path: str, code: str, words: dict[str, str]) -> None:
    begun = re.escape(path.rpartition(".")[0] + ".${")
    assert f'"{path}"' in code or ("." in path and re.search(f"`{begun}", code))
    assert f"field.{path}" in words


@pytest.mark.parametrize("path", sorted({path.rpartition(".")[0] for path in SETTINGS if "." in path}))
def test_every_section_has_a_label(path: str, words: dict[str, str]) -> None:
    assert f"field.{path}" in words


@pytest.mark.parametrize(("path", "value"), CHOICES)
def test_every_choice_has_a_word(path: str, value: str, words: dict[str, str]) -> None:
    name = path.rpartition(".")[2]
    written = re.sub(r"\W+", "_", value)
    assert f"choice.{SHARED.get(name, name)}.{written}" in words


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_every_placeholder_has_a_word(name: str, words: dict[str, str]) -> None:
    assert f"choice.placeholder.{name}" in words
