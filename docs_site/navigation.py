"""The order of the pages in the site's navigation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

NAVIGATION = {
    "Get started": ["start", "service", "conformance", "migration"],
    "For bookkeepers": [
        "bookkeeping",
        "page",
        "currencies",
        "e-invoices",
        "duplicates",
        "safety-stops",
        "notifications",
        "check",
    ],
    "For operators": ["operations", "connections", "account-guide", "accounts", "deployment", "monitoring"],
    "For DAG authors": ["development", "dags-of-your-own", "how-to/index", "how-to/*", "api/*", "sandbox"],
    "Troubleshooting": ["troubleshooting"],
    "Background": ["architecture", "guarantees", "design-decisions", "contracts/*", "performance"],
    "Français": ["fr/*"],
}
"""The pages of each section, without ``.md``; ``*`` stands for the rest of a folder, by name."""


def contents(pages: Collection[str]) -> str:
    """Return the navigation as a part of the first page, which the site shows at the side.

    :param pages: the paths of all pages
    """
    return "".join(_section(title, names) for title, names in sections(pages).items())


def sections(pages: Collection[str]) -> dict[str, list[str]]:
    """Return the pages of each section, in the end those that no section names."""
    known = sorted(page.removesuffix(".md") for page in pages)
    found: dict[str, list[str]] = {}
    for title, names in NAVIGATION.items():
        listed = [page for name in names for page in known if _fits(page, name)]
        found[title] = list(dict.fromkeys(listed))
    named = {page for names in found.values() for page in names} | {"index"}
    found["More"] = [page for page in known if page not in named]
    return {title: names for title, names in found.items() if names}


def _fits(page: str, name: str) -> bool:
    return page == name or (name.endswith("/*") and page.startswith(name.removesuffix("*")))


def _section(title: str, names: list[str]) -> str:
    lines = "\n".join(f"/{name}" for name in names)
    return f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n{lines}\n```\n"
