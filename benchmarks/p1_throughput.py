"""P1: documents a second, end to end, when each call takes a while."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import process, stage
from benchmarks.build import Build
from benchmarks.result import Goal, Result, Series
from debitoor_provider.sandbox.client import SandboxAdmin

ROUNDS = 2  # four minutes each
PARALLEL = 32
_CALLS = 4  # of each document: read, upload, book, archive
_DLT = "benchmarks.peers.dlt_pipeline"
_SLOW = 150
"""Documents that the slowest two ways move; with the others' 500 they would take half of the time."""


@dataclass(frozen=True)
class Setting:
    """How much is moved, and how long each call takes.

    :param latency: in seconds
    """

    documents: int
    latency: float

    @property
    def bound(self) -> float:
        """Documents a second when nothing takes time but the calls of the documents."""
        return PARALLEL / (_CALLS * self.latency)

    def __str__(self) -> str:
        return f"{self.documents:,} documents, {self.latency * 1000:.0f} ms a call"


NEAR = Setting(500, 0.05)
FAR = Setting(1_600, 0.3)
"""With 500 documents, the calls before the first one and the last round, which is half empty, are a 20th of it."""


@dataclass(frozen=True)
class Way:
    """One way to move the documents.

    :param build: whose module it is
    :param most: how many documents it moves, where it is so slow that more would show nothing else
    """

    what: str
    module: str
    options: dict[str, Any] = field(default_factory=dict)
    build: Build = field(default_factory=Build)
    most: int | None = None


OURS = Way("this provider, all on", "benchmarks.ours")
SCRIPT = Way("plain script, one after the other", "benchmarks.peers.script", most=_SLOW)
DLT = [
    Way("dlt, custom destination", _DLT, {"writes": "destination"}, most=_SLOW),
    Way("dlt, all in the transformer", _DLT, {"writes": "transformer"}),
]
TUNED = [Way(f"{way.what}, tuned to {PARALLEL}", way.module, way.options | {"tuned": True}) for way in DLT]
POOL = Way("bare thread pool, no ledger", "benchmarks.peers.pool")


def way_of(build: Build) -> Way:
    """Return the way of another build of the provider."""
    return Way(build.name, OURS.module, build=build)


def measure(rounds: int, against: Build | None = None) -> Result:
    """Move the same documents in each way, in turn, round by round; where a call takes long, in few ways."""
    builds = [OURS, *([way_of(against)] if against else [])]
    near = [*builds, SCRIPT, *DLT, *TUNED, POOL]
    rates: dict[tuple[Setting, str], list[float]] = {}
    with stage.sandbox() as admin:
        for number in range(rounds):
            for setting, ways in ((NEAR, near), (FAR, builds)):
                for way in ways:
                    rates.setdefault((setting, way.what), []).append(_rate(admin, way, setting, number))
    ours, *peers = (Series(way.what, "documents/s", rates[NEAR, way.what]) for way in near)
    far, *far_peers = (
        Series(f"{way.what}, {FAR.latency * 1000:.0f} ms a call", "documents/s", rates[FAR, way.what]) for way in builds
    )
    median = {series.what: series.median for series in peers}
    return Result(
        id="P1",
        title="Documents a second, end to end",
        setting=f"{NEAR}, and {FAR}; {PARALLEL} at a time",
        ours=[ours, far],
        peers=[*peers, *far_peers],
        goals=[
            Goal.at_least(27, ours.median / median[SCRIPT.what], "at least 27 times the script"),
            Goal.at_least(5.8, ours.median / max(median[way.what] for way in DLT), "at least 5.8 times dlt"),
            Goal.at_least(1.7, ours.median / max(median[way.what] for way in TUNED), "at least 1.7 times dlt tuned"),
            Goal.at_least(0.9, ours.median / NEAR.bound, "at least 0.9 of the round-trip bound"),
            Goal.at_least(
                0.95, far.median / FAR.bound, f"at least 0.95 of the bound at {FAR.latency * 1000:.0f} ms a call"
            ),
        ],
        note=f"The round-trip bound is {NEAR.bound:.0f} documents/s, and {FAR.bound:.1f} at "
        f"{FAR.latency * 1000:.0f} ms a call: {_CALLS} calls for each document, {PARALLEL} at a time, and nothing "
        "else. The six calls that a run makes before and after its documents (list, account, companies, the search of "
        "the target) count against the provider; at 300 ms they would take a 20th of a run of 500 documents, so there "
        f"are {FAR.documents:,}. The plain script and dlt's custom destination, which move one document after the "
        f"other, are measured with {_SLOW}. The faster of dlt's two ways is compared.",
    )


def _rate(admin: SandboxAdmin, way: Way, setting: Setting, number: int) -> float:
    documents = min(setting.documents, way.most or setting.documents)
    company = stage.furnish(admin, f"{way.what} {setting} {number}", documents)
    fault = admin.fault("latency", company=company, seconds=setting.latency)
    with tempfile.TemporaryDirectory(prefix="p1-") as folder:
        job = stage.job_of(admin, company, Path(folder), parallel=PARALLEL, **way.options)
        taken = process.run(way.module, job, way.build)
    admin.clear_faults(fault)
    stage.check(company)
    return documents / float(taken["seconds"])
