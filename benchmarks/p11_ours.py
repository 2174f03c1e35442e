"""The check of an account in a process of its own."""

from __future__ import annotations

from typing import Any

from benchmarks.job import Job, measured
from benchmarks.ours import Exchange
from debitoor_provider.sync.check.check import check
from debitoor_provider.sync.check.rows import Comparison
from debitoor_provider.sync.steps.rebuild import rebuild


def main() -> None:
    """Compare everything; option ``rebuild``: enter into the ledger what the books have instead."""
    job = Job.read()
    exchange = Exchange(job)
    if job.options.get("rebuild"):
        with exchange.step("rebuild") as step:
            rebuild(step)

    def work() -> dict[str, Any]:
        with exchange.step("check") as step, check(step) as found:
            return {"same": found.counts[Comparison.SAME], "sums": [str(row.target) for row in found.sums]}

    measured(work)


if __name__ == "__main__":
    main()
