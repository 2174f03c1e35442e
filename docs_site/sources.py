"""The pages of the site: those of ``docs/``, what is made from the code, and the files that they link to."""

from __future__ import annotations

import re
import shutil
from functools import partial
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING

from docs_site import api, connections, examples, navigation, repository, troubleshooting

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
FIRST = "index.md"

_MADE: dict[str, Callable[[], str]] = {
    "connections": connections.tables,
    "examples": examples.listing,
    "sentences": troubleshooting.entries,
    **{f"api {name}": partial(api.reference, name) for name in api.PAGES},
}
_MARK = re.compile(r"^<!-- made from the code: (.+) -->$", re.MULTILINE)
_INCLUDED = re.compile(r"(?<=^```\{literalinclude\} )(\S+)$", re.MULTILINE)


def write(folder: Path) -> None:
    """Write everything that the builder reads into a folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / repository.DOCS, folder)
    docs = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.md")}
    for uri, text in docs.items():
        page = repository.rewritten(ROOT, f"{repository.DOCS}/{uri}", _filled(text), uri)
        page = _with_files(page, uri, folder)
        (folder / uri).write_text(page + (navigation.contents(docs) if uri == FIRST else ""), "utf-8")
    for uri, text in repository.pages(ROOT, docs).items():
        (folder / uri).parent.mkdir(parents=True, exist_ok=True)
        (folder / uri).write_text(text, "utf-8")


def _filled(text: str) -> str:
    """Return a page with what is made from the code in it."""
    return _MARK.sub(lambda mark: _MADE[mark[1]](), text)


def _with_files(text: str, uri: str, folder: Path) -> str:
    """Return a page whose included files are found from where it lies now."""
    original, now = (ROOT / repository.DOCS / uri).parent, (folder / uri).parent.resolve()
    return _INCLUDED.sub(lambda path: relpath((original / path[1]).resolve(), now), text)
