"""P10: what it takes to find the e-invoice in a document's file, and to prove its figures."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import p10_files, process
from benchmarks.job import Job
from benchmarks.p10_files import CII, HYBRID, PLAIN, UBL
from benchmarks.result import Goal, Result, Series

FILES = 1_000
_OURS, _FACTURX, _EU = "benchmarks.p10_ours", "benchmarks.peers.facturx_reads", "benchmarks.peers.eu_einvoice_reads"
_NAMES = {_OURS: "this provider", _FACTURX: "factur-x", _EU: "eu-einvoice's parsing"}
_TOLD = {HYBRID: "a PDF with XML", CII: "XML, CII", UBL: "XML, UBL", PLAIN: "a PDF without XML"}
_XML = (CII, UBL)


def measure(rounds: int, files: int = FILES) -> Result:
    """Read all files by all contenders, in turn, round by round."""
    taken: dict[str, list[dict[str, Any]]] = {name: [] for name in _NAMES}
    with tempfile.TemporaryDirectory(prefix="p10-") as folder:
        kinds = p10_files.write(Path(folder), files)
        for _ in range(rounds):
            for module, found in taken.items():
                found.append(process.run(module, _job(folder)))
    of_all = {module: {kind: _of(taken[module], module, kind) for kind in _read_by(taken[module])} for module in _NAMES}
    ours, facturx, eu = of_all[_OURS], of_all[_FACTURX], of_all[_EU]
    slow = Series("99 of 100 PDFs without XML", "ms", [1000 * _percentile(one[PLAIN]) for one in _files(taken[_OURS])])
    memory = [one["peak_megabytes"] - one["idle_megabytes"] for one in taken[_OURS]]
    over_idle = Series("memory over idle", "MB", memory)
    return Result(
        id="P10",
        title="An e-invoice found and proven",
        setting=f"{files:,} files: {kinds[HYBRID]} PDFs of 60 to 400 kB with XML, {kinds[CII]} XML files in CII and "
        f"{kinds[UBL]} in UBL, {kinds[PLAIN]} PDFs without XML; processor time per file",
        ours=[*ours.values(), slow, over_idle],
        peers=[*facturx.values(), *eu.values()],
        goals=[
            Goal.at_least(5, _ratio(facturx, ours, [HYBRID]), "at least 5 times factur-x, a PDF with XML"),
            Goal.at_least(3, _ratio(eu, ours, _XML), "at least 3 times eu-einvoice's parsing, XML files"),
            Goal.at_most(5, slow.median, "at most 5 ms for a PDF without XML"),
            Goal.at_most(40, over_idle.median, "at most 40 MB over idle"),
        ],
        note="All contenders begin with the file in memory and end with the gross amount, which must be the one that "
        "was written into it; the provider proves it, too: all sums, and each tax, to the cent. factur-x checks the "
        "XML against its schema, as it does by default: once when it extracts it from a PDF and once when it reads it; "
        "eu-einvoice checks nothing here, and extracts the XML from a PDF with factur-x. The peers take "
        f"{_ratio(facturx, ours, [CII]):.1f} (factur-x, CII), {_ratio(facturx, ours, [UBL]):.0f} (factur-x, UBL, whose "
        f"schema it loads for each file), {_ratio(eu, ours, [HYBRID]):.1f} (eu-einvoice, a PDF with XML) and "
        f"{_ratio(facturx, ours, [PLAIN]):.1f} times as long (factur-x, a PDF without XML).",
    )


def _job(folder: str) -> Job:
    return Job(name="P10", email="", gmi_url="", api_key="", account_id="", debitoor_url="", token="", folder=folder)


def _files(taken: list[dict[str, Any]]) -> list[dict[str, list[float]]]:
    return [one["files"] for one in taken]


def _read_by(taken: list[dict[str, Any]]) -> list[str]:
    return [kind for kind in _TOLD if kind in taken[0]["files"]]


def _of(taken: list[dict[str, Any]], module: str, kind: str) -> Series:
    values = [1000 * statistics.fmean(one[kind]) for one in _files(taken)]
    return Series(f"{_NAMES[module]}, {_TOLD[kind]}", "ms", values)


def _ratio(peer: dict[str, Series], ours: dict[str, Series], kinds: list[str] | tuple[str, ...]) -> float:
    return sum(peer[kind].median for kind in kinds) / sum(ours[kind].median for kind in kinds)


def _percentile(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[-1]
