"""Invoices into GetMyInvoices by a bare thread pool, each file whole in memory, and as base64 in a JSON body."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from benchmarks.job import Job, measured
from benchmarks.peers.services import Services


def main() -> None:
    """Copy every invoice."""
    job = Job.read()

    def work() -> None:
        services = Services(job, pool=job.parallel)
        with ThreadPoolExecutor(job.parallel) as pool:
            list(pool.map(services.keep, services.sales()))

    measured(work)


if __name__ == "__main__":
    main()
