"""Pages for files outside of ``docs/`` that the documentation links to, so that links to the code work in the site."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DOCS = "docs"
FOLDER = "repository"
"""Where the site has these pages."""

_LINK = re.compile(r"(?<=\]\()(?P<target>[^)#\s]+)(?=[)#\s])")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
BLOCK = re.compile(
    r"^(?P<indent> *)(?P<fence>```+)(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=indent)(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
"""A block of code in a page."""
_LANGUAGES = {".py": "python", ".js": "javascript", ".yaml": "yaml", ".example": "yaml", ".json": "json", ".sh": "sh"}
_TEXTS = (*_LANGUAGES, ".md", ".txt", ".toml")
_ORPHAN = "---\norphan: true\n---\n\n"
_CODE = "---\norphan: true\nnosearch: true\n---\n\n"


def pages(root: Path, docs: Mapping[str, str]) -> dict[str, str]:
    """Return the pages to add to the site: their address, such as ``repository/SECURITY.md.md``, and their text.

    :param root: folder of the repository
    :param docs: the pages of ``docs/``: their path in it and their text
    """
    found: dict[str, str] = {}
    todo = [target for path, text in docs.items() for target in _outside(root, f"{DOCS}/{path}", text)]
    while todo:
        path = todo.pop()
        uri = uri_of(path)
        if uri in found:
            continue
        text = _text(root, path)
        found[uri] = rewritten(root, path, text, uri)
        if path.endswith(".md") or (root / path).is_dir():
            todo += _outside(root, _source(root, path), text)
    return found


def rewritten(root: Path, path: str, text: str, uri: str) -> str:
    """Return a page with its links as the site needs them; what leads nowhere stays, for the builder to report.

    :param path: the page's file in the repository
    :param uri: the page's address in the site
    """

    def replaced(link: re.Match[str]) -> str:
        target = _resolved(root, _source(root, path), link["target"])
        if target is None:
            return link["target"]
        there = uri_of(target) if _is_outside(root, target) else target.removeprefix(f"{DOCS}/")
        return relpath(there, PurePosixPath(uri).parent)

    return "".join(part if is_code else _LINK.sub(replaced, part) for part, is_code in _parts(text))


def uri_of(path: str) -> str:
    """Return where the site has a file or folder of the repository."""
    return f"{FOLDER}/{path}.md"


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Divide a page into what is written and its blocks of code."""
    end = 0
    for block in BLOCK.finditer(text):
        yield text[end : block.start()], False
        yield block[0], True
        end = block.end()
    yield text[end:], False


def _outside(root: Path, path: str, text: str) -> list[str]:
    links = [link["target"] for part, is_code in _parts(text) if not is_code for link in _LINK.finditer(part)]
    targets = (_resolved(root, path, link) for link in links)
    return [target for target in targets if target is not None and _is_outside(root, target)]


def _is_outside(root: Path, path: str) -> bool:
    """Return whether a path needs a page of its own: what is in ``docs/`` is in the site, except folders."""
    return not path.startswith(f"{DOCS}/") or not _is_file(root, path)


def _is_file(root: Path, path: str) -> bool:
    return (root / path).is_file()


def _resolved(root: Path, path: str, target: str) -> str | None:
    """Return the path that a link leads to; ``None`` for addresses, and for what the repository does not have."""
    if _ELSEWHERE.match(target) or target.startswith("/"):
        return None
    found = normpath(f"{PurePosixPath(path).parent}/{target}")
    return found if not found.startswith("..") and (root / found).exists() else None


def _source(root: Path, path: str) -> str:
    """Return what a page's links start from: in the list of a folder, a file in it."""
    return f"{path}/list" if (root / path).is_dir() else path


def _text(root: Path, path: str) -> str:
    """Return a file as a page; a folder as a list of its files. Neither stands in the navigation."""
    file = root / path
    if file.is_dir():
        names = sorted(entry.name for entry in file.iterdir() if entry.is_file() and entry.suffix in _TEXTS)
        return f"{_ORPHAN}# {path}\n\n" + "".join(f"* [{name}]({name})\n" for name in names)
    text = file.read_text("utf-8")
    if path.endswith(".md"):
        return _ORPHAN + text
    return f"{_CODE}# {path}\n\n````{_LANGUAGES.get(file.suffix, 'text')}\n{text.rstrip()}\n````\n"
