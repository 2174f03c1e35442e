"""Concurrent runs of one account, of any kind and anywhere: each document is moved once."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import psutil
import pytest

from debitoor_provider.sync.ledger import Ledger
from demo.accounts import connections, slug
from demo.airflow import LocalAirflow
from tests.postgresql import new_database
from tests.sync.stage import pdf
from tests.trust.common.cases import Case
from tests.trust.common.referee import Referee
from tests.trust.common.worker import Run, Workers, dag_of, states_of, wait

if TYPE_CHECKING:
    from airflow.sdk import DAG
    from sqlalchemy.engine import URL

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
    from tests.trust.common.tally import Tally

_MONTH = {"export": (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)),
          "import": (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the URL of a ledger that several processes use; empty for a SQLite file of each case's own."""
    if request.param == "sqlite":
        yield ""
        return
    server: URL = request.getfixturevalue("postgresql_server")
    for url in new_database(server):
        Ledger.open(url).close()
        yield url


@pytest.mark.parametrize("part", range(2))
def test_runs_of_an_account_at_once_move_each_document_once(
    part: int,
    ledger: str,
    new_case: Callable[..., Case],
    account_file: Callable[..., str],
    workers: Workers,
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    for seed in range(part, sample(20, 1000), 2):
        chance = random.Random(seed)
        direction: Literal["export", "import"] = chance.choice(["export", "export", "import"])
        case = new_case(direction, chance.randint(4, 10), parallel=chance.choice([1, 4]), ledger=ledger)
        case.stage.fault("latency", "*", seconds=0.01, probability=0.3, seed=seed)
        dags = [case.dag]
        if chance.random() < 0.5:  # a second account of the same company
            other = account_file(case.stage, direction, ledger, f"{case.stage.account_id}-2", parallel=4)
            dags.append(dag_of(other))
        _at_once(workers, [_run(case, chance.choice(dags), number, chance) for number in range(chance.randint(2, 4))])
        workers.clock.pass_by(hours=1)
        for dag in dags:
            if workers.run(Run(dag, "scheduled__last")) != "success":
                tally.add("unclean", f"seed {seed}: the run after those at once failed")
        tally.add_all({kind: [f"seed {seed}: {what}" for what in whats] for kind, whats in case.judge().items()})
        tally.case()


def _run(case: Case, dag: DAG, number: int, chance: random.Random) -> Run:
    """Choose a run of any kind."""
    kind = chance.choice(["scheduled", "manual", "backfill"])
    run = Run(dag, f"{kind}__{number}", kind)
    if kind == "backfill":
        return replace(run, interval=_MONTH[case.direction])
    if kind == "manual":
        some = chance.sample(case.wanted, chance.randint(1, len(case.wanted)))
        day = _MONTH[case.direction][0].date().isoformat()
        return replace(run, params=chance.choice([{"document_ids": some}, {"from": day}, {}]))
    return run


def _at_once(workers: Workers, runs: list[Run]) -> None:
    """Begin the runs together; what has to be tried again is tried when all are through."""
    processes = [(run, *workers.start(run)) for run in runs]
    for _, process, _ in processes:
        wait(process)
    for run, _, outcomes in processes:
        workers.run(run, states=states_of(run, outcomes, {}))


@pytest.mark.system
@pytest.mark.takes(120)
def test_two_schedulers_with_their_workers_move_each_document_once(
    sandbox: SandboxAdmin, tmp_path: Path, postgresql_server: URL, tally: Tally, sample: Callable[[int, int], int]
) -> None:
    company = sandbox.create_company("Acme GmbH", limits=None)
    wanted = [_add(company, number) for number in range(sample(30, 400))]
    (tmp_path / "accounts").mkdir()
    for account in ("one", "two"):  # the same documents in two accounts of one company
        text = ACCOUNT.format(email=company.debitoor_email, slug=slug(company))
        (tmp_path / "accounts" / f"{account}.yaml").write_text(text)
    dag_ids = ["debitoor__one", "debitoor__two"]
    for metadata, ledger in zip(new_database(postgresql_server), new_database(postgresql_server), strict=True):
        local = LocalAirflow(
            tmp_path / "home",
            tmp_path / "accounts",
            connections(sandbox, [company]),
            database=metadata.replace("postgresql://", "postgresql+psycopg://"),
            schedulers=2,
            settings={"AIRFLOW__DEBITOOR__LEDGER_CONN": ledger},
        )
        with local.running() as airflow:
            airflow.until(lambda: set(dag_ids) <= airflow.dag_ids(), "to find the accounts", 120)
            slow = sandbox.fault("latency", operation="*", seconds=3, company=company)  # till they are seen
            airflow.command("backfill", "create", "--dag-id", dag_ids[0], "--from-date", JUNE, "--to-date", JUNE)
            for dag_id in dag_ids:
                airflow.trigger(dag_id)
                airflow.unpause(dag_id)  # now the scheduled run begins too
            airflow.until(lambda: bool(company.expenses()), "to begin", 240)
            killed = _kill_tasks()
            sandbox.fault("latency", operation="*", seconds=0.05, company=company)
            sandbox.clear_faults(slow)
            airflow.until(lambda: airflow.finished(dag_ids), "to run everything", 480)
            runs = [run for dag_id in dag_ids for run in airflow.runs(dag_id)]
        tally.case(len(runs))
        tally.figure("overlap: tasks of a real Airflow killed in the middle", killed)
        assert killed
        assert {run["run_type"] for run in runs} == {"backfill", "manual", "scheduled"}
        tally.add_all(Referee(sandbox, company).judge(exported=wanted, ledgers=[ledger]))


ACCOUNT = """\
type: export
name: Acme
debitoor_id: {email}
frequency: daily
archive_after_transfer: true
connections: {{getmyinvoices: getmyinvoices_{slug}, debitoor: debitoor_{slug}}}
"""
JUNE = "2026-06-01T00:00:00+02:00"


def _kill_tasks() -> int:
    """Kill the processes of the running tasks; return their number. Airflow tries them again."""
    killed = 0
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # which is also said of one that has ended and is not fetched yet
            if _TASK.match(" ".join(child.cmdline())):
                child.kill()
                killed += 1
    return killed


_TASK = re.compile(r"airflow worker -- [0-9a-f]{8}-")


def _add(company: CompanyAdmin, number: int) -> str:
    return str(
        company.add_document(
            pdf(),
            f"{number}.pdf",
            supplier="Lieferant GmbH",
            supplier_country="DE",
            document_type="INCOMING_INVOICE",
            document_number=str(number),
            document_date="2026-06-01",
            net_amount="100.00",
            gross_amount="119.00",
            tax_rates=[19],
            currency="EUR",
        )
    )
