"""P6: how much of an allowed number of calls is used, and how often the service has to refuse one."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from subprocess import Popen
from typing import Any

from benchmarks import process, stage
from benchmarks.result import Goal, Result, Series
from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

ROUNDS = 1  # what is counted hardly varies
PER_MINUTE, PER_DAY = 100, 2_500
MINUTES = 3
WORKERS = 4
PARALLEL = 8  # what an account has by default
_LATENCY = 0.05
_OURS, _LIMITED = "benchmarks.ours", "benchmarks.peers.limited"
_MINUTE = timedelta(minutes=1)
_REFUSED = 429


@dataclass(frozen=True)
class Contender:
    """A contender with its own key, which uses all of its allowance.

    :param workers: processes at the same time, each with the documents of another supplier
    """

    what: str
    module: str
    workers: int = 1
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Used:
    """The result in per cent: the share of the allowed calls that were made, and of all calls that were refused."""

    used: float
    refused: float


_MINUTELY = {"allowance": {"per_minute": PER_MINUTE}}
_DAILY = {"allowance": {"per_day": PER_DAY}}
BY_MINUTE = [
    Contender("this provider, 1 process", _OURS, options=_MINUTELY),
    Contender(f"this provider, {WORKERS} processes", _OURS, WORKERS, _MINUTELY),
    Contender("urllib3's Retry", _LIMITED, options={"way": "retry"}),
    Contender("a fixed sleep", _LIMITED, options={"way": "sleep", "pause": 60 / PER_MINUTE}),
]
BY_DAY = [
    Contender("this provider, 1 process, a day", _OURS, options=_DAILY),
    Contender(f"this provider, {WORKERS} processes, a day", _OURS, WORKERS, _DAILY),
]


def measure(rounds: int) -> Result:
    """Let all work at the same time, each with a key of its own: they mostly wait."""
    found: dict[str, list[Used]] = {one.what: [] for one in (*BY_MINUTE, *BY_DAY)}
    with stage.sandbox() as admin:
        for number in range(rounds):
            for what, one in (_minutes(admin, number) | _days(admin, number)).items():
                found[what].append(one)
    used = {what: Series(what, "% used", [one.used for one in rounds_]) for what, rounds_ in found.items()}
    refused = {what: Series(what, "% refused", [one.refused for one in rounds_]) for what, rounds_ in found.items()}
    ours = [one.what for one in (*BY_MINUTE[:2], *BY_DAY)]
    peers = [one.what for one in BY_MINUTE[2:]]
    return Result(
        id="P6",
        title="Use of the allowed calls, and calls refused (429)",
        setting=f"{PER_MINUTE} calls a minute for {MINUTES} minutes, {_LATENCY * 1000:.0f} ms a call; {PER_DAY:,} "
        f"calls a day; 1 process, and {WORKERS} processes with one key",
        ours=[*(used[what] for what in ours), *(refused[what] for what in ours)],
        peers=[*(used[what] for what in peers), *(refused[what] for what in peers)],
        goals=[
            Goal.at_least(97, min(used[what].median for what in ours), "at least 97 % used, by 1 and by 4 processes"),
            Goal.at_most(0.1, max(max(refused[what].values) for what in ours), "at most 0.1 % refused"),
        ],
        note="Counted by the sandbox, which refuses calls beyond the allowance of a window that begins with the first "
        "call. The allowance of a day is used up without waiting for the end of the day.",
    )


def _minutes(admin: SandboxAdmin, number: int) -> dict[str, Used]:
    """Let all contenders work for some minutes, then stop them."""
    documents = PER_MINUTE * MINUTES  # twice as many as can go
    with ExitStack() as stack:
        companies = {}
        for one in BY_MINUTE:
            company = _company(admin, one, number, documents, gmi_per_minute=PER_MINUTE)
            stack.callback(admin.clear_faults, admin.fault("latency", company=company, seconds=_LATENCY))
            companies[one.what] = company
        since = admin.last_seq()
        running = [process for one in BY_MINUTE for process in _start(stack, admin, companies[one.what], one)]
        try:
            time.sleep(MINUTES * 60 + 5)
            if any(one.poll() is not None for one in running):
                raise RuntimeError("one of them ended before its time")
        finally:
            for one_process in running:
                one_process.kill()
                one_process.communicate()
    return {
        what: count(admin.calls(since=since, company=company, service="gmi"), PER_MINUTE * MINUTES, _MINUTE * MINUTES)
        for what, company in companies.items()
    }


def _days(admin: SandboxAdmin, number: int) -> dict[str, Used]:
    """Let each work until its day is used up."""
    found = {}
    for one in BY_DAY:
        company = _company(admin, one, number, PER_DAY * 3 // 5, gmi_per_day=PER_DAY)
        since = admin.last_seq()
        with ExitStack() as stack:
            for running in _start(stack, admin, company, one):
                process.result_of(running, one.module)
        calls = admin.calls(since=since, company=company, service="gmi")
        found[one.what] = count(calls, PER_DAY, timedelta(days=1))
    return found


def count(calls: list[dict[str, Any]], allowed: int, span: timedelta) -> Used:
    """Return how much of the allowance was used from the first call on, and how many calls were refused."""
    first = min(datetime.fromisoformat(call["time"]) for call in calls)
    within = [call for call in calls if datetime.fromisoformat(call["time"]) < first + span]
    refused = sum(call["status"] == _REFUSED for call in within)
    return Used((len(within) - refused) / allowed * 100, refused / len(within) * 100)


def _company(admin: SandboxAdmin, one: Contender, number: int, documents: int, **limits: int | None) -> CompanyAdmin:
    suppliers = [f"Lieferant {worker}" for worker in range(one.workers)]
    company = stage.furnish(admin, f"{one.what} {number}", documents, suppliers=suppliers)
    company.limit(**limits)
    return company


def _start(stack: ExitStack, admin: SandboxAdmin, company: CompanyAdmin, one: Contender) -> list[Popen[str]]:
    """Start the processes of a contender; those of the provider share the counter of calls, and nothing else."""
    shared = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="p6-")))
    processes = []
    for worker in range(one.workers):
        folder = shared / str(worker)
        folder.mkdir()
        options = one.options | {
            "pacing": str(shared / "pacing.db"),
            "filter": {"companies": {"include": [f"Lieferant {worker}"]}},
        }
        job = stage.job_of(admin, company, folder, parallel=PARALLEL, **options)
        processes.append(process.start(one.module, job))
    return processes
