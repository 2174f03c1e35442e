"""Every page of the documentation has its place in the site's navigation."""

from __future__ import annotations

from docs_site.navigation import NAVIGATION, contents, sections
from tests.docs.pages import ROOT

DOCS = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]


def test_every_page_is_in_one_section() -> None:
    listed = [name for names in sections(DOCS).values() for name in names]
    assert sorted(listed) == sorted({page.removesuffix(".md") for page in DOCS} - {"index"})


def test_a_folder_stands_for_its_pages_and_the_rest_comes_last() -> None:
    assert sections(["how-to/b.md", "how-to/index.md", "how-to/a.md", "new.md", "index.md"]) == {
        "For DAG authors": ["how-to/index", "how-to/a", "how-to/b"],
        "More": ["new"],
    }


def test_the_navigation_is_hidden_on_the_page_itself() -> None:
    shown = contents(["service.md"])
    assert shown == "\n```{toctree}\n:hidden:\n:caption: Get started\n\n/service\n```\n"
    assert next(iter(NAVIGATION)) == "Get started"
