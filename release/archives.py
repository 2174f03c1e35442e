"""Compare the contents of the wheel and of the source distribution with the package in the repository."""

from __future__ import annotations

import re
import tarfile
import zipfile
from email.parser import Parser
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PACKAGE = "plugins/debitoor_provider"
LICENCES = ("LICENSE", "NOTICE")
IN_SDIST = {"CHANGELOG.md", "README.md", "SECURITY.md", "hatch_build.py", "pyproject.toml", *LICENCES}
LINK = re.compile(r"\]\(([^)]*)\)")
WRITTEN_BY_HATCHLING = {"PKG-INFO", ".gitignore"}
NEEDED = ("py.typed", "ui/static/", "sandbox/page/page.html", "sync/ledger/database/migrations/versions/")
"""Files, and folders that must not be empty; a reader of the package finds them missing only when it runs."""


def wheel_problems(wheel: Path, root: Path) -> list[str]:
    """Return what is wrong with the contents of a wheel.

    :param wheel: the built wheel
    :param root: the repository from which it was built
    """
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        metadata = {PurePosixPath(name).name: archive.read(name).decode() for name in names if ".dist-info/" in name}
    shipped = {name for name in names if ".dist-info/" not in name}
    package = PurePosixPath(PACKAGE)
    expected = {PurePosixPath(name).relative_to(package.parent).as_posix() for name in _package_files(root)}
    return [
        *_differences(wheel.name, shipped, expected),
        *_lacking(wheel.name, {name.removeprefix(f"{package.name}/") for name in shipped}),
        *(f"{wheel.name}: {name} is missing in its metadata" for name in LICENCES if name not in metadata),
        *_metadata_problems(wheel.name, metadata.get("METADATA", "")),
    ]


def sdist_problems(sdist: Path, root: Path) -> list[str]:
    """Return what is wrong with the contents of a source distribution.

    :param sdist: the built source distribution
    :param root: the repository from which it was built
    """
    top = sdist.name.removesuffix(".tar.gz")
    with tarfile.open(sdist) as archive:
        names = {member.name.removeprefix(f"{top}/") for member in archive.getmembers() if member.isfile()}
    return _differences(sdist.name, names - WRITTEN_BY_HATCHLING, _package_files(root) | IN_SDIST)


def _package_files(root: Path) -> set[str]:
    """Return the files of the package, by their paths in the repository."""
    files = (path for path in (root / PACKAGE).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix() for path in files}


def _differences(archive: str, names: set[str], expected: set[str]) -> list[str]:
    return [
        *(f"{archive}: {name} is missing" for name in sorted(expected - names)),
        *(f"{archive}: {name} does not belong in it" for name in sorted(names - expected)),
    ]


def _lacking(archive: str, names: Iterable[str]) -> list[str]:
    return [f"{archive}: {needed} is missing" for needed in NEEDED if not any(n.startswith(needed) for n in names)]


def _metadata_problems(archive: str, text: str) -> list[str]:
    metadata = Parser().parsestr(text)
    wanted = {
        "License-Expression": ["Apache-2.0"],
        "License-File": list(LICENCES),
        "Description-Content-Type": ["text/markdown"],
    }
    return [
        *(
            f"{archive}: {field} is {metadata.get_all(field, [])} instead of {values}"
            for field, values in wanted.items()
            if metadata.get_all(field, []) != values
        ),
        *(
            f"{archive}: the description has a link that leads nowhere on a package index: {target}"
            for target in LINK.findall(str(metadata.get_payload()))
            if not target.startswith(("https://", "#"))
        ),
    ]
