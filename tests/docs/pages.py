"""The pages of the documentation, and the blocks of code in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from docs_site.repository import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").rglob("*.md")])
"""Everything that people read; a new page is among them by being there."""


@dataclass(frozen=True)
class Block:
    """A block of code.

    :param place: its page and line
    :param language: what stands behind the fence
    """

    page: Path
    place: str
    language: str
    text: str


def name_of(page: Path) -> str:
    """Return the path of a page in the repository."""
    return page.relative_to(ROOT).as_posix()


def blocks_of(page: Path) -> Iterator[Block]:
    """Return the blocks of a page, also those within lists."""
    text = page.read_text("utf-8")
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(page, f"{name_of(page)}:{line}", found["language"].strip(), dedent(found["text"]))


BLOCKS = [block for page in PAGES for block in blocks_of(page)]


def each(*languages: str) -> pytest.MarkDecorator:
    """Run a test with each block in one of the languages."""
    chosen = [block for block in BLOCKS if block.language in languages]
    assert chosen, languages
    return pytest.mark.parametrize("block", chosen, ids=lambda block: block.place)
