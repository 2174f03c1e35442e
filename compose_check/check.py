"""The accounts of the sandbox on several workers, while what they run on is killed: nothing lost, nothing twice."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import requests

from compose_check.container import wait_for
from compose_check.stack import Stack
from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
from debitoor_provider.sync.ledger import DONE, Ledger, LedgerError
from demo.accounts import slug
from demo.api import AirflowApi, AirflowFailed
from demo.check import check_company

_AWAY = (AirflowFailed, LedgerError, requests.ConnectionError, requests.Timeout)
_LATENCY = 0.4  # seconds of each call, so that documents travel long enough
# What the pods of Airflow's Helm chart are asked again and again, by the image's /entrypoint.
_JOBS = {"scheduler": "SchedulerJob", "triggerer": "TriggererJob", "dag-processor": "DagProcessorJob"}
_PING = "python -m celery --app airflow.providers.celery.executors.celery_executor.app inspect ping -d celery@$HOSTNAME"
_PROBES = {name: f"airflow jobs check --job-type {job} --local" for name, job in _JOBS.items()} | {"worker": _PING}
_FURTHER_RUNS = 3  # of an account whose run failed in the trouble


@dataclass
class Check:
    """A running project and its checks.

    :param documents: how many each company gets before each failure
    :param report: prints the progress
    :param patience: seconds to wait for anything
    """

    stack: Stack
    sandbox: SandboxAdmin
    password: str
    documents: int
    report: Callable[[str], None]
    patience: float = 1200.0
    companies: list[CompanyAdmin] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.companies = self.sandbox.companies()
        server = self.stack["api-server"]
        self.airflow = AirflowApi(server.put("http://api-server:8080"), server.log)
        secret = Path(server.put("/run/secrets/ledger_database")).read_text().strip()
        self._ledger = Ledger(secret)
        self.dag_ids = [f"debitoor__{slug(one)}-{way}" for one in self.companies for way in ("receipts", "sales")]

    def run(self) -> list[str]:
        """Run all steps; return what is wrong at the end."""
        self.sandbox.fault("latency", operation="*", seconds=_LATENCY)
        self._first_user()
        self._repeat_init()
        self._probe()
        self._begin()
        self._mishaps()
        self._finish()
        self.report(f"{self._count(DONE)} documents have arrived; each is compared with its original.")
        wrong = [problem for company in self.companies for problem in self._judge(company)]
        return wrong + [f"{name} has exited" for name in self._restarted()]

    def _first_user(self) -> None:
        try:
            self.airflow.call("GET", "/dags")
        except AirflowFailed:
            self.report("A login without a password is refused.")
        else:
            raise AirflowFailed("Airflow accepts a login without a password")
        self.airflow.log_in("admin", self.password)
        self._reader()
        self.report("The first user is in, and somebody whom it added with the stock role Viewer may open the page.")

    def _reader(self) -> None:
        """Add a reader, and do as them what opening the page asks for."""
        server, password = self.airflow.url, secrets.token_urlsafe()
        described = {"username": "reader", "first_name": "R", "last_name": "R", "email": "reader@example.org"}
        added = described | {"password": password, "roles": [{"name": "Viewer"}]}
        self.airflow.send("POST", "/auth/fab/v1/users", added)
        reader = AirflowApi(server, self.airflow.log)
        reader.log_in("reader", password)
        reader.call("GET", "/plugins")
        reader.send("GET", "/debitoor/api/accounts")

    def _repeat_init(self) -> None:
        if code := self.stack["init"].run():
            raise RuntimeError(f"init ended with {code} when repeated; see {self.stack['init'].log}")
        self.report("The initialisation was repeated and changed nothing.")

    def _probe(self) -> None:
        for name, probe in _PROBES.items():
            if not self.stack[name].does("sh", "-c", f"exec entrypoint {probe}"):
                raise RuntimeError(f"{name} fails the probe of Airflow's Helm chart: {probe}")
        self.report("All pass the probes of Airflow's Helm chart.")

    def _begin(self) -> None:
        self._until(lambda: set(self.dag_ids) <= self.airflow.dag_ids(), "to find the accounts")
        for dag_id in self.dag_ids:
            self.airflow.unpause(dag_id)
        self._until_moved(1)
        self.report(f"{len(self.dag_ids)} accounts are at work.")

    def _mishaps(self) -> None:
        """Let go wrong what can, one after the other, each while documents travel."""
        mishaps: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("worker-1 is killed", "worker-1", self.stack["worker-1"].kill),
            ("the scheduler is killed", "scheduler", self.stack["scheduler"].kill),
            ("Redis is killed", "redis", self.stack["redis"].kill),
            ("PostgreSQL is restarted", "postgres", self.stack["postgres"].cut_off),
        )
        for number, (what, name, happen) in enumerate(mishaps, 1):
            self._arrive(number)
            self._until_moved(self._count(DONE) + len(self.dag_ids))  # documents of many accounts travel now
            before = self._count(DONE)
            began = time.monotonic()
            happen()
            self._until(self.stack[name].is_healthy, f"{name} is well again")
            well = time.monotonic() - began
            self._until_moved(before + 1)
            next_one = time.monotonic() - began
            self.report(f"{what} at {before} documents; well after {well:.0f} s, the next arrived by {next_one:.0f} s.")

    def _arrive(self, seed: int) -> None:
        """Let documents come in, however many of those before are through, and run the accounts."""
        day = (self.sandbox.now().date() + timedelta(days=1)).isoformat()  # those of earlier days arrived on them
        for company in self.companies:
            company.generate(self.documents, self.documents // 3, seed=seed, from_date=day, to_date=day)
        for dag_id in self.dag_ids:
            self._until(partial(self.airflow.trigger, dag_id), f"{dag_id} is triggered")

    def _finish(self) -> None:
        """Wait for the end, and run again what failed meanwhile, as its schedule would."""
        self.sandbox.clear_faults()
        for _ in range(_FURTHER_RUNS):
            self._until(lambda: self.airflow.finished(self.dag_ids), "to run the accounts")
            failed = [dag_id for dag_id in self.dag_ids if self._last_state(dag_id) != "success"]
            if not failed:
                break
            self.report(f"Run again, as the schedule would: {', '.join(failed)}")
            for dag_id in failed:
                self.airflow.trigger(dag_id)
        self._until(lambda: self.airflow.finished(self.dag_ids), "to run the accounts")

    def _judge(self, company: CompanyAdmin) -> Iterable[str]:
        return check_company(company, self._ledger, f"{slug(company)}-receipts", f"{slug(company)}-sales")

    def _restarted(self) -> list[str]:
        """Return the containers that were not harmed and still had to be restarted."""
        harmed = {"worker-1", "scheduler-1", "redis-1", "postgres-1"}
        # Who loses its database may end: Compose starts it again.
        bears = {"scheduler-1", "dag-processor-1", "triggerer-1", "api-server-1"}
        return [
            f"{one.name} ({one.starts} starts)"
            for many in self.stack.services.values()
            for one in many
            if one.service.restarts and one.starts > 1 and one.name not in harmed | bears
        ]

    def _last_state(self, dag_id: str) -> str:
        runs: Sequence[dict[str, str]] = self.airflow.runs(dag_id)
        return max(runs, key=lambda run: run["run_after"])["state"]

    def _count(self, states: Collection[str]) -> int:
        return sum(count for state, count in self._ledger.documents.count().items() if state in states)

    def _until_moved(self, count: int) -> None:
        self._until(lambda: self._count(DONE) >= count, f"{count} documents are there")

    def _until(self, done: Callable[[], object], what: str) -> None:
        def asked() -> bool:
            try:
                return bool(done())
            except _AWAY:  # it is being started again
                return False

        wait_for(asked, what, self.patience)
