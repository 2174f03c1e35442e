"""What the demo starts, it ends, children included."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil

from demo.processes import background

CHILD = "import os, time; print(os.getpid(), flush=True); time.sleep(99)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_process_ends_with_its_children(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with background([sys.executable, "-c", PARENT], env=os.environ, log=log) as process:
        while not log.read_text().endswith("\n"):
            assert process.poll() is None
        child = int(log.read_text())
        assert is_running(child)
    assert process.returncode is not None
    deadline = time.monotonic() + 30
    while is_running(child):  # the signal is sent; the system ends the process in its own time
        assert time.monotonic() < deadline
