"""What the builder of the site reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.get_provider_info import get_provider_info
from docs_site import api, sources
from docs_site.examples import FOLDER

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    sources.write(folder)
    return folder


def test_no_mark_is_left(site: Path) -> None:
    assert [page for page in site.rglob("*.md") if re.search(r"^<!-- made from the code", page.read_text(), re.M)] == []


def test_an_unknown_mark_is_an_error() -> None:
    with pytest.raises(KeyError):
        sources._filled("<!-- made from the code: nothing -->")


def test_included_files_are_those_of_the_repository(site: Path) -> None:
    found = [
        ((page.parent / path).resolve(), page)
        for page in site.rglob("*.md")
        for path in re.findall(r"^```\{literalinclude\} (\S+)$", page.read_text(), re.M)
    ]
    assert {path for path, _ in found} >= set(FOLDER.glob("example_*.py"))
    assert [path for path, _ in found if not path.is_file()] == []


def test_every_example_is_shown(site: Path) -> None:
    page = (site / "how-to" / "all-examples.md").read_text()
    assert re.findall(r"^:caption: (\S+)$", page, re.M) == sorted(path.name for path in FOLDER.glob("example_*.py"))


def test_every_field_of_both_connections_is_described(site: Path) -> None:
    page = (site / "connections.md").read_text()
    for described in get_provider_info()["connection-types"]:
        assert f"type `{described['connection-type']}`" in page
        for name, field in described["conn-fields"].items():
            assert f"| {field['label']} | `{name}` in the extras |" in page
    assert "| Base URL | `host` | https://api.debitoor.com |" in page


def test_the_reference_has_all_operators_and_hooks(site: Path) -> None:
    text = "".join((site / "api" / f"{page}.md").read_text() for page in ("hooks", "operators"))
    listed = set(re.findall(r"^\.\. autoapiclass:: (\S+)$", text, re.M))
    kinds = ("hooks", "operators", "sensors", "notifications")
    modules = {module for kind in kinds for entry in get_provider_info().get(kind, []) if isinstance(entry, dict)
               for module in entry["python-modules"]}  # fmt: skip
    assert modules <= {name.rpartition(".")[0] for name in listed}


def test_a_page_of_the_reference_has_something(site: Path) -> None:
    pages = sorted((site / "api").glob("*.md"))
    assert pages
    for page in pages:
        assert ".. autoapiclass:: " in page.read_text()
    assert [bool(api.classes(path)) for path in api.modules("hooks/debitoor.py")] == [True]


def test_the_pages_for_people_are_the_same_as_in_the_repository(site: Path) -> None:
    assert (site / "guarantees.md").read_text() == (sources.ROOT / "docs" / "guarantees.md").read_text()
