"""A sync with nothing to do, by dlt's incremental loading: the cursor is the time at which documents were made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dlt

from benchmarks.job import Job, measured
from benchmarks.peers.services import Record, Services

_CURSOR = "dateTimeCreatedAt"


def main() -> None:
    """Load what is new into a file. The first run in a folder loads all."""
    job = Job.read()

    @dlt.resource(name="documents")
    def documents(cursor: Any = dlt.sources.incremental(_CURSOR)) -> Iterator[list[Record]]:  # noqa: B008 - dlt's way
        since = {"updatedOrNewSinceFilter": cursor.last_value} if cursor.last_value else {}
        yield from Services(job).listed(**since)

    def work() -> None:
        kept = dlt.destinations.filesystem(f"file://{job.folder}/moved")
        dlt.pipeline("documents", destination=kept, dataset_name="moved", pipelines_dir=job.folder).run(documents)

    measured(work)


if __name__ == "__main__":
    main()
