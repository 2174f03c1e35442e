"""The job of a measured process, read from its standard input; what it took, written to its standard output."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

_STATUS = Path("/proc/self/status")
_FORGET_PEAK = "5"  # proc(5), clear_refs: from here on the peak is counted again


@dataclass(frozen=True, slots=True)
class Job:
    """One company's exchange. Its secrets travel by standard input: arguments and environment are seen by others.

    :param folder: for what the process keeps
    :param parallel: how many documents at the same time
    :param options: what one measurement wants to be different
    """

    name: str
    email: str
    gmi_url: str
    api_key: str
    account_id: str
    debitoor_url: str
    token: str
    folder: str
    parallel: int = 32
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Self:
        """Read the job of this process."""
        return cls(**json.load(sys.stdin))

    def text(self) -> str:
        """Serialise the job for another process."""
        return json.dumps(asdict(self))


def measured(work: Callable[[], dict[str, Any] | None]) -> None:
    """Do the work and print what it took; what a process does before, such as importing, does not count."""
    gc.collect()
    gc.freeze()  # as Airflow's LocalExecutor does for its tasks: otherwise some collections visit all imports
    idle = _megabytes("VmRSS")
    Path("/proc/self/clear_refs").write_text(_FORGET_PEAK)
    cpu, started = time.process_time(), time.perf_counter()
    found = work() or {}
    taken = {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - cpu,
        "idle_megabytes": idle,
        "peak_megabytes": _megabytes("VmHWM"),
    }
    print(json.dumps(taken | found), flush=True)


def _megabytes(name: str) -> float:
    for line in _STATUS.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise LookupError(name)
