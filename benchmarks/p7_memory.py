"""P7: how much memory a run takes at its peak, beyond what the process has when it begins."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import process, stage
from benchmarks.build import Build
from benchmarks.p1_throughput import OURS, Way, way_of
from benchmarks.result import Goal, Result, Series
from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

ROUNDS = 2  # those with large files have to store 10 GB before they can begin
FILES = 200
MEGABYTES = 25
PARALLEL = 16
FEW, MANY = 100, 10_000
_PATIENCE = 600.0  # seconds: the sandbox takes large files one after the other
_LARGEST = 26 * 1024 * 1024
_BODIES = Way("whole bodies with base64", "benchmarks.peers.whole_bodies")


def measure(rounds: int, against: Build | None = None) -> Result:
    """Move large files, then few and many small ones."""
    builds = [OURS, *([way_of(against)] if against else [])]
    large: dict[str, list[float]] = {OURS.what: [], _BODIES.what: []}
    small: dict[tuple[str, int], list[float]] = {(way.what, one): [] for way in builds for one in (FEW, MANY)}
    whole: dict[int, list[float]] = {FEW: [], MANY: []}
    with stage.sandbox() as admin:
        for number in range(rounds):
            for way in (OURS, _BODIES) if number < ROUNDS else ():
                taken = _with_large(admin, way, number)
                large[way.what].append(taken["peak_megabytes"] - taken["idle_megabytes"])
            for documents in (FEW, MANY):
                for way in builds:
                    taken = _with_small(admin, way, documents, number)
                    small[way.what, documents].append(taken["peak_megabytes"] - taken["idle_megabytes"])
                    if way is OURS:
                        whole[documents].append(taken["peak_megabytes"])
    ours = Series(f"{OURS.what}, {FILES} large files", "MB", large[OURS.what])
    few, many, *others = (
        Series(f"{way.what}, {one:,} small files", "MB", small[way.what, one]) for way in builds for one in (FEW, MANY)
    )
    all_few, all_many = (Series(f"the whole process, {one:,} small files", "MB", whole[one]) for one in (FEW, MANY))
    return Result(
        id="P7",
        title="Peak memory over idle",
        setting=f"{FILES} files of {MEGABYTES} MB, {PARALLEL} at a time; {FEW} and {MANY:,} small files",
        ours=[ours, few, many, all_few, all_many],
        peers=[Series(f"{_BODIES.what}, {FILES} large files", "MB", large[_BODIES.what]), *others],
        goals=[
            Goal.at_most(64, ours.median, f"at most 64 MB with files of {MEGABYTES} MB"),
            Goal.at_most(1.05, all_many.median / all_few.median, f"{MANY:,} small at most 1.05 times {FEW} small"),
        ],
        note="The peak of the resident memory, as the kernel counts it, less what the process has once everything is "
        "imported; many and few small files are compared by the memory of the whole process. Large files go from "
        "Debitoor to GetMyInvoices, which takes them as base64 in JSON; in the other direction Debitoor takes no more "
        "than 10 MB. Small files go from GetMyInvoices to Debitoor.",
    )


def large_file(number: int) -> bytes:
    """Make a large PDF, for each number another one."""
    return b"%%PDF-1.4\n%8d\n" % number + bytes(MEGABYTES * 1_000_000 - 32) + b"\n%%EOF\n"


def _with_large(admin: SandboxAdmin, way: Way, number: int) -> dict[str, float]:
    company = stage.furnish_sales(admin, f"{way.what} {number}", FILES, large_file)
    taken = _run(admin, way, company, direction="import", largest=_LARGEST, patience=_PATIENCE)
    stage.check_sales(company, large_file)
    return taken


def _with_small(admin: SandboxAdmin, way: Way, documents: int, number: int) -> dict[str, float]:
    company = stage.furnish(admin, f"{way.what}, {documents} small {number}", documents)
    taken = _run(admin, way, company)
    stage.check(company)
    return taken


def _run(admin: SandboxAdmin, way: Way, company: CompanyAdmin, **options: object) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="p7-") as folder:
        job = stage.job_of(admin, company, Path(folder), parallel=PARALLEL, **options)
        return process.run(way.module, job, way.build)
