"""A fleet of accounts on a real Airflow with PostgreSQL, which runs on request and counts what that takes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.build import Build
from benchmarks.meter import Meter, Span, above_rest, children
from demo.airflow import LocalAirflow
from demo.postgresql import cluster, new_database

PROVIDER = "debitoor__"
"""How the ids of the provider's DAGs begin."""
REST = 30.0
"""Seconds of a rest that is measured."""
_FRESH = 30.0  # seconds for which the rest after a wave is also the one before the next
_SETTLE = 3.0  # seconds after the last run: for what Airflow still does for it
_LEAD = 2.0  # seconds until the first run is due
_INTERVAL = timedelta(hours=1)
_PROCESSES = 5  # API server, DAG processor, triggerer, scheduler, PostgreSQL
_PATIENCE, _PATIENCE_EACH = 600.0, 5.0
_START = 300.0
_ONE_DAY = "86400"
_DAG_FILE = '''\
"""One Airflow DAG for each account file."""

from pathlib import Path

import debitoor_provider
from debitoor_provider.dag_factory import sync_dags

if not Path(debitoor_provider.__file__).resolve().is_relative_to({plugins!r}):
    raise ImportError(f"This is not the build to be measured: {{debitoor_provider.__file__}}")
globals().update(sync_dags(beside=__file__))
'''
_FURTHER_DAGS = """\
# airflow reads its dag objects here
from {module} import fleet

globals().update(fleet())
"""


class RunsFailed(RuntimeError):
    """Not all runs were successful."""


@dataclass(frozen=True, slots=True)
class Wave:
    """What a wave of runs took.

    :param span: from a moment before the first run was due until all was done
    :param due: when the run of each DAG was due
    :param seconds: from the first run's being due to the last one's end
    """

    span: Span
    due: Mapping[str, datetime]
    seconds: float


class Fleet:
    """An Airflow whose DAGs are all paused.

    :param airflow: it
    :param meter: of its processes and its database
    """

    def __init__(self, airflow: LocalAirflow, meter: Meter) -> None:
        self.airflow = airflow
        self.meter = meter
        self._database = sa.create_engine(airflow.database)
        self._rested = Span(0.0, 0.0), float("-inf")

    def wave(self, dag_ids: Sequence[str], *, gap: float = 0.0) -> Wave:
        """Let each DAG have one scheduled run, and wait for the end of all.

        The run is made by the scheduler as any other; only the time at which it is due is ours.

        :param gap: seconds between the moments at which two runs are due
        :raises RunsFailed: when a run was not successful, or not all ended in time
        """
        last = self._newest_run()
        with self.meter.span() as spans:
            start = datetime.now(UTC) + timedelta(seconds=_LEAD)
            due = {dag_id: start + timedelta(seconds=gap * number) for number, dag_id in enumerate(dag_ids)}
            self._set_due(due)
            self._await_runs(last, dag_ids)
            self._pause(dag_ids)
            time.sleep(_SETTLE)
        ended = self._ask("SELECT max(end_date) FROM dag_run WHERE id > :last", last=last)
        return Wave(spans[0], due, (ended - start).total_seconds())

    def cost(self, dag_ids: Sequence[str], *, gap: float = 0.0) -> tuple[float, Wave]:
        """Measure a wave between two rests; return its processor time beyond that of rest, too.

        :raises NegativeCost: when there is none
        """
        before, ended = self._rested
        if time.monotonic() - ended > _FRESH:
            before = self.meter.rest(REST)
        wave = self.wave(dag_ids, gap=gap)
        after = self.meter.rest(REST)
        self._rested = after, time.monotonic()
        return above_rest(before, wave.span, after), wave

    def close(self) -> None:
        """Close the connections to the database."""
        self._database.dispose()

    def _set_due(self, due: Mapping[str, datetime]) -> None:
        query = sa.text(
            "UPDATE dag SET is_paused = false, next_dagrun = :begin, next_dagrun_data_interval_start = :begin, "
            "next_dagrun_data_interval_end = :due, next_dagrun_create_after = :due WHERE dag_id = :dag_id"
        )
        rows = [{"dag_id": dag_id, "due": when, "begin": when - _INTERVAL} for dag_id, when in due.items()]
        with self._database.begin() as connection:
            connection.execute(query, rows)

    def _skip_the_full_hour(self, dag_ids: Sequence[str]) -> None:
        """Put off the runs that the schedule itself wants next: one each is wanted, also when a full hour begins."""
        query = sa.text(
            "UPDATE dag SET next_dagrun_create_after = now() + interval '1 day' WHERE dag_id = ANY(:dag_ids) "
            "AND next_dagrun_create_after = date_trunc('hour', next_dagrun_create_after)"
        )
        with self._database.begin() as connection:
            connection.execute(query, {"dag_ids": dag_ids})

    def _pause(self, dag_ids: Sequence[str]) -> None:
        query = sa.text("UPDATE dag SET is_paused = true WHERE dag_id = ANY(:dag_ids)")
        with self._database.begin() as connection:
            connection.execute(query, {"dag_ids": dag_ids})

    def _await_runs(self, last: int, dag_ids: Sequence[str]) -> None:
        """Wait for the end of all runs after a number; a paused DAG would not continue with one that has begun."""
        count = len(dag_ids)
        deadline = time.monotonic() + _PATIENCE + _PATIENCE_EACH * count
        query = "SELECT count(*) FROM dag_run WHERE id > :last AND state "
        while True:
            self._skip_the_full_hour(dag_ids)
            ended = self._ask(f"{query} IN ('success', 'failed')", last=last)
            if ended >= count and not self._ask(f"{query} IN ('queued', 'running')", last=last):
                break
            if time.monotonic() > deadline:
                raise RunsFailed(f"{ended} of {count} runs have ended; see {self.airflow.log}")
            time.sleep(0.5)
        if failed := self._ask(f"{query} = 'failed'", last=last):
            raise RunsFailed(f"{failed} of {ended} runs have failed; see {self.airflow.home / 'logs'}")
        if ended != count:
            raise RunsFailed(f"{ended} runs instead of {count}")

    def _newest_run(self) -> int:
        return int(self._ask("SELECT coalesce(max(id), 0) FROM dag_run"))

    def _ask(self, query: str, **values: Any) -> Any:
        with self._database.connect() as connection:
            return connection.execute(sa.text(query), values).scalar_one()


@contextmanager
def running(
    build: Build,
    accounts: Mapping[str, str],
    connections: Mapping[str, Mapping[str, Any]],
    *,
    further: Mapping[str, Collection[str]] = {},
) -> Iterator[Fleet]:
    """Run an Airflow with a fleet; it has a PostgreSQL of its own, which also holds the ledger.

    :param build: of the provider
    :param accounts: the text of each account's file
    :param connections: by id, as ``airflow connections import`` takes them
    :param further: ids of further DAGs by the module of the benchmarks that has them: ``fleet()`` builds them
    """
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fleet-")))
        _write(home, build, accounts, further)
        others = children()
        server = stack.enter_context(cluster(home / "postgresql.log"))
        databases = [new_database(server.url) for _ in range(2)]
        metadata, ledger = (next(database) for database in databases)
        airflow = LocalAirflow(
            home / "airflow",
            home / "accounts",
            connections,
            database=metadata.replace("postgresql://", "postgresql+psycopg://"),
            settings={
                "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
                "AIRFLOW__CORE__PLUGINS_FOLDER": str(build.plugins),
                "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": _ONE_DAY,  # the files do not change
                "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "300",  # Airflow's own
                "AIRFLOW__DEBITOOR__LEDGER_CONN": ledger,
                **build.env,
            },
            python=str(build.python),
        )
        wanted = {PROVIDER + account for account in accounts}.union(*further.values())
        with airflow.running(_START) as up:
            up.until(lambda: wanted <= up.dag_ids(), "to find the accounts", _START)
            processes = sorted(children() - others, key=lambda process: process.pid)
            if len(processes) != _PROCESSES:
                raise RuntimeError(f"{len(processes)} processes instead of {_PROCESSES}: {processes}")
            fleet = Fleet(up, Meter(processes))
            yield fleet
            fleet.close()


def _write(home: Path, build: Build, accounts: Mapping[str, str], further: Mapping[str, Collection[str]]) -> None:
    (home / "accounts").mkdir()
    (home / "dags").mkdir()
    for account, text in accounts.items():
        (home / "accounts" / f"{account}.yaml").write_text(text, "utf-8")
    (home / "dags" / "debitoor_sync.py").write_text(_DAG_FILE.format(plugins=str(build.plugins.resolve())))
    for module in further:
        (home / "dags" / f"{module.rpartition('.')[2]}.py").write_text(_FURTHER_DAGS.format(module=module))
