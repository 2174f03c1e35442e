"""What stands for the images says what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compose_check import __main__ as command
from compose_check import images as module
from compose_check.images import Missing, images

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("program", "what"), [("postgres", "apt install postgresql"), ("redis-server", "apt install redis-server")]
)
def test_a_program_that_is_not_there_is_named_with_its_package(
    program: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.shutil, "which", lambda name, path: None if name == program else f"/bin/{name}")
    with pytest.raises(Missing, match=what):
        images(tmp_path)


def test_an_environment_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.shutil, "which", lambda name, path: f"/bin/{name}")
    with pytest.raises(Missing, match="venv-image"):
        images(tmp_path / "venv-image" / "bin" / "python")


def test_the_check_is_skipped_with_a_line_that_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command.signal, "signal", lambda *_: None)
    monkeypatch.setattr("sys.argv", ["check", "--python", str(tmp_path / "bin/python")])
    monkeypatch.setattr(module.shutil, "which", lambda name, path: None)
    assert command.main() == 0
    assert capsys.readouterr().out == "Skipped: no postgres (Debian: apt install postgresql)\n"
