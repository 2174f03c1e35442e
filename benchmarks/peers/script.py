"""A script written in an hour with ``requests``: one document after the other."""

from __future__ import annotations

from benchmarks.job import Job, measured
from benchmarks.peers.services import Services


def main() -> None:
    """Copy every document that is not archived, and archive it."""
    job = Job.read()

    def work() -> None:
        services = Services(job)
        for record in [one for page in services.listed() for one in page]:
            services.move(record)

    measured(work)


if __name__ == "__main__":
    main()
