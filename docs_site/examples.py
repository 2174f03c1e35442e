"""The example DAGs, each shown from its file."""

from __future__ import annotations

import ast
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "plugins" / "debitoor_provider" / "example_dags"


def listing() -> str:
    """Return all example DAGs, with their docstrings, for a page in a folder of ``docs/``."""
    return "\n".join(_example(path) for path in sorted(FOLDER.glob("example_*.py")))


def _example(path: Path) -> str:
    title = path.stem.removeprefix("example_").replace("_", " ").capitalize()
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    file = f"../../plugins/debitoor_provider/example_dags/{path.name}"
    return f"## {title}\n\n{said}\n\n```{{literalinclude}} {file}\n:language: python\n:caption: {path.name}\n```\n"
