"""GetMyInvoices into Debitoor by dlt, https://dlthub.com, in the two ways that its documentation offers.

Either a custom destination writes to Debitoor what a transformer has read, or the transformer does all calls of a
document and a file destination keeps what was moved. Options of the job:

* ``writes``: ``destination`` or ``transformer``
* ``tuned``: with as many workers as the job allows, otherwise with dlt's own figures
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from typing import Any

import dlt

from benchmarks.job import Job, measured
from benchmarks.peers.services import Record, Services


def main() -> None:
    """Move all documents."""
    job = Job.read()
    services = Services(job, pool=job.parallel)
    tuned = job.options.get("tuned", False)
    if tuned:
        # dlt's performance guide: workers of extract and load, and small files, since a load job takes one file.
        os.environ |= {
            "EXTRACT__WORKERS": str(job.parallel),
            "EXTRACT__MAX_PARALLEL_ITEMS": str(2 * job.parallel),
            "LOAD__WORKERS": str(job.parallel),
            "NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS": "16",
        }

    @dlt.resource(name="documents")
    def documents() -> Iterator[Record]:
        # All pages first: what is archived meanwhile would leave the list, and the next page would begin too late.
        yield from [record for page in services.listed() for record in page]

    @dlt.transformer(data_from=documents, name="contents", parallelized=True)
    def contents(record: Record) -> Record:
        return record | {"content": base64.b64encode(services.content(record["documentUid"])).decode()}

    @dlt.transformer(data_from=documents, name="moved", parallelized=True)
    def moved(record: Record) -> Record:
        services.move(record)
        return record

    @dlt.destination(name="debitoor", batch_size=1 if tuned else 10)
    def debitoor(items: list[Record], table: Any) -> None:  # noqa: ARG001 - dlt's signature
        for record in items:
            services.book(record, base64.b64decode(record["content"]))

    def work() -> None:
        if job.options["writes"] == "destination":
            dlt.pipeline("documents", destination=debitoor, pipelines_dir=job.folder).run(contents)
        else:
            kept = dlt.destinations.filesystem(f"file://{job.folder}/moved")
            dlt.pipeline("documents", destination=kept, dataset_name="moved", pipelines_dir=job.folder).run(moved)

    measured(work)


if __name__ == "__main__":
    main()
