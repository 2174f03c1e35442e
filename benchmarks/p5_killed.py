"""P5: what is done again after a process was killed half way."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from benchmarks import process, stage
from benchmarks.p1_throughput import DLT, OURS, SCRIPT, TUNED, Way
from benchmarks.result import Goal, Result, Series
from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
from debitoor_provider.sandbox.company_client import JsonObject

ROUNDS = 1  # what is counted hardly varies
DOCUMENTS = 2_000
KILLED_AT = 1_100  # booked; a little more than half, since a batch of ours ends there and nothing would be in flight
PARALLEL = 32
_LATENCY = 0.01
_PATIENCE = 600.0
_READS = ("gmi.documents.get", "gmi.documents.file")


@dataclass(frozen=True)
class Repeated:
    """What was done a second time, by the referee's log.

    :param looked_at: documents read again
    :param uploads: files uploaded again of documents that were booked already
    :param in_flight: files uploaded again whose upload was not yet followed by the booking at the kill
    :param expenses: documents booked twice
    """

    looked_at: int
    uploads: int
    in_flight: int
    expenses: int


def measure(rounds: int) -> Result:
    """Kill each half way, let it run again, and count."""
    ways = [OURS, SCRIPT, DLT[0], TUNED[1]]
    found: dict[str, list[Repeated]] = {way.what: [] for way in ways}
    with stage.sandbox() as admin:
        for number in range(rounds):
            for way in ways:
                found[way.what].append(_repeated(admin, way, number))
    ours, *peers = (series for way in ways for series in [_series(way.what, found[way.what])])
    return Result(
        id="P5",
        title="Work repeated after kill -9 at half",
        setting=f"{DOCUMENTS:,} documents, {_LATENCY * 1000:.0f} ms a call, {PARALLEL} at a time; SIGKILL when "
        f"{KILLED_AT:,} were booked, then the same again",
        ours=ours,
        peers=[series for peer in peers for series in peer],
        goals=[
            Goal.at_most(PARALLEL, max(ours[0].values), f"at most {PARALLEL}, those in flight, looked at again"),
            Goal.at_most(0, max(ours[1].values), "no upload of a booked document repeated"),
            Goal.at_most(0, max(ours[3].values), "no document booked twice"),
        ],
        note="Counted from the sandbox's referee log. The script archives each document as soon as it is booked and "
        "asks for those that are not archived, which is its only memory; dlt continues with the packages that it has "
        "extracted. What these book twice is in the books twice: neither searches the books first. A file whose "
        "response was on its way at the kill is uploaded again by all contenders, since Debitoor does not list its "
        "files; the first copy is attached to nothing.",
    )


def _series(what: str, rounds: list[Repeated]) -> list[Series]:
    return [
        Series(f"{what}: looked at again", "documents", [float(one.looked_at) for one in rounds]),
        Series(f"{what}: booked, uploaded again", "files", [float(one.uploads) for one in rounds]),
        Series(f"{what}: in flight, uploaded again", "files", [float(one.in_flight) for one in rounds]),
        Series(f"{what}: booked twice", "documents", [float(one.expenses) for one in rounds]),
    ]


def _repeated(admin: SandboxAdmin, way: Way, number: int) -> Repeated:
    company = stage.furnish(admin, f"{way.what} {number}", DOCUMENTS)
    fault = admin.fault("latency", company=company, seconds=_LATENCY)
    since = admin.last_seq()
    with tempfile.TemporaryDirectory(prefix="p5-") as folder:
        job = stage.job_of(admin, company, Path(folder), parallel=PARALLEL, **way.options)
        running = process.start(way.module, job)
        try:
            _wait_for_half(admin, company, since, running)
        finally:
            running.kill()
            running.communicate()
        time.sleep(_LATENCY * 5)  # what was on its way arrives
        before = admin.last_seq()
        if len(company.expenses()) > DOCUMENTS * 0.75:
            raise RuntimeError("the kill came too late: this machine is too busy")
        process.run(way.module, job)
    admin.clear_faults(fault)
    return count(admin, company, since, before)


def count(admin: SandboxAdmin, company: CompanyAdmin, since: int, before: int) -> Repeated:
    """Count what was done more than once according to the log.

    :param since: number in the log before all
    :param before: last number in the log before it ran again
    :raises AssertionError: when a document is missing from the books
    """
    reads = Counter(
        call["path"].split("/")[-1 if call["operation"] == _READS[0] else -2]
        for call in admin.calls(since=since, company=company)
        if call["operation"] in _READS and call["status"] == 200
    )
    uploads = admin.effects(since=since, company=company, object="file", kind="created")
    by_id = {file["id"]: file["sha256"] for file in company.files()}
    stored = Counter(by_id[effect["id"]] for effect in uploads)
    booked_before = {
        by_id[effect["details"]["fileId"]]
        for effect in admin.effects(since=since, company=company, object="expense", kind="created")
        if effect["seq"] <= before
    }
    known = Counter({sha256: times for sha256, times in stored.items() if sha256 in booked_before})
    booked = Counter(map(stage.uid_of, company.expenses()))
    if booked.keys() != {document["uid"] for document in company.documents()}:
        raise AssertionError(f"{len(booked)} documents are in the books")
    return Repeated(_again(reads), _again(known), _again(stored) - _again(known), _again(booked))


def _again(times: Counter[str] | Counter[int]) -> int:
    return sum(number - 1 for number in times.values())


def _wait_for_half(admin: SandboxAdmin, company: CompanyAdmin, since: int, running: Popen[str]) -> None:
    """Wait until half of the documents are booked.

    :raises RuntimeError: when that takes too long, or the process has ended
    """
    deadline, booked = time.monotonic() + _PATIENCE, 0
    while time.monotonic() < deadline:
        fresh: list[JsonObject] = admin.effects(since=since, company=company, object="expense", kind="created")
        booked += len(fresh)
        since = max([since, *(effect["seq"] for effect in fresh)])
        if booked >= KILLED_AT:
            return
        if running.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"only {booked} documents were booked")
