"""A commit becomes a build of its own, whose package is imported from its own tree."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import build
from benchmarks.build import Build, WrongTree


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with two commits of a package of the provider's name."""
    root = tmp_path / "repository"
    package = root / "plugins" / "debitoor_provider"
    package.mkdir(parents=True)
    (root / "requirements.txt").write_text("# nothing\n")
    _git(root, "init", "--quiet")
    for version in ("1", "2"):
        (package / "__init__.py").write_text(f"VERSION = {version}\n")
        _git(root, "add", ".")
        _git(root, "commit", "--quiet", "--message", version)
    return root


def _git(root: Path, *arguments: str) -> str:
    own = ("-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", root, *own, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _version(of: Build) -> str:
    command = [of.python, "-c", "import debitoor_provider; print(debitoor_provider.VERSION)"]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=of.env).stdout.strip()


def test_a_commit_is_built_for_a_while_from_its_own_tree(repository: Path) -> None:
    with build.of("HEAD~1", repository) as peer:
        assert peer.commit == _git(repository, "rev-parse", "--short", "HEAD~1")
        assert peer.name == f"build {peer.commit}"
        assert _version(peer) == "1"
        assert str(peer.python) == sys.executable  # which has what it requires
        root = peer.root
    assert not root.exists()
    assert _git(repository, "status", "--porcelain") == ""


def test_a_package_from_elsewhere_is_an_error(repository: Path) -> None:
    elsewhere = Build("abc", repository.parent, Path(sys.executable))

    with pytest.raises(WrongTree, match="build abc is imported from"):
        elsewhere.require_own_tree()


def test_an_unknown_commit_is_refused(repository: Path) -> None:
    with pytest.raises(SystemExit, match="no-such-commit"), build.of("no-such-commit", repository):
        pass


def test_a_commit_that_requires_something_else_gets_an_environment_of_its_own(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "requirements.txt").write_text("something==1\n")
    commands: list[list[str]] = []
    run = subprocess.run

    def recorded(command: list[str], **options: object) -> object:
        if command[1:3] not in (["-m", "venv"], ["-m", "pip"]):
            return run(command, **options)
        commands.append(command)
        python = Path(command[0] if "pip" in command else f"{command[-1]}/bin/python")
        python.parent.mkdir(parents=True, exist_ok=True)
        if not python.exists():
            python.symlink_to(sys.executable)
        return None

    monkeypatch.setattr(build.subprocess, "run", recorded)
    with build.of("HEAD", repository) as peer:
        environment = repository / ".venv-against" / peer.commit
        assert peer.python == environment / "bin" / "python"
        assert [command[2] for command in commands] == ["venv", "pip", "pip"]
        assert str(peer.root / "requirements.txt") in commands[1]
    with build.of("HEAD", repository):
        assert len(commands) == 3


def test_this_tree_is_imported_from_here() -> None:
    Build().require_own_tree()
