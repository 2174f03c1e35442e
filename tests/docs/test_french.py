"""A page in French has the structure of its English original: its headings, its blocks of code and its tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from docs_site.repository import BLOCK
from tests.docs.pages import ROOT, blocks_of, name_of

if TYPE_CHECKING:
    from pathlib import Path

FRENCH = sorted((ROOT / "docs" / "fr").rglob("*.md"))


def original(page: Path) -> Path:
    return ROOT / "docs" / page.relative_to(ROOT / "docs" / "fr")


def levels(page: Path) -> list[int]:
    """Return the levels of the headings, from the first to the last."""
    return [len(marks) for marks in re.findall(r"^(#+) \S", BLOCK.sub("", page.read_text()), re.MULTILINE)]


def rows(page: Path) -> list[int]:
    """Return the number of cells in each row of a table."""
    return [line.count("|") for line in BLOCK.sub("", page.read_text()).splitlines() if line.startswith("|")]


def comparable(language: str, text: str) -> object:
    """Return what has to be the same in both languages: all but comments, and the language that is asked for."""
    if language == "yaml":
        content = yaml.safe_load(text)
        content.get("notify", {}).pop("language", None)
        return content
    text = re.sub(r"\s*--language fr\b", "", text)
    return [line for line in (re.sub(r"(^|\s+)#.*", "", line).strip() for line in text.splitlines()) if line]


@pytest.mark.parametrize("page", FRENCH, ids=name_of)
def test_headings_and_tables_are_those_of_the_original(page: Path) -> None:
    assert levels(page) == levels(original(page))
    assert rows(page) == rows(original(page))


@pytest.mark.parametrize("page", FRENCH, ids=name_of)
def test_blocks_are_those_of_the_original(page: Path) -> None:
    here, there = ([(block.language, block.text) for block in blocks_of(each)] for each in (page, original(page)))
    assert [language for language, _ in here] == [language for language, _ in there]
    assert [comparable(*block) for block in here] == [comparable(*block) for block in there]


@pytest.mark.parametrize("page", FRENCH, ids=name_of)
def test_it_is_in_french(page: Path) -> None:
    words = re.findall(r"\w+", BLOCK.sub("", page.read_text()).lower())
    assert sum(word in {"le", "la", "les", "un", "une", "des", "et", "est"} for word in words) > len(words) / 20
    assert len({"the", "is", "and"} & set(words)) < 2


def test_the_account_guide_is_there_in_french() -> None:
    assert "docs/fr/account-guide.md" in {name_of(page) for page in FRENCH}
