"""Compare documents with their expenses in the obvious way: with a call for each of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.job import Job, measured
from benchmarks.peers.services import Services


def main() -> None:
    """Compare. Option ``pairs``: the file with the ids of each document and its expense."""
    job = Job.read()
    pairs = json.loads(Path(job.options["pairs"]).read_text())

    def work() -> dict[str, Any]:
        services = Services(job)
        return {"same": sum(services.agree(uid, expense) for uid, expense in pairs)}

    measured(work)


if __name__ == "__main__":
    main()
