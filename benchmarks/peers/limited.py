"""The script and the thread pool where calls are limited. Option ``way``:

* ``retry``: urllib3's Retry, which waits as long as the service says after a 429
* ``sleep``: one after the other, with a fixed sleep before each call that is limited
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import Retry

from benchmarks.job import Job, measured
from benchmarks.peers.services import Services


class Sleeping(Services):
    """Sleeps before each call to GetMyInvoices. Option ``pause``: the seconds."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._pause = float(job.options["pause"])

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        time.sleep(self._pause)
        return super()._ask(method, path, **options)


def main() -> None:
    """Copy every document that is not archived, and archive it."""
    job = Job.read()

    def work() -> None:
        if job.options["way"] == "sleep":
            services: Services = Sleeping(job)
            parallel = 1
        else:
            retry = Retry(total=20, status_forcelist=(429,), allowed_methods=None, backoff_factor=1)
            services = Services(job, adapter=HTTPAdapter(pool_maxsize=job.parallel, max_retries=retry))
            parallel = job.parallel
        records = [one for page in services.listed() for one in page]
        with ThreadPoolExecutor(parallel) as pool:
            list(pool.map(services.move, records))

    measured(work)


if __name__ == "__main__":
    main()
