"""What is too much or missing in an archive is named."""

from __future__ import annotations

import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from release.archives import IN_SDIST, sdist_problems, wheel_problems

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = [
    "debitoor_provider/__init__.py",
    "debitoor_provider/py.typed",
    "debitoor_provider/sandbox/page/page.html",
    "debitoor_provider/sync/ledger/database/migrations/versions/v0001.py",
    "debitoor_provider/ui/static/app.js",
]
METADATA = """\
Metadata-Version: 2.4
License-Expression: Apache-2.0
License-File: LICENSE
License-File: NOTICE
Description-Content-Type: text/markdown
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Create a repository with the files of a small package."""
    for name in PACKAGE:
        file = tmp_path / "repository" / "plugins" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    return tmp_path / "repository"


def wheel_of(
    folder: Path, names: list[str], metadata: str = METADATA, licences: tuple[str, ...] = ("LICENSE", "NOTICE")
):
    path = folder / "provider-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "")
        archive.writestr("provider-1.0.dist-info/METADATA", metadata)
        for name in licences:
            archive.writestr(f"provider-1.0.dist-info/licenses/{name}", "")
    return path


def sdist_of(folder: Path, names: list[str]) -> Path:
    path = folder / "provider-1.0.tar.gz"
    (folder / "empty").write_text("")
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            archive.add(folder / "empty", f"provider-1.0/{name}")
    return path


SDIST = sorted({*(f"plugins/{name}" for name in PACKAGE), *IN_SDIST, "PKG-INFO"})


def test_a_wheel_of_the_package_alone_is_fine(root, tmp_path):
    assert wheel_problems(wheel_of(tmp_path, PACKAGE), root) == []


@pytest.mark.parametrize("name", ["tests/test_it.py", "sandbox/app.py", "debitoor_provider/notes.txt"])
def test_what_does_not_belong_in_a_wheel_is_named(root, tmp_path, name):
    (problem,) = wheel_problems(wheel_of(tmp_path, [*PACKAGE, name]), root)
    assert problem.endswith(f"{name} does not belong in it")


def test_what_a_wheel_lacks_is_named(root, tmp_path):
    (problem,) = wheel_problems(wheel_of(tmp_path, [name for name in PACKAGE if "__init__" not in name]), root)
    assert problem.endswith("debitoor_provider/__init__.py is missing")


@pytest.mark.parametrize("needed", ["py.typed", "ui/static/", "sync/ledger/database/migrations/versions/"])
def test_what_every_wheel_needs_is_missed_even_when_the_repository_lacks_it_too(root, tmp_path, needed):
    names = [name for name in PACKAGE if needed not in name]
    for name in set(PACKAGE) - set(names):
        (root / "plugins" / name).unlink()
    (problem,) = wheel_problems(wheel_of(tmp_path, names), root)
    assert problem.endswith(f"{needed} is missing")


def test_a_wheel_without_its_licence_is_named(root, tmp_path):
    (problem,) = wheel_problems(wheel_of(tmp_path, PACKAGE, licences=("NOTICE",)), root)
    assert problem.endswith("LICENSE is missing in its metadata")


def test_metadata_without_a_licence_expression_are_named(root, tmp_path):
    metadata = METADATA.replace("License-Expression: Apache-2.0\n", "")
    (problem,) = wheel_problems(wheel_of(tmp_path, PACKAGE, metadata), root)
    assert "License-Expression is [] instead of ['Apache-2.0']" in problem


def test_a_source_distribution_holds_the_package_and_what_describes_it(root, tmp_path):
    assert sdist_problems(sdist_of(tmp_path, SDIST), root) == []


def test_what_does_not_belong_in_a_source_distribution_is_named(root, tmp_path):
    (problem,) = sdist_problems(sdist_of(tmp_path, [*SDIST, ".env"]), root)
    assert problem.endswith(".env does not belong in it")


def test_what_a_source_distribution_lacks_is_named(root, tmp_path):
    (problem,) = sdist_problems(sdist_of(tmp_path, [name for name in SDIST if name != "LICENSE"]), root)
    assert problem.endswith("LICENSE is missing")


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("[start](docs/start.md)", False),
        ("![page](docs/page.png)", False),
        ("[start](https://code.example/start.md)", True),
        ("[below](#below)", True),
    ],
)
def test_a_link_of_the_description_that_leads_nowhere_on_an_index_is_named(root, tmp_path, link, leads):
    problems = wheel_problems(wheel_of(tmp_path, PACKAGE, f"{METADATA}\nIn short: {link}.\n"), root)
    assert [problem.rpartition(": ")[2] for problem in problems] == ([] if leads else [link.partition("(")[2][:-1]])
