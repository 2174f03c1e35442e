"""Runs of an account as Airflow's workers execute them: each try of a task is a process, which can be ended anywhere.

The tasks are those of the account's DAG, made from its file; their context is a double. What Airflow does around them
is done here as Airflow does it: SIGTERM calls ``on_kill``, a task that failed is tried again after its delay (the clock
is put forward, nobody waits), and the report runs in any case.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

import time_machine
from airflow.sdk.exceptions import DownstreamTasksSkipped
from airflow.sdk.execution_time.context import OutletEventAccessors

from debitoor_provider.dag_factory import sync_dags
from debitoor_provider.operators.retry_policy import ServiceRetryPolicy
from tests.operators.conftest import TaskInstance
from tests.trust.points import instrument

if TYPE_CHECKING:
    from airflow.sdk import DAG, BaseOperator

    from tests.sync.stage import Clock

Way = Literal["kill", "term", "exception"]

log = logging.getLogger(__name__)

_PROCESSES = multiprocessing.get_context("fork")  # as Airflow's supervisor makes them
_DONE, _SKIP_THE_REST, _TRY_AGAIN, _FAILED = 0, 10, 20, 30
_PATIENCE = 60


class EndedHere(RuntimeError):
    """What a process is ended with when that is by an exception."""


@dataclass(frozen=True)
class Ending:
    """How and where one process is to end.

    :param point: a point of :mod:`tests.trust.points`; wildcards allowed
    :param nth: the how manieth time it is reached
    :param after: seconds after which it is killed, wherever it is
    """

    way: Way = "kill"
    point: str = ""
    nth: int = 1
    after: float = 0


@dataclass(frozen=True)
class Run:
    """One DAG run.

    :param interval: data interval of a backfill's run
    """

    dag: DAG
    run_id: str
    run_type: str = "scheduled"
    interval: tuple[datetime | None, datetime | None] = (None, None)
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Workers:
    """Executes runs of the accounts in the accounts folder.

    :param clock: told how much time passes between the tries
    :param trace: a file that gets the points reached, in their order
    """

    clock: Clock
    trace: Path | None = None

    def run(self, run: Run, *endings: Ending, after_end: Callable[[], None] = lambda: None) -> str:
        """Execute the tasks of a run one after the other; gives the state of the run.

        :param endings: the first ends the first process that comes to its point, the second one a process after that,
            and so on
        :param after_end: called when a process has ended before its time
        """
        to_come = list(endings)
        states: dict[str, str] = {}
        for task_id in tasks_of(run.dag):
            if task_id != "report" and set(states.values()) & {"failed", "skipped"}:
                states.setdefault(task_id, "upstream_failed")
                continue
            for _ in range(1 + run.dag.get_task(task_id).retries):
                code = wait(self.start(run, task_id, states, to_come[0] if to_come else None))
                if code not in (_DONE, _SKIP_THE_REST):
                    after_end()
                    del to_come[:1]
                if code in (_DONE, _SKIP_THE_REST, _FAILED):
                    break
                self.clock.pass_by(minutes=2, seconds=5)
            states[task_id] = {_DONE: "success", _SKIP_THE_REST: "success"}.get(code, "failed")
            if code == _SKIP_THE_REST:
                states |= {rest: "skipped" for rest in tasks_of(run.dag) if rest not in {task_id, "report"}}
        return "failed" if "failed" in states.values() else "success"

    def start(
        self, run: Run, task_id: str, states: Mapping[str, str] | None = None, ending: Ending | None = None
    ) -> BaseProcess:
        """Begin one try of a task; gives its process."""
        told = (run, task_id, dict(states or {}), ending, self.clock.passed, self.trace)
        process = _PROCESSES.Process(target=_execute, args=told, daemon=True)
        process.start()
        return process


def warm_up(run: Run) -> None:
    """Execute a run in this process, so that its forks have in memory whatever a task imports."""
    for task_id in tasks_of(run.dag):
        _outcome(run.dag.get_task(task_id), _context(run, {}))


def wait(process: BaseProcess) -> int:
    """Wait for the end of a process; gives its exit code, negative for a signal."""
    process.join(_PATIENCE)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise AssertionError("a worker process did not come to an end")
    return process.exitcode


def dag_of(account: str) -> DAG:
    """Make the DAG of an account from its file."""
    return sync_dags()[f"debitoor__{account}"]


def tasks_of(dag: DAG) -> list[str]:
    """Tell the tasks in the order in which they run."""
    return [task.task_id for task in dag.topological_sort()]


def _execute(
    run: Run, task_id: str, states: dict[str, str], ending: Ending | None, passed: timedelta, trace: Path | None
) -> None:
    """Be a worker process; ends with the code that tells how it went."""
    task = run.dag.get_task(task_id)
    signal.signal(signal.SIGTERM, lambda *_: task.on_kill())  # as Airflow's task runner does
    if ending and ending.after:
        threading.Timer(ending.after, _end, ["kill"]).start()
    if trace or (ending and ending.point):
        instrument(_reach(ending, trace))
    code = _FAILED
    try:
        with time_machine.travel(datetime.now(UTC) + passed, tick=True):
            code = _outcome(task, _context(run, states))
    except BaseException:
        log.exception("The worker process came to grief")
    os._exit(code)


def _outcome(task: BaseOperator, context: dict[str, Any]) -> int:
    try:
        task.render_template_fields(context)
        task.execute(context)
    except DownstreamTasksSkipped:
        return _SKIP_THE_REST
    except Exception as error:
        log.exception("Task %s failed", task.task_id)
        decision = ServiceRetryPolicy().evaluate(error, 1, 3)
        return _FAILED if decision.action.name == "FAIL" else _TRY_AGAIN
    return _DONE


def _context(run: Run, states: dict[str, str]) -> dict[str, Any]:
    return {
        "dag": run.dag,
        "dag_run": SimpleNamespace(dag_id=run.dag.dag_id, run_id=run.run_id, run_type=run.run_type),
        "ti": TaskInstance(states=states),
        "params": run.params,
        "outlet_events": OutletEventAccessors(),
        "data_interval_start": run.interval[0],
        "data_interval_end": run.interval[1],
    }


def _reach(ending: Ending | None, trace: Path | None) -> Callable[[str], None]:
    """Make what is told of each point: writes it down, or ends the process there."""
    seen = 0

    def reach(point: str) -> None:
        nonlocal seen
        if trace:
            with trace.open("a") as lines:
                lines.write(f"{point}\n")
        if ending and fnmatchcase(point, ending.point):
            with counting:
                seen += 1
                is_here = seen == ending.nth
            if is_here:
                _end(ending.way)

    counting = threading.Lock()
    return reach


def _end(way: Way) -> None:
    if way == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif way == "term":
        os.kill(os.getpid(), signal.SIGTERM)
    else:
        raise EndedHere("ended here")
