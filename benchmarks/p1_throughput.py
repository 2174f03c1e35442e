"""P1: documents a second, end to end, when each call takes a while."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import process, stage
from benchmarks.result import Goal, Result, Series
from debitoor_provider.sandbox.client import SandboxAdmin

DOCUMENTS = 500
LATENCY = 0.05
PARALLEL = 32
_CALLS = 4  # of each document: read, upload, book, archive
_DLT = "benchmarks.peers.dlt_pipeline"


@dataclass(frozen=True)
class Way:
    """One way to move the documents."""

    what: str
    module: str
    options: dict[str, Any] = field(default_factory=dict)


OURS = Way("this provider, all on", "benchmarks.ours")
SCRIPT = Way("plain script, one after the other", "benchmarks.peers.script")
DLT = [
    Way("dlt, custom destination", _DLT, {"writes": "destination"}),
    Way("dlt, all in the transformer", _DLT, {"writes": "transformer"}),
]
TUNED = [Way(f"{way.what}, tuned to {PARALLEL}", way.module, way.options | {"tuned": True}) for way in DLT]
POOL = Way("bare thread pool, no ledger", "benchmarks.peers.pool")


def measure(rounds: int) -> Result:
    """Move the same documents in each way, in turn, round by round."""
    ways = [OURS, SCRIPT, *DLT, *TUNED, POOL]
    rates: dict[str, list[float]] = {way.what: [] for way in ways}
    with stage.sandbox() as admin:
        for number in range(rounds):
            for way in ways:
                rates[way.what].append(DOCUMENTS / _seconds(admin, way, number))
    ours, *peers = (Series(way.what, "documents/s", rates[way.what]) for way in ways)
    median = {series.what: series.median for series in peers}
    bound = PARALLEL / (_CALLS * LATENCY)
    return Result(
        id="P1",
        title="Documents a second, end to end",
        setting=f"{DOCUMENTS} documents, {LATENCY * 1000:.0f} ms a call, {PARALLEL} at a time",
        ours=[ours],
        peers=peers,
        goals=[
            Goal.at_least(27, ours.median / median[SCRIPT.what], "at least 27 times the script"),
            Goal.at_least(5.8, ours.median / max(median[way.what] for way in DLT), "at least 5.8 times dlt"),
            Goal.at_least(1.5, ours.median / max(median[way.what] for way in TUNED), "at least 1.5 times dlt tuned"),
            Goal.at_least(0.9, ours.median / bound, "at least 0.9 of the round-trip bound"),
        ],
        note=f"The round-trip bound is {bound:.0f} documents/s: {_CALLS} calls for each document, {PARALLEL} at a "
        "time, and nothing besides. The six calls that a run makes before and after (list, account, companies, the "
        "look at the target) count against us. dlt is compared by the faster of its two ways.",
    )


def _seconds(admin: SandboxAdmin, way: Way, number: int) -> float:
    company = stage.furnish(admin, f"{way.what} {number}", DOCUMENTS)
    fault = admin.fault("latency", company=company, seconds=LATENCY)
    with tempfile.TemporaryDirectory(prefix="p1-") as folder:
        job = stage.job_of(admin, company, Path(folder), parallel=PARALLEL, **way.options)
        taken = process.run(way.module, job)
    admin.clear_faults(fault)
    stage.check(company)
    return float(taken["seconds"])
