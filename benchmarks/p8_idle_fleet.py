"""P8: what a fleet of accounts costs while nothing is new, by a real scheduler on PostgreSQL."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import sqlalchemy as sa

from benchmarks.p8_empty import PREFIX as EMPTY
from benchmarks.p8_worker import PREFIX as PEER
from benchmarks.result import Goal, Result, Series
from debitoor_provider.sandbox.client import CompanyAdmin
from debitoor_provider.sandbox.server import running
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from demo.accounts import connections, slug
from demo.airflow import ROOT, LocalAirflow
from demo.postgresql import cluster, new_database

ACCOUNTS = 40
_MINUTES = 4
_PROCESSES = 5  # API server, DAG processor, triggerer, scheduler, PostgreSQL
_DAG_FILE = """\
# airflow reads its dag objects here
from benchmarks.p8_{form} import fleet

globals().update(fleet())
"""
_ACCOUNT = """\
type: export
name: {name}
debitoor_id: {email}
frequency: hourly
connections: {{getmyinvoices: getmyinvoices_{slug}, debitoor: debitoor_{slug}}}
archive_after_transfer: true
"""


def measure(rounds: int) -> Result:
    """Let all forms of the same fleet run in turn, and count the processor time of all of Airflow and its database."""
    with _fleet() as fleet:
        ours, peer, empty = [], [], []
        for _ in range(rounds):
            ours.append(fleet.cost(DAG_ID_PREFIX))
            peer.append(fleet.cost(PEER))
            empty.append(fleet.cost(EMPTY))
    unit = "CPU s for 1,000 runs"
    mine, others = Series("planned in the triggerer", unit, ours), Series("one worker task each", unit, peer)
    floor = Series("a run of one empty task that is not executed (the floor)", unit, empty)
    ratio = others.median / mine.median
    return Result(
        "P8",
        "idle cost of the fleet",
        f"{ACCOUNTS} accounts with nothing new, each run every other minute for {_MINUTES} minutes, {rounds} rounds; "
        "scheduler, DAG processor, API server, triggerer, "
        "workers (LocalExecutor) and PostgreSQL, less what they take at rest",
        [mine],
        [others, floor],
        [Goal.at_least(10, round(ratio, 1), "at least 10 times less than one worker task each")],
        "The check itself takes about 12 ms of each run. What is left is Airflow's own work for a run with its tasks.",
    )


class Fleet:
    """An Airflow with all forms of the accounts, all paused.

    :param airflow: it, started by this process as its database was
    """

    def __init__(self, airflow: LocalAirflow) -> None:
        self._airflow = airflow
        self._processes = [
            child
            for child in psutil.Process().children()
            if child.name() == "postgres" or "airflow" in " ".join(child.cmdline())
        ]
        if len(self._processes) != _PROCESSES:
            raise AssertionError(f"{len(self._processes)} processes instead of {_PROCESSES}")
        self._database = sa.create_engine(airflow.database)
        self._at_rest = 0.0

    def warm_up(self) -> None:
        """Let each account list everything and then nothing, and learn what Airflow takes at rest."""
        # At the second run the triggerer loads what it needs.
        for prefix in (DAG_ID_PREFIX, PEER, EMPTY, DAG_ID_PREFIX):
            self.cost(prefix, minutes=0)
        before, started = self._cpu(), time.monotonic()
        time.sleep(60)
        self._at_rest = (self._cpu() - before) / (time.monotonic() - started)

    def cost(self, prefix: str, minutes: int = _MINUTES) -> float:
        """Let the DAGs run for some minutes; return processor seconds for 1,000 runs."""
        ended = self._count(prefix, ended=True)
        before, started = self._cpu(), time.monotonic()
        self._pause(prefix, False)
        time.sleep(60 * minutes + 10)
        # A paused DAG does not go on with a run that has begun: all have to be at their end.
        while self._count(prefix, ended=False) or not self._count(prefix, ended=True) - ended >= ACCOUNTS:
            time.sleep(0.5)
        self._pause(prefix, True)
        runs = self._count(prefix, ended=True) - ended
        used = self._cpu() - before - self._at_rest * (time.monotonic() - started)
        if self._count(prefix, ended=False) or runs < ACCOUNTS:
            raise AssertionError(f"{prefix}: {runs} runs, and not all at their end")
        return round(used / runs * 1000, 1)

    def _pause(self, prefix: str, is_paused: bool) -> None:
        with self._database.begin() as connection:
            query = sa.text("UPDATE dag SET is_paused = :paused WHERE starts_with(dag_id, :prefix)")
            connection.execute(query, {"paused": is_paused, "prefix": prefix})

    def _count(self, prefix: str, *, ended: bool) -> int:
        states = "'success'" if ended else "'queued', 'running'"
        query = f"SELECT count(*) FROM dag_run WHERE starts_with(dag_id, :prefix) AND state IN ({states})"  # noqa: S608
        with self._database.connect() as connection:
            return int(connection.execute(sa.text(query), {"prefix": prefix}).scalar_one())

    def _cpu(self) -> float:
        """Return processor seconds of the processes and all they ever started."""
        total = 0.0
        for root in self._processes:
            for process in (root, *root.children(recursive=True)):
                try:
                    total += sum(process.cpu_times()[:4])
                except psutil.NoSuchProcess:  # its parent has its times now
                    continue
        return total


@contextmanager
def _fleet() -> Iterator[Fleet]:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fleet-")))
        sandbox = stack.enter_context(running(home / "sandbox", arguments=("--no-limits",)))
        companies = [sandbox.create_company(f"Fleet {number}", limits=None) for number in range(ACCOUNTS)]
        _write(home, companies)
        server = stack.enter_context(cluster(home / "postgresql.log"))
        url = next(new_database(server.url))
        airflow = LocalAirflow(
            home / "airflow",
            home / "accounts",
            connections(sandbox, companies),
            database=url.replace("postgresql://", "postgresql+psycopg://"),
            settings={
                "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
                "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3600",  # the files do not change
                "PYTHONPATH": str(ROOT),
            },
        )
        ids = {prefix + slug(company) for company in companies for prefix in (DAG_ID_PREFIX, PEER, EMPTY)}
        with airflow.running() as up:
            up.until(lambda: ids <= up.dag_ids(), "to find the accounts", 120)
            fleet = Fleet(up)
            fleet.warm_up()
            yield fleet


def _write(home: Path, companies: list[CompanyAdmin]) -> None:
    (home / "accounts").mkdir()
    (home / "dags").mkdir()
    for form in ("ours", "worker", "empty"):
        (home / "dags" / f"{form}.py").write_text(_DAG_FILE.format(form=form))
    for company in companies:
        text = _ACCOUNT.format(name=company.name, email=company.debitoor_email, slug=slug(company))
        (home / "accounts" / f"{slug(company)}.yaml").write_text(text)
