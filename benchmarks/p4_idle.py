"""P4: a sync that finds nothing new."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import process, stage
from benchmarks.build import Build
from benchmarks.job import Job
from benchmarks.result import Goal, Result, Series
from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

FEW, MANY, ROWS = 100, 10_000, 1_000_000
LATENCY = 0.05
_OFTEN = 3  # times in a round, since one takes so short a time
_ACCOUNTS = 1_000  # that the other rows of the ledger belong to
_OURS, _SCRIPT, _DLT = "benchmarks.ours", "benchmarks.peers.idle_script", "benchmarks.peers.idle_dlt"
_FILL = """
import os
from pathlib import Path
from benchmarks.job import Job
from benchmarks.ours import ledger_url
from benchmarks.shelf import fill_ledger
fill_ledger(ledger_url(Path(Job.read().folder)), int(os.environ["ACCOUNTS"]), int(os.environ["ROWS"]))
print("{}")
"""
"""Each build fills a ledger of its own: the tables of another one may differ."""


@dataclass
class Idle:
    """One set-up, ready to find nothing new."""

    admin: SandboxAdmin
    company: CompanyAdmin
    module: str
    job: Job
    build: Build = field(default_factory=Build)

    def once(self) -> tuple[float, int]:
        """Return the seconds beyond start-up, and the calls made."""
        since = self.admin.last_seq()
        taken = process.run(self.module, self.job, self.build)
        return float(taken["seconds"]), len(self.admin.calls(since=since, company=self.company))


def measure(rounds: int, against: Build | None = None) -> Result:
    """Move documents once, then ask again and again for new ones."""
    with stage.sandbox() as admin, tempfile.TemporaryDirectory(prefix="p4-") as temporary:
        folder = Path(temporary)
        small = _moved(admin, folder / "small", FEW, rows=0)
        large = _moved(admin, folder / "large", MANY, rows=ROWS)
        idles = {
            f"this provider, {FEW} rows in the ledger": small,
            f"this provider, {ROWS:,} rows in the ledger": large,
            "listing all again": _script(large, folder / "script"),
            "dlt incremental": _dlt(large, folder / "dlt"),
        }
        if against:
            other = _moved(admin, folder / against.name, MANY, rows=ROWS, build=against)
            idles[f"{against.name}, {ROWS:,} rows in the ledger"] = other
        admin.fault("latency", seconds=LATENCY)
        found = [[idle.once() for idle in idles.values()] for _ in range(rounds * _OFTEN)]
    seconds = [Series(name, "s", [one[place][0] for one in found]) for place, name in enumerate(idles)]
    calls = [Series(name, "calls", [float(one[place][1]) for one in found]) for place, name in enumerate(idles)]
    few, many = seconds[:2]
    return Result(
        id="P4",
        title="A sync with nothing new, beyond start-up",
        setting=f"{MANY:,} documents moved already, {LATENCY * 1000:.0f} ms a call",
        ours=[many, few, *calls[:2]],
        peers=[*seconds[2:], *calls[2:]],
        goals=[
            Goal.at_most(1, max(calls[0].values + calls[1].values), "1 call"),
            Goal.at_most(0.15, many.median, f"at most 0.15 s with {ROWS:,} rows in the ledger"),
            Goal.at_most(0.15, few.median, f"at most 0.15 s with {FEW} rows in the ledger"),
            Goal.at_most(1.2, many.median / few.median, "the same with many rows as with few: at most 1.2 times"),
        ],
        note=f"The time includes opening the ledger, the one call with its {LATENCY * 1000:.0f} ms, the plan and the "
        f"report. The {ROWS:,} rows belong to {_ACCOUNTS:,} other accounts, in addition to the account's own {MANY:,}. "
        "dlt's time includes its three steps for an empty load.",
    )


def _moved(admin: SandboxAdmin, folder: Path, documents: int, *, rows: int, build: Build | None = None) -> Idle:
    """Move the documents of a company; not archived, so that they stay in the list."""
    folder.mkdir()
    company = stage.furnish(admin, f"Idle {folder.name}", documents)
    idle = Idle(admin, company, _OURS, stage.job_of(admin, company, folder, archive=False), build or Build())
    if rows:
        filled = process.start_code(_FILL, idle.job, idle.build, ACCOUNTS=str(_ACCOUNTS), ROWS=str(rows))
        process.result_of(filled, "the ledger")
    process.run(idle.module, idle.job, idle.build)
    stage.check(company, archived=False)
    return idle


def _script(of: Idle, folder: Path) -> Idle:
    folder.mkdir()
    moved = folder / "moved.json"
    moved.write_text(json.dumps([document["uid"] for document in of.company.documents()]))
    return Idle(of.admin, of.company, _SCRIPT, stage.job_of(of.admin, of.company, folder, moved=str(moved)))


def _dlt(of: Idle, folder: Path) -> Idle:
    folder.mkdir()
    job = stage.job_of(of.admin, of.company, folder)
    process.run(_DLT, job)  # loads all
    return Idle(of.admin, of.company, _DLT, job)
