"""The check of the start page runs the page's own commands, one block after the other, in one shell."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from release.start import PAGE, Shell, StartError, parts


@pytest.fixture
def shell(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    made = Shell(tmp_path / "empty", tmp_path)
    yield made
    made.end()


def soon() -> float:
    return time.monotonic() + 60


def test_the_page_waits_once_and_says_how_to_stop() -> None:
    blocks = parts(PAGE.read_text())
    assert blocks.count("") == 1
    assert 'pip install "airflow-provider-debitoor[sandbox]"\n' in blocks[0]
    assert blocks[-1].startswith("kill ")


def test_blocks_share_their_shell_and_see_nothing_of_this_environment(shell, tmp_path) -> None:
    shell.run("A=1\nmkdir made\ncd made\n", soon())
    shell.run('echo "$A $PYTHONPATH$AIRFLOW_HOME $HOME" > out\n', soon())
    assert (tmp_path / "empty" / "made" / "out").read_text() == f"1  {tmp_path / 'empty'}\n"


def test_a_command_that_fails_ends_it_with_what_was_printed(shell) -> None:
    with pytest.raises(StartError, match=r"(?s)ended with 3.*no such thing"):
        shell.run("echo no such thing\n(exit 3)\necho next\n", soon())


def test_a_command_that_takes_too_long_ends_it(shell) -> None:
    with pytest.raises(StartError, match="is not done"):
        shell.run("sleep 60\n", time.monotonic())


def test_what_was_started_in_the_background_ends_with_it(shell, tmp_path) -> None:
    shell.run("sleep 600 &\necho $! > pid\n", soon())
    pid = int((tmp_path / "empty" / "pid").read_text())
    assert psutil.pid_exists(pid)
    shell.end()
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
