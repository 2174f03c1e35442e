"""A sync with nothing to do, by listing everything again and comparing it with a file of what was moved."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.job import Job, measured
from benchmarks.peers.services import Services


def main() -> None:
    """Find nothing new. Option ``moved``: the file with the ids."""
    job = Job.read()

    def work() -> None:
        moved = set(json.loads(Path(job.options["moved"]).read_text()))
        listed = (record for page in Services(job).listed() for record in page)
        new = [record for record in listed if record["documentUid"] not in moved]
        if new:
            raise SystemExit(f"{len(new)} documents are new")

    measured(work)


if __name__ == "__main__":
    main()
