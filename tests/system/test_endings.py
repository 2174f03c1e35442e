"""A real Celery worker gets its real signals: what it is at is finished, or settled by the next run."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.sync.ledger import DONE, Ledger, State
from demo.accounts import connections, slug
from demo.airflow import LocalAirflow
from demo.processes import background

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
    from tests.redis_server import RedisServer

pytestmark = [pytest.mark.system, pytest.mark.takes(250)]

TURN = 4.0
ACCOUNT = """\
type: export
name: Acme
debitoor_id: {email}
frequency: manual
parallel: 1
retries: 1
connections: {{getmyinvoices: getmyinvoices_{slug}, debitoor: debitoor_{slug}}}
"""


@dataclass
class Stage:
    """An Airflow with the CeleryExecutor, and an account with documents."""

    sandbox: SandboxAdmin
    airflow: LocalAirflow
    company: CompanyAdmin

    @property
    def ledger(self) -> Ledger:
        return Ledger.open(f"sqlite:///{self.airflow.home / 'debitoor_ledger.db'}")

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """Start a Celery worker."""
        command = [sys.executable, "-m", "airflow", "celery", "worker", "--skip-serve-logs", "--concurrency", "2"]
        with background(command, env=self.airflow.env, log=self.airflow.log, cwd=self.airflow.home) as process:
            yield process

    def arrive(self, count: int) -> set[str]:
        return {str(_receive(self.company, number)) for number in range(count)}

    def wait_for(self, run_id: str, *states: str) -> None:
        self.airflow.until(lambda: self.state(run_id) in states, f"to end {run_id}", 300)

    def state(self, run_id: str) -> str:
        return next(run["state"] for run in self.airflow.runs("debitoor__acme") if run["dag_run_id"] == run_id)

    def states(self) -> list[State]:
        return [entry.state for entry in self.ledger.documents.entries()]

    def uploads(self) -> int:
        return sum(call["operation"] == "debitoor.files.create" for call in self.sandbox.calls(company=self.company))


def _receive(company: CompanyAdmin, number: int) -> int:
    return company.add_document(
        b"%%PDF-1.4\n%% receipt %d\n%%%%EOF\n" % number,
        f"{number}.pdf",
        supplier="Lieferant GmbH",
        supplier_country="DE",
        document_type="RECEIPT",
        document_number=f"R-{number}",
        document_date="2026-09-01",
        net_amount="100.00",
        gross_amount="119.00",
        tax_rates=[19],
        currency="EUR",
    )


@pytest.fixture(scope="module")
def airflow(
    sandbox: SandboxAdmin,
    tmp_path_factory: pytest.TempPathFactory,
    metadata_database: str,
    redis_server: RedisServer,
) -> Iterator[Stage]:
    home: Path = tmp_path_factory.mktemp("airflow")
    company = sandbox.create_company("Endings GmbH", limits=None)
    (home / "accounts").mkdir()
    text = ACCOUNT.format(email=company.debitoor_email, slug=slug(company))
    (home / "accounts" / "acme.yaml").write_text(text)
    settings = {
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CELERY__BROKER_URL": redis_server.url,
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{metadata_database}",
        "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "86400",
        "AIRFLOW__DEBITOOR__TURN_SECONDS": str(TURN),
    }
    local = LocalAirflow(
        home / "home",
        home / "accounts",
        connections(sandbox, [company]),
        database=metadata_database,
        settings=settings,
    )
    with local.running() as running:
        running.until(lambda: "debitoor__acme" in running.dag_ids(), "to find the account", 120)
        running.unpause("debitoor__acme")
        yield Stage(sandbox, running, company)


@pytest.fixture
def stage(airflow: Stage) -> Iterator[Stage]:
    yield airflow
    airflow.sandbox.clear_faults()


def _is_sending(stage: Stage) -> bool:
    return State.SENDING in stage.states()


def test_a_stopped_worker_ends_and_leaves_no_document_half_done(stage: Stage) -> None:
    wanted = stage.arrive(20)
    stage.sandbox.fault("latency", operation="debitoor.*", company=stage.company, seconds=1)
    run_id = stage.airflow.trigger("debitoor__acme")
    with stage.worker() as worker:
        stage.airflow.until(lambda: _is_sending(stage), "to begin", 240)
        worker.send_signal(signal.SIGTERM)
        worker.wait(120)  # a time slice, the document under way, and the end of the processes
    states = stage.states()
    assert State.SENDING not in states
    assert State.MOVED in states
    assert State.PLANNED in states
    assert stage.state(run_id) == "running"  # its worker was given back
    stage.sandbox.clear_faults()
    with stage.worker():
        stage.wait_for(run_id, "success")
    assert {entry.source_id for entry in stage.ledger.documents.entries(states=DONE)} == wanted
    assert len(stage.company.expenses()) == len(wanted)


def test_a_long_upload_that_a_person_cuts_off_is_settled_by_the_next_run(stage: Stage) -> None:
    before = len(stage.company.expenses())
    _receive(stage.company, 1_000)
    stage.sandbox.fault("latency", operation="debitoor.files.*", when="after", company=stage.company, seconds=20)
    with stage.worker():
        run_id = stage.airflow.trigger("debitoor__acme")
        stage.airflow.until(lambda: _is_sending(stage), "to begin the upload", 240)
        _mark_failed(stage.airflow, run_id)
        stage.wait_for(run_id, "failed")
        stage.airflow.until(lambda: not _is_running(stage, run_id), "to kill the task", 60)
        stage.sandbox.clear_faults()
        later = stage.airflow.trigger("debitoor__acme")
        stage.wait_for(later, "success", "failed")
        if stage.state(later) == "failed":  # the outcome was still open
            later = stage.airflow.trigger("debitoor__acme")
            stage.wait_for(later, "success")
    assert set(stage.states()) <= DONE
    assert len(stage.company.expenses()) == before + 1


def _mark_failed(airflow: LocalAirflow, run_id: str) -> None:
    airflow.call("PATCH", f"/dags/debitoor__acme/dagRuns/{run_id}/taskInstances/export", {"new_state": "failed"})


def _is_running(stage: Stage, run_id: str) -> bool:
    states: dict[str, Any] = dict(stage.airflow.tasks("debitoor__acme", run_id))
    return "running" in states.values()
