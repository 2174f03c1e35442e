"""Files of the repository as pages of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs_site.repository import pages, rewritten, uri_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {
        "docs/page.md": "",
        "docs/deep/other.md": "",
        "docs/deep/data.json": "{}",
        "src/code.py": "x = '```'\n",
        "src/more.py": "",
        "src/.hidden": "",
        "SECURITY.md": "# Security\n\n[code](src/code.py), [page](docs/page.md)\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("written", "in_the_site"),
    [
        ("[a](../../src/code.py)", "[a](../repository/src/code.py.md)"),
        ("[a](../../src/code.py#L3)", "[a](../repository/src/code.py.md#L3)"),
        ("[a](../../src)", "[a](../repository/src.md)"),
        ("[a](../page.md#part)", "[a](../page.md#part)"),
        ("[a](data.json)", "[a](data.json)"),
        ("[a](https://airflow.apache.org/)", "[a](https://airflow.apache.org/)"),
        ("[a](#part)", "[a](#part)"),
        ("[a](nowhere.md)", "[a](nowhere.md)"),
        ("[a](../../../../outside)", "[a](../../../../outside)"),
        ("```md\n[a](../../src/code.py)\n```", "```md\n[a](../../src/code.py)\n```"),
    ],
)
def test_links_lead_to_what_the_site_has(root: Path, written: str, in_the_site: str) -> None:
    assert rewritten(root, "docs/deep/other.md", written, "deep/other.md") == in_the_site


def test_what_is_linked_becomes_a_page_and_what_that_links_as_well(root: Path) -> None:
    found = pages(root, {"page.md": "[s](../SECURITY.md)", "deep/other.md": "[d](../page.md)"})
    assert set(found) == {uri_of("SECURITY.md"), uri_of("src/code.py")}
    assert "[code](src/code.py.md), [page](../page.md)" in found[uri_of("SECURITY.md")]


def test_code_is_shown_as_it_is_and_not_searched(root: Path) -> None:
    shown = pages(root, {"page.md": "[c](../src/code.py)"})[uri_of("src/code.py")]
    assert shown.endswith("# src/code.py\n\n````python\nx = '```'\n````\n")
    assert shown.startswith("---\norphan: true\nnosearch: true\n---\n")


def test_a_folder_is_a_list_of_its_files(root: Path) -> None:
    found = pages(root, {"page.md": "[f](../src)"})
    assert found[uri_of("src")].endswith("# src\n\n* [code.py](src/code.py.md)\n* [more.py](src/more.py.md)\n")
    assert set(found) == {uri_of("src"), uri_of("src/code.py"), uri_of("src/more.py")}
