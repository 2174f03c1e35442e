"""A run whose process is stopped at a point of a document's way while another run of the account finishes.

No time is waited for: the clock by which a run knows how long its leases hold is one that all processes share here, and
it is put forward while the process stands still, as is the clock of the processes that follow.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import psutil

from debitoor_provider.services.steady_clock import steady_seconds
from debitoor_provider.sync.steps import transfer
from debitoor_provider.sync.steps.lease import RunLeases
from tests.trust.common.worker import Ending, Run, Workers, states_of, wait

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    import pytest

    from tests.trust.common.cases import Case

_PATIENCE = 60


@dataclass
class SharedClock:
    """The time since the machine was booted, for this process and all that it forks."""

    passed: multiprocessing.sharedctypes.Synchronized[float] = field(default_factory=lambda: multiprocessing.Value("d"))

    def __call__(self) -> float:
        return steady_seconds() + self.passed.value

    def forward(self, seconds: float) -> None:
        self.passed.value += seconds


@dataclass
class Freezer:
    """Stops runs in the middle.

    :param clock: ``None``: the time is really waited for
    """

    workers: Workers
    clock: SharedClock | None

    @classmethod
    def without_waiting(cls, workers: Workers, monkeypatch: pytest.MonkeyPatch) -> Freezer:
        """Make one that does not wait."""
        clock = SharedClock()
        monkeypatch.setattr(transfer, "RunLeases", partial(RunLeases, clock=clock))
        return cls(workers, clock)

    def freeze(self, case: Case, point: str, nth: int = 1) -> bool:
        """Stop a run of the account at a point, let another one finish, and let the first continue.

        :return: whether the point was reached
        """
        first = Run(case.dag, "scheduled__1")
        process, outcomes = self.workers.start(first, ending=Ending("stop", point, nth))
        reached = _stands_still(process)
        if reached:
            self._let_leases_expire()
            self.workers.run(Run(case.dag, "scheduled__2"))
            os.kill(process.pid or 0, signal.SIGCONT)
        wait(process)
        self.workers.run(first, states=states_of(first, outcomes, {}))  # as Airflow tries again what failed
        return reached

    def _let_leases_expire(self) -> None:
        seconds = transfer.LEASE.total_seconds() + 5
        if self.clock is None:
            time.sleep(seconds)
        else:
            self.clock.forward(seconds)
            self.workers.clock.pass_by(seconds=seconds)


def _stands_still(process: BaseProcess) -> bool:
    """Wait until a process is stopped (``True``) or has ended."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        status = psutil.Process(process.pid).status()
        if status == psutil.STATUS_STOPPED:
            return True
        if status == psutil.STATUS_ZOMBIE:
            return False
        time.sleep(0.01)
    raise AssertionError("the process neither stopped nor ended")
