"""Scheduled runs with nothing to do take no worker; what is new then moves as usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.sync.ledger import DONE, Ledger
from demo.accounts import connections, write_accounts
from demo.airflow import LocalAirflow
from tests.system.test_exchange import receive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

pytestmark = [pytest.mark.system, pytest.mark.takes(300)]


@dataclass
class Idle:
    """Airflow with the two accounts of a company, which have listed everything and run every minute."""

    sandbox: SandboxAdmin
    airflow: LocalAirflow
    company: CompanyAdmin
    exports: str
    imports: str

    @property
    def ledger(self) -> Ledger:
        return Ledger.open(f"sqlite:///{self.airflow.home / 'debitoor_ledger.db'}")

    def next_runs(self, *accounts: str) -> list[dict[str, Any]]:
        """Wait for a run of each account that is not there yet, and for its end; with its task instances."""
        known = {account: {run["dag_run_id"] for run in self.runs(account)} for account in accounts}

        def new(account: str) -> list[dict[str, Any]]:
            runs = [run for run in self.runs(account) if run["dag_run_id"] not in known[account]]
            return [run for run in runs if run["state"] in {"success", "failed"}]

        self.airflow.until(lambda: all(map(new, accounts)), f"to run {accounts}", 240)
        runs = [min(new(account), key=lambda run: str(run["run_after"])) for account in accounts]
        return [run | {"tasks": self.tasks(run)} for run in runs]

    def next_run(self, account: str, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait for a run that fulfils the condition; the first one may have begun before the change."""
        for _ in range(3):
            (run,) = self.next_runs(account)
            if condition(run):
                break
        return run

    def runs(self, account: str) -> list[dict[str, Any]]:
        return self.airflow.runs(f"debitoor__{account}")

    def tasks(self, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
        path = f"/dags/{run['dag_id']}/dagRuns/{run['dag_run_id']}/taskInstances"
        return {row["task_id"]: row for row in self.airflow.call("GET", path)["task_instances"]}


@pytest.fixture(scope="module")
def idle(sandbox: SandboxAdmin, tmp_path_factory: pytest.TempPathFactory, metadata_database: str) -> Iterator[Idle]:
    home: Path = tmp_path_factory.mktemp("airflow")
    company = sandbox.create_company("Idle GmbH", limits=None)
    accounts = write_accounts(home / "accounts", [company], frequency='"* * * * *"')
    local = LocalAirflow(home / "home", home / "accounts", connections(sandbox, [company]), database=metadata_database)
    dag_ids = [f"debitoor__{account}" for account in accounts]
    with local.running() as airflow:
        airflow.until(lambda: set(dag_ids) <= airflow.dag_ids(), "to find the accounts", 120)
        for dag_id in dag_ids:
            airflow.unpause(dag_id)
        airflow.until(lambda: airflow.finished(dag_ids), "to run the accounts", 240)
        yield Idle(sandbox, airflow, company, *accounts)


def test_a_run_with_nothing_to_do_takes_no_worker_and_looks_like_any_other(idle: Idle) -> None:
    accounts = idle.exports, idle.imports
    for account, run in zip(accounts, idle.next_runs(*accounts), strict=True):
        assert run["state"] == "success"
        tasks = run["tasks"]
        assert {row["state"] for row in tasks.values()} == {"skipped"}
        # Whatever gets a worker is queued for it, and has a process and a machine there.
        assert {(row["queued_when"], row["pid"], row["hostname"]) for row in tasks.values()} == {(None, None, "")}
        recorded = idle.ledger.runs.get(f"debitoor__{account}/{run['dag_run_id']}")
        assert recorded is not None
        assert (recorded.kind, recorded.verdict, recorded.counts, recorded.error) == ("scheduled", "success", {}, "")
        assert recorded.window["full"] is False


def test_a_new_document_is_moved_by_one_task_of_a_worker(idle: Idle) -> None:
    uid = receive(idle.company, 1)
    run = idle.next_run(idle.exports, lambda run: run["tasks"]["plan"]["state"] != "skipped")
    assert run["state"] == "success"
    states = {task: row["state"] for task, row in run["tasks"].items()}
    assert states == dict.fromkeys(run["tasks"], "skipped") | {"plan": "success"}
    assert [task for task, row in run["tasks"].items() if row["pid"]] == ["plan"]
    assert [entry.source_id for entry in idle.ledger.documents.entries(states=DONE)] == [str(uid)]
    assert len(idle.company.expenses()) == 1
    recorded = idle.ledger.runs.get(f"debitoor__{idle.exports}/{run['dag_run_id']}")
    assert recorded is not None
    assert (recorded.verdict, recorded.counts["moved"]) == ("success", 1)
    (event,) = idle.airflow.call("GET", f"/assets/events?source_dag_id=debitoor__{idle.exports}")["asset_events"]
    assert (event["source_task_id"], event["extra"]["documents"]) == ("plan", 1)


def test_a_run_that_is_cleared_is_planned_again_and_finds_nothing_left(idle: Idle) -> None:
    (moved,) = [run for run in idle.runs(idle.exports) if idle.tasks(run)["plan"]["state"] == "success"][-1:]
    body = {"dag_run_id": moved["dag_run_id"], "dry_run": False, "only_failed": False}
    idle.airflow.call("POST", f"/dags/{moved['dag_id']}/clearTaskInstances", body)
    idle.airflow.until(lambda: _tries(idle, moved) == (2, "success"), "to do the run again", 120)
    assert len(idle.company.expenses()) == 1


def _tries(idle: Idle, run: dict[str, Any]) -> tuple[int, str]:
    """Return how often a run was planned, and its state."""
    (again,) = [one for one in idle.runs(idle.exports) if one["dag_run_id"] == run["dag_run_id"]]
    return idle.tasks(run)["plan"]["try_number"], again["state"]


def test_a_rejected_document_makes_the_report_of_its_run_red_on_a_worker(idle: Idle) -> None:
    receive(idle.company, 2, tax_rates=["7", "19", "0"])
    run = idle.next_run(idle.exports, lambda run: run["state"] == "failed")
    states = {task: row["state"] for task, row in run["tasks"].items()}
    assert states == dict.fromkeys(run["tasks"], "success") | {"report": "failed"}
    assert run["tasks"]["report"]["pid"]
    path = f"/dags/{run['dag_id']}/dagRuns/{run['dag_run_id']}/taskInstances/report/logs/1"
    assert "rejected" in str(idle.airflow.call("GET", path))


def test_a_failure_is_reported_by_a_worker_and_a_later_run_succeeds(idle: Idle) -> None:
    idle.company.block_key()
    run = idle.next_run(idle.exports, lambda run: run["state"] == "failed")
    assert (run["state"], run["tasks"]["plan"]["state"], run["tasks"]["report"]["state"]) == ("failed",) * 3
    recorded = idle.ledger.runs.get(f"debitoor__{idle.exports}/{run['dag_run_id']}")
    assert recorded is not None
    assert recorded.verdict == "stopped"
    assert recorded.remedy
    idle.company.unblock_key()
    run = idle.next_run(idle.exports, lambda run: run["state"] == "success")
    assert (run["state"], run["tasks"]["plan"]["state"]) == ("success", "skipped")


def test_a_refused_token_is_tried_once_in_a_run_and_again_when_its_step_is_cleared(idle: Idle) -> None:
    fault = idle.sandbox.fault("status", operation="debitoor.files.create", company=idle.company, status=401)
    seen, before = idle.sandbox.last_seq(), len(idle.company.expenses())
    receive(idle.company, 3)
    run = idle.next_run(idle.exports, lambda run: run["tasks"]["plan"]["state"] != "skipped")
    states = {task: row["state"] for task, row in run["tasks"].items()}
    assert states == {
        "plan": "success",
        "rename": "success",
        "export": "failed",
        "archive": "upstream_failed",
        "report": "failed",
    }
    refused = idle.sandbox.calls(since=seen, company=idle.company, status=401)
    assert len(refused) == 1, [call["operation"] for call in refused]
    recorded = idle.ledger.runs.get(f"debitoor__{idle.exports}/{run['dag_run_id']}")
    assert recorded is not None
    assert (recorded.verdict, "token" in recorded.remedy.lower()) == ("stopped", True)
    idle.sandbox.clear_faults(fault)
    body = {"dag_run_id": run["dag_run_id"], "dry_run": False, "only_failed": True, "task_ids": ["export"]}
    idle.airflow.call("POST", f"/dags/{run['dag_id']}/clearTaskInstances", body)
    idle.airflow.until(lambda: len(idle.company.expenses()) == before + 1, "to move the document", 120)
