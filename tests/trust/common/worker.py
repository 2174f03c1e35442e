"""Runs of an account as Airflow's workers execute them: in processes that can be ended anywhere.

The tasks are those of the account's DAG, made from its file; their context is a double. What Airflow does around them
is done here as Airflow does it: SIGTERM calls ``on_kill``, a task that failed is tried again after its delay (the clock
is put forward instead of waiting), and the report runs in any case.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

import time_machine
from airflow.sdk import RetryAction
from airflow.sdk.exceptions import DownstreamTasksSkipped
from airflow.sdk.execution_time.context import OutletEventAccessors

from debitoor_provider.configuration import accounts_folder
from debitoor_provider.dag_factory import build_dag
from debitoor_provider.policies.retry import ServiceRetryPolicy
from debitoor_provider.sync.account_files.files import find_account
from tests.airflow_context import TaskInstance
from tests.trust.common.points import instrument

if TYPE_CHECKING:
    from airflow.sdk import DAG

    from tests.sync.stage import Clock

Way = Literal["kill", "term", "exception"]
Stop = Literal["stop"]

log = logging.getLogger(__name__)

_PROCESSES = multiprocessing.get_context("fork")  # as Airflow's supervisor makes them
_DONE, _SKIP_THE_REST, _TRY_AGAIN, _FAILED = 0, 10, 20, 30
_PATIENCE = 60


class EndedHere(RuntimeError):
    """What a process is ended with when that is by an exception."""


@dataclass(frozen=True)
class Ending:
    """How and where one process is to end.

    :param way: *stop* does not end the process, but stops it until SIGCONT
    :param point: a point of :mod:`tests.trust.common.points`; wildcards allowed
    :param nth: the how manieth time it is reached
    :param after: seconds after which it is killed, wherever it is
    """

    way: Way | Stop = "kill"
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

    :param clock: moved forward between the tries
    :param trace: a file that gets the points reached, in their order
    """

    clock: Clock
    trace: Path | None = None

    def run(
        self,
        run: Run,
        *endings: Ending,
        after_end: Callable[[], None] = lambda: None,
        states: Mapping[str, str] | None = None,
    ) -> str:
        """Execute the tasks of a run one after the other; return the state of the run.

        :param endings: the first ends the first process that comes to its point, the second one a process after that,
            and so on
        :param after_end: called when a process has ended before its time
        :param states: of the tasks that were executed already
        """
        to_come, tries, states = list(endings), Counter[str](), dict(states or {})
        while _left(run, states):
            process, outcomes = self.start(run, states=states, ending=to_come[0] if to_come else None)
            code = wait(process)
            states |= states_of(run, outcomes, states)
            if code != _DONE:
                after_end()
                del to_come[:1]
            if code not in (_DONE, _FAILED):
                left = _left(run, states)
                tries[left[0]] += 1
                if tries[left[0]] > run.dag.get_task(left[0]).retries:
                    _settle(run, states, left[0], _FAILED)
                self.clock.pass_by(minutes=2, seconds=5)
        return "failed" if "failed" in states.values() else "success"

    def start(
        self, run: Run, *task_ids: str, states: Mapping[str, str] | None = None, ending: Ending | None = None
    ) -> tuple[BaseProcess, Connection]:
        """Start a process that executes the given tasks, or those without a state, until one has to be retried.

        :return: the process, and the pipe that gets the outcome of each task
        """
        outcomes, sender = _PROCESSES.Pipe(duplex=False)
        known = dict(states or {})
        arguments = (run, task_ids or _left(run, known), known, ending, self.clock.passed, self.trace, sender)
        process = _PROCESSES.Process(target=_execute, args=arguments, daemon=True)
        process.start()
        sender.close()
        return process, outcomes


def warm_up(run: Run) -> None:
    """Execute a run in this process, so that its forks have in memory whatever a task imports."""
    before = signal.getsignal(signal.SIGTERM)
    for task_id in tasks_of(run.dag):
        _outcome(run, task_id, {})
    signal.signal(signal.SIGTERM, before)
    gc.collect()
    gc.freeze()  # a fork that collects what it did not make copies the memory that it shares


def states_of(run: Run, outcomes: Connection, states: Mapping[str, str]) -> dict[str, str]:
    """Return the states of a run's tasks after a process has ended.

    :param states: those before it
    """
    after = dict(states)
    with suppress(EOFError):  # it has sent everything
        while True:
            _settle(run, after, *outcomes.recv())
    return after


def wait(process: BaseProcess) -> int:
    """Wait for the end of a process; return its exit code, negative for a signal."""
    process.join(_PATIENCE)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise AssertionError("a worker process did not come to an end")
    return process.exitcode


def dag_of(account: str) -> DAG:
    """Make the DAG of an account from its file."""
    return build_dag(find_account(accounts_folder(), account))


def tasks_of(dag: DAG) -> list[str]:
    """Return the tasks in the order in which they run."""
    return [task.task_id for task in dag.topological_sort()]


def _left(run: Run, states: Mapping[str, str]) -> list[str]:
    return [task_id for task_id in tasks_of(run.dag) if task_id not in states]


def _settle(run: Run, states: dict[str, str], task_id: str, code: int) -> None:
    """Write down how a task ended, and what that means for those after it."""
    states[task_id] = "failed" if code == _FAILED else "success"
    if code != _DONE:
        rest = "upstream_failed" if code == _FAILED else "skipped"
        states |= {other: rest for other in _left(run, states) if other != "report"}


def _execute(
    run: Run,
    task_ids: list[str],
    states: dict[str, str],
    ending: Ending | None,
    passed: timedelta,
    trace: Path | None,
    sender: Connection,
) -> None:
    """Run as a worker process; exit with the outcome of its last task."""
    gc.disable()
    if ending and ending.after:
        threading.Timer(ending.after, _end, ["kill"]).start()
    if trace or (ending and ending.point):
        instrument(_reach(ending, trace))
    code = _FAILED
    try:
        with time_machine.travel(datetime.now(UTC) + passed, tick=True):
            for task_id in task_ids:
                if task_id not in states:
                    code = _outcome(run, task_id, states)
                    if code == _TRY_AGAIN:
                        break
                    sender.send((task_id, code))
                    _settle(run, states, task_id, code)
    except BaseException:
        log.exception("The worker process came to grief")
        os._exit(_FAILED)
    os._exit(code if code == _TRY_AGAIN else _DONE)


def _outcome(run: Run, task_id: str, states: dict[str, str]) -> int:
    task, context = run.dag.get_task(task_id), _context(run, states)
    signal.signal(signal.SIGTERM, lambda *_: task.on_kill())  # as Airflow's task runner does
    try:
        task.render_template_fields(context)
        task.execute(context)
    except DownstreamTasksSkipped:
        return _SKIP_THE_REST
    except Exception as error:
        log.exception("Task %s failed", task_id)
        decision = ServiceRetryPolicy().evaluate(error, 1, 3)
        return _FAILED if decision.action is RetryAction.FAIL else _TRY_AGAIN
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
    """Return what is called at each point: it writes the point down, or ends the process there."""
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


def _end(way: Way | Stop) -> None:
    if way == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif way == "stop":
        # To this thread, so that it goes no further; another one may be stopped some instructions later.
        signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
    elif way == "term":
        os.kill(os.getpid(), signal.SIGTERM)
    else:
        raise EndedHere("ended here")
