"""The same calls by a bare thread pool: as fast as ``requests`` can be, without ledger and without check."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from benchmarks.job import Job, measured
from benchmarks.peers.services import Services


def main() -> None:
    """Copy every document that is not archived, and archive it."""
    job = Job.read()

    def work() -> None:
        services = Services(job, pool=job.parallel)
        records = [one for page in services.listed() for one in page]
        with ThreadPoolExecutor(job.parallel) as pool:
            list(pool.map(services.move, records))

    measured(work)


if __name__ == "__main__":
    main()
