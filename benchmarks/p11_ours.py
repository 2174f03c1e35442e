"""The check of an account in a process of its own."""

from __future__ import annotations

from functools import partialmethod
from typing import Any
from unittest.mock import patch

from benchmarks.job import Job, measured
from benchmarks.ours import BenchmarkedAccount
from debitoor_provider.services.debitoor.client import DebitoorClient
from debitoor_provider.services.debitoor.constants import PAGE_SIZE
from debitoor_provider.sync.check.check import check
from debitoor_provider.sync.check.rows import CheckOutcome
from debitoor_provider.sync.steps.rebuild import rebuild

_BY_PAGES = partialmethod(DebitoorClient.expenses, page_size=PAGE_SIZE)
"""A rebuild asks for all expenses in one answer, which is larger than any that is taken when they are 100,000."""


def main() -> None:
    """Compare everything; option ``rebuild``: enter into the ledger what the books have instead."""
    job = Job.read()
    exchange = BenchmarkedAccount(job)
    if job.options.get("rebuild"):
        with exchange.step("rebuild") as step, patch.object(DebitoorClient, "expenses", _BY_PAGES):
            rebuild(step)

    def work() -> dict[str, Any]:
        with exchange.step("check") as step, check(step) as found:
            return {"same": found.counts[CheckOutcome.SAME], "sums": [str(row.target) for row in found.sums]}

    measured(work)


if __name__ == "__main__":
    main()
