"""Runs a module as a process of its own, with a job."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.build import Build
from benchmarks.job import Job

_OURS = Build()
_QUIET = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "CRITICAL"}


class Failed(RuntimeError):
    """A process did not do its job."""


def start(module: str, job: Job, build: Build = _OURS) -> subprocess.Popen[str]:
    """Begin a module; those of the peers run by their own Python.

    :param build: whose module it is, with the provider of the same tree
    """
    if module.startswith("benchmarks.peers."):
        return _start([str(peers.python()), "-m", module], job, build.root, {})
    return _start([str(build.python), "-m", module], job, build.root, build.env)


def start_code(code: str, job: Job, build: Build, **env: str) -> subprocess.Popen[str]:
    """Begin some lines of Python that use a build and its benchmarks.

    :param env: further environment
    """
    return _start([str(build.python), "-c", code], job, build.root, build.env | env)


def _start(command: list[str], job: Job, root: Path, env: dict[str, str]) -> subprocess.Popen[str]:
    env = os.environ | _QUIET | {"DLT_DATA_DIR": job.folder, "PYTHONUNBUFFERED": "1"} | env
    pipe = subprocess.PIPE
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=root, env=env, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )
    assert process.stdin is not None  # noqa: S101 - it was asked for
    with suppress(BrokenPipeError):  # it has failed already, and says why in its output
        process.stdin.write(job.text())
    with suppress(BrokenPipeError):
        process.stdin.close()
    process.stdin = None
    return process


def result_of(process: subprocess.Popen[str], module: str) -> dict[str, Any]:
    """Return the result that a process prints.

    :raises Failed: when it failed
    """
    output, errors = process.communicate()
    lines = output.splitlines()
    if process.returncode or not lines:
        raise Failed(f"{module} ended with {process.returncode}: {errors[-2000:]}")
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def run(module: str, job: Job, build: Build = _OURS) -> dict[str, Any]:
    """Run a module to its end; return what it took."""
    return result_of(start(module, job, build), module)
