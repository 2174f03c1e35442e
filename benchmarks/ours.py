"""The provider's own steps in a process of their own, as the tasks of an account's DAG do them one after the other.

Everything is on: ledger, names, look at the target, verification, archive, pacing by a SQLite file.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cleanco
import pypdf
import rapidfuzz.fuzz
import requests_toolbelt.multipart.encoder

from benchmarks.job import Job, measured
from debitoor_provider.services.debitoor.client import DebitoorClient
from debitoor_provider.services.errors import QuotaUsedUp, RetryError
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.services.pacing.pacer import Allowance, Pacer
from debitoor_provider.services.pacing.sqlite import SQLiteStore
from debitoor_provider.sync.accounts.settings import Account, ExportAccount, ImportAccount
from debitoor_provider.sync.directions import row_of
from debitoor_provider.sync.export.direction import ExportDirection
from debitoor_provider.sync.import_.direction import ImportDirection
from debitoor_provider.sync.ledger import Ledger
from debitoor_provider.sync.steps.archive import archive
from debitoor_provider.sync.steps.job import Job as StepJob
from debitoor_provider.sync.steps.plan import plan
from debitoor_provider.sync.steps.rename import rename
from debitoor_provider.sync.steps.report import report
from debitoor_provider.sync.steps.transfer import transfer
from debitoor_provider.sync.window import RunKind

ACCOUNT = "bench"
_UNBOUND = {"per_minute": 100_000, "per_day": 10_000_000}  # the most that a connection takes
_TRIES = 5


class BenchmarkedAccount:
    """One account with its ledger; each :meth:`run` is one run of its DAG."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.options = job.options
        self.account: Account = (
            _import_account(job) if self.options.get("direction") == "import" else _export_account(job)
        )
        self.ledger = Ledger.open(ledger_url(Path(job.folder)))
        self._runs = 0

    def run(self) -> None:
        """Plan, rename, export, archive, report; again after the wait that a step asked for, as Airflow does."""
        for left in range(_TRIES, 0, -1):
            try:
                self._run()
            except QuotaUsedUp:
                return  # the day is over
            except RetryError as error:
                if left == 1:
                    raise
                time.sleep(error.retry_after or 1)
            else:
                return

    def _run(self) -> None:
        self._runs += 1
        run_id = f"{ACCOUNT}/{self.job.options.get('run', 'run')}-{self._runs}-{time.time_ns()}"
        with self.step(run_id) as step:
            plan(step)
            rename(step)
            transfer(step)
            if self.account.archives:
                archive(step)
            report(step)

    @contextmanager
    def step(self, run_id: str) -> Iterator[StepJob]:
        """Open what the steps of a run work with."""
        with self._services() as (getmyinvoices, debitoor):
            services: dict[str, Any] = {"getmyinvoices": getmyinvoices, "debitoor": debitoor}
            direction = row_of(self.account).open(self.account, services.__getitem__)
            yield StepJob(ACCOUNT, self.account, direction, self.ledger, run_id, RunKind.SCHEDULED)

    @contextmanager
    def _services(self) -> Iterator[tuple[GetMyInvoicesClient, DebitoorClient]]:
        job, store = (
            self.job,
            f"sqlite:///{self.options.get('pacing') or Path(self.job.folder).absolute() / 'pacing.db'}",
        )
        allowance = Allowance(**(self.options.get("allowance") or _UNBOUND))
        largest: dict[str, Any] = {}
        if "largest" in self.options:
            patience = self.options["patience"]
            largest = {"max_file_bytes": self.options["largest"], "read_timeout": patience, "upload_timeout": patience}
        with (
            GetMyInvoicesClient(
                api_key=job.api_key,
                account_id=job.account_id,
                base_url=job.gmi_url,
                allow_http=True,
                pacing=Pacer(job.api_key, allowance, store=store),
                **largest,
            ) as getmyinvoices,
            DebitoorClient(
                token=job.token,
                base_url=job.debitoor_url,
                allow_http=True,
                pacing=Pacer(job.token, Allowance(), store=store),
                **largest,
            ) as debitoor,
        ):
            yield getmyinvoices, debitoor


def _export_account(job: Job) -> ExportAccount:
    settings = {
        "type": "export",
        "rename": "{document_date}_{document_number}",
        "archive_after_transfer": job.options.get("archive", True),
        "filter": job.options.get("filter", {}),
        "invoice": job.options.get("invoice", "prove"),
    }
    return ExportAccount.model_validate(_common(job) | settings)


def _import_account(job: Job) -> ImportAccount:
    return ImportAccount.model_validate(_common(job) | {"type": "import", "documents": ["invoices"]})


def _common(job: Job) -> dict[str, Any]:
    return {
        "name": job.name,
        "debitoor_id": job.email,
        "connections": {"getmyinvoices": "a", "debitoor": "b"},
        "parallel": job.parallel,
    }


def ledger_url(folder: Path) -> str:
    """Return the URL of a job's ledger."""
    return f"sqlite:///{folder.absolute() / 'ledger.db'}"


def main() -> None:
    """Run once; the ledger has its tables before, as after the initialisation."""
    job = Job.read()
    Ledger.open(ledger_url(Path(job.folder))).close()

    def work() -> None:
        exchange = BenchmarkedAccount(job)
        exchange.run()
        exchange.ledger.close()

    measured(work)


if __name__ == "__main__":
    main()
