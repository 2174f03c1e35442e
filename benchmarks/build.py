"""A build of the provider to measure: this tree, or the tree of any commit of this repository as a peer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_REQUIREMENTS = "requirements.txt"
_WHERE = "import debitoor_provider; print(debitoor_provider.__file__)"


class WrongTree(RuntimeError):
    """The package is not imported from the tree that is to be measured."""


@dataclass(frozen=True, slots=True)
class Build:
    """One tree of the provider and a Python that has what it needs.

    :param commit: its short hash; empty for this tree as it is
    :param root: of the tree
    :param python: the interpreter
    """

    commit: str = ""
    root: Path = ROOT
    python: Path = Path(sys.executable)

    @property
    def name(self) -> str:
        """How tables call it."""
        return f"build {self.commit}" if self.commit else "this provider"

    @property
    def plugins(self) -> Path:
        """The folder that has the package."""
        return self.root / "plugins"

    @property
    def env(self) -> dict[str, str]:
        """What makes Python import the package, and the benchmarks next to it, from this tree."""
        return {"PYTHONPATH": os.pathsep.join((str(self.plugins), str(self.root)))}

    def require_own_tree(self) -> None:
        """See that the package comes from this tree and from nowhere else.

        :raises WrongTree: when it does not
        """
        done = subprocess.run(  # noqa: S603 - our own command
            [str(self.python), "-c", _WHERE], capture_output=True, text=True, check=False, env=os.environ | self.env
        )
        where = done.stdout.strip()
        if done.returncode or not where or not Path(where).resolve().is_relative_to(self.plugins.resolve()):
            raise WrongTree(f"{self.name} is imported from {where or done.stderr[-500:]} instead of {self.plugins}")


@contextmanager
def of(commit: str, repository: Path = ROOT) -> Iterator[Build]:
    """Build a commit for as long as a ``with`` block.

    Its tree is taken out of the repository into a temporary folder. It runs by this Python when it requires what this
    tree requires, otherwise by one in an environment of its own, which is kept in ``.venv-against`` for the next time.

    :param commit: whatever names one: a hash, a tag, ``HEAD~3``
    :raises SystemExit: when the repository has no such commit
    """
    short = _git(repository, "rev-parse", "--short", "--verify", f"{commit}^{{commit}}")
    folder = Path(tempfile.mkdtemp(prefix=f"build-{short}-"))
    try:
        _take_out(repository, short, folder)
        build = Build(short, folder, _python_for(folder, repository, short))
        build.require_own_tree()
        yield build
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _take_out(repository: Path, commit: str, folder: Path) -> None:
    with tempfile.TemporaryFile() as archive:
        command = ["git", "-C", str(repository), "archive", "--format=tar", commit]
        subprocess.run(command, stdout=archive, check=True)  # noqa: S603 - our own command
        archive.seek(0)
        with tarfile.open(fileobj=archive) as files:
            files.extractall(folder, filter="data")


def _python_for(tree: Path, repository: Path, commit: str) -> Path:
    """Return the Python that has what a tree requires."""
    if _required(tree) == _required(repository):
        return Path(sys.executable)
    environment = repository / ".venv-against" / commit
    python = environment / "bin" / "python"
    if not (environment / ".ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)  # noqa: S603 - our own command
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        requirements = ["-r", str(tree / _REQUIREMENTS), "hatchling"]
        subprocess.run([*pip, *requirements], check=True)  # noqa: S603 - our own command
        # For the entry points by which Airflow finds the provider; PYTHONPATH decides where it is imported from.
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", str(tree)], check=True)  # noqa: S603 - our own
        (environment / ".ready").touch()
    return python


def _required(tree: Path) -> list[str]:
    """Return what a tree requires, without comments."""
    lines = (line.split("#")[0].strip() for line in (tree / _REQUIREMENTS).read_text("utf-8").splitlines())
    return sorted({line for line in lines if line})


def _git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own command
        ["git", "-C", str(repository), *arguments],  # noqa: S607 - git of the path, as everywhere
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()
