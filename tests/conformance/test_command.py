"""What the command says when it cannot run."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.conformance import __main__ as command

if TYPE_CHECKING:
    from pathlib import Path


def test_without_a_connection_it_says_what_to_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main([])
    assert ended.value.code == 2
    assert "name a connection" in capsys.readouterr().err


def test_a_report_that_could_not_be_written_is_refused_before_anything_is_asked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["--debitoor-conn-id", "debitoor", "--report", str(tmp_path / "none" / "report.md")])
    assert ended.value.code == 2
    assert "does not exist" in capsys.readouterr().err


def test_without_pytest_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        command.main(["--debitoor-conn-id", "debitoor"])
    assert ended.value.code == 2
    assert "airflow-provider-debitoor[conformance]" in capsys.readouterr().err


def test_the_settings_and_plugins_of_the_folder_take_no_part(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tmp_path / "conftest.py").write_text("raise SystemError\n")
    code = "import sys; from debitoor_provider.conformance.__main__ import main; sys.exit(main(sys.argv[1:]))"
    words = [sys.executable, "-c", code, "--debitoor-conn-id", "no_such_connection"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "0 as assumed, 0 differs" in done.stdout
    assert "SystemError" not in done.stdout + done.stderr
