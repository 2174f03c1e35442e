"""P11: whether source and target are the same, for many documents."""

from __future__ import annotations

import json
import math
import tempfile
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks import process, stage
from benchmarks.result import Goal, Result, Series
from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

ROUNDS = 1  # two minutes, all of them much alike
FEW, MANY = 1_000, 100_000
PROBED = 500
"""Documents that the script asks for: it takes as long for each of the others."""
_OURS, _SCRIPT = "benchmarks.p11_ours", "benchmarks.peers.check_script"
_AT_ONCE = 4
LATENCY = 0.05
_PAGE = 500  # documents of one page of the list
_OTHER_CALLS = 12  # who the account and the books are, companies, the ends of the lists


def measure(rounds: int, few: int = FEW, many: int = MANY, probed: int = PROBED) -> Result:
    """Check a few and many documents, and ask for some of them one by one."""
    taken: dict[int, list[dict[str, Any]]] = {few: [], many: []}
    calls: list[float] = []
    script: list[float] = []
    with stage.sandbox() as admin, tempfile.TemporaryDirectory(prefix="p11-") as folder:
        accounts = {documents: _booked(admin, documents, Path(folder)) for documents in (few, many)}
        pairs = Path(folder) / "pairs.json"
        pairs.write_text(json.dumps(_pairs(accounts[many])[:probed]))
        admin.fault("latency", seconds=LATENCY)
        for _ in range(rounds):
            for documents, company in accounts.items():
                since = admin.last_seq()
                found = process.run(_OURS, stage.job_of(admin, company, Path(folder) / str(documents), archive=False))
                if found["same"] != documents or [Decimal(one) for one in found["sums"]] != [
                    sum(map(stage.gross_of, range(documents)))
                ]:
                    raise AssertionError(f"{found} of {documents} documents are the same")
                taken[documents].append(found)
                if documents == many:
                    calls.append(float(len(admin.calls(since=since, company=company))))
            job = stage.job_of(admin, accounts[many], Path(folder), pairs=str(pairs))
            script.append(_rate(process.run(_SCRIPT, job), probed))
    ours = Series(f"this provider, {many:,} documents", "documents/s", [_rate(one, many) for one in taken[many]])
    memory = {
        documents: Series(f"memory over idle, {documents:,} documents", "MB", [_memory(one) for one in found])
        for documents, found in taken.items()
    }
    whole = {documents: max(float(one["peak_megabytes"]) for one in found) for documents, found in taken.items()}
    asked = Series("a script that asks for each document", "documents/s", script)
    lists = 2 * math.ceil(many / _PAGE) + _OTHER_CALLS
    return Result(
        id="P11",
        title="Documents a second, checked",
        setting=f"{few:,} and {many:,} documents with their expenses, {LATENCY * 1000:.0f} ms a call",
        ours=[ours, Series("calls", "calls", calls), memory[few], memory[many]],
        peers=[asked],
        goals=[
            Goal.at_least(10, ours.median / asked.median, "at least 10 times the script"),
            Goal.at_most(lists, max(calls), f"at most {lists} calls, those of the lists"),
            Goal.at_most(1.5, whole[many] / whole[few], f"memory of {many:,} at most 1.5 times that of {few:,}"),
        ],
        note=f"The script gets {probed:,} documents with the ids of their expenses, and makes two calls for each. "
        "Without any delay the ratio is smaller, since then only the work apart from the calls counts. The memory "
        "compared is that of whole processes.",
    )


def _rate(taken: dict[str, Any], documents: int) -> float:
    return documents / float(taken["seconds"])


def _memory(taken: dict[str, Any]) -> float:
    return float(taken["peak_megabytes"]) - float(taken["idle_megabytes"])


def _booked(admin: SandboxAdmin, documents: int, folder: Path) -> CompanyAdmin:
    """Make a company whose documents are in the books, and a ledger that has them as moved."""
    company = stage.furnish(admin, f"Checked {documents}", documents)

    def book(document: dict[str, Any]) -> None:
        line = {
            "taxRate": 19,
            "grossAmount": float(document["grossAmount"]),
            "description": f"Paper [GMI {document['uid']}]",
        }
        company.add_expense(date=document["documentDate"], lines=[line])

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(book, company.documents()))
    home = folder / str(documents)
    home.mkdir()
    process.run(_OURS, stage.job_of(admin, company, home, archive=False, rebuild=True))
    return company


def _pairs(company: CompanyAdmin) -> list[tuple[int, str]]:
    return [(stage.uid_of(expense), expense["id"]) for expense in company.expenses()]
