"""Processes that are started together and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

_PATIENCE = 20.0  # seconds between the polite and the final signal


@contextmanager
def background(
    command: Sequence[str], *, env: Mapping[str, str], log: Path, cwd: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a process group of its own and end the whole group afterwards.

    :param log: gets everything the command prints
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children: politely first, then for good."""
    for last_word in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, last_word)
        except ProcessLookupError:
            break
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def of_session(session: int) -> list[psutil.Process]:
    """Return all processes of a session, whatever their group.

    :param session: process id of its leader
    """
    return [process for process in psutil.process_iter() if _session(process.pid) == session]


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0
