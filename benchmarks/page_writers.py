"""Workers that move documents while the page is measured: each an account with a key of its own."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import process, stage
from benchmarks.build import Build
from debitoor_provider.sandbox.client import CompanyAdmin

WRITERS = 4
DOCUMENTS = 2_000
LATENCY = 0.25
"""Seconds of each call: a document takes four, one after the other, so each writer moves less than one a second."""
_PATIENCE = 180.0
_WRITE = """\
import os
from benchmarks import ours
from benchmarks.job import Job

job = Job.read()
ours.ACCOUNT = job.name.lower()
ours.ledger_url = lambda folder: os.environ["LEDGER"]
(getattr(ours, "BenchmarkedAccount", None) or ours.Exchange)(job).run()
"""
"""The build's own benchmark, in which the class had another name before, moves the documents into the page's ledger."""


@contextmanager
def writing(build: Build, ledger: str) -> Iterator[None]:
    """Let the writers move documents for as long as a ``with`` block.

    :raises RuntimeError: when one has ended before the block did
    """
    with ExitStack() as stack:
        admin = stack.enter_context(stage.sandbox())
        companies = [stage.furnish(admin, f"writer-{number}", DOCUMENTS) for number in range(WRITERS)]
        started: list[subprocess.Popen[str]] = []
        stack.callback(_end, started)
        for company in companies:
            admin.fault("latency", company=company, seconds=LATENCY)
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="writer-"))
            job = stage.job_of(admin, company, Path(folder), parallel=1)
            started.append(process.start_code(_WRITE, job, build, LEDGER=ledger))
        _await_all(companies, started)
        yield
        _require_all(started)


def _await_all(companies: Sequence[CompanyAdmin], started: Sequence[subprocess.Popen[str]]) -> None:
    """Wait until each of them has moved a document."""
    deadline = time.monotonic() + _PATIENCE
    while not all(company.expenses() for company in companies):
        _require_all(started)
        if time.monotonic() > deadline:
            raise RuntimeError("the writers do not begin")
        time.sleep(0.5)


def _require_all(started: Sequence[subprocess.Popen[str]]) -> None:
    for one in started:
        if one.poll() is not None:
            raise RuntimeError(f"a writer has ended with {one.returncode}: {one.communicate()[1][-2000:]}")


def _end(started: Sequence[subprocess.Popen[str]]) -> None:
    for one in started:
        one.kill()
        one.communicate()
