"""Links within the repository lead somewhere: to files that exist, and to headings that are there.

``make docs`` checks the site's own links once more; these include the pages outside of it, as a repository shows them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from docs_site import api
from docs_site.repository import BLOCK
from tests.docs.pages import PAGES, name_of

_LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)
_MADE = re.compile(r"^<!-- made from the code: api (\w+) -->$", re.MULTILINE)


@cache
def written(page: Path) -> str:
    return BLOCK.sub("", page.read_text("utf-8"))


@cache
def anchors(page: Path) -> set[str]:
    """Return the anchors of a page: its headings, as GitHub names them, and the classes of the API reference."""
    headings = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title) for title in _HEADING.findall(written(page)))
    slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}
    files = (file for name in _MADE.findall(written(page)) for part in api.PAGES[name] for file in api.modules(part))
    return slugs | {name.lower() for file in files for name in api.classes(file)}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for link in _LINK.findall(written(page)):
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target.resolve())):
            dead.append(link)
    assert dead == []
