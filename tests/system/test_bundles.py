"""Accounts of a second DAG bundle: found by the DAG processor, the workers, the triggerer and the page."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.ledger import DONE
from demo.accounts import connections, write_accounts
from demo.airflow import ROOT, LocalAirflow
from tests.system.test_exchange import receive
from tests.system.test_idle import Idle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from debitoor_provider.sandbox.client import SandboxAdmin

pytestmark = [pytest.mark.system, pytest.mark.takes(60)]

_LOCAL = "airflow.dag_processing.bundles.local.LocalDagBundle"


@pytest.fixture(scope="module")
def team(sandbox: SandboxAdmin, tmp_path_factory: pytest.TempPathFactory, metadata_database: str) -> Iterator[Idle]:
    """Start Airflow with an empty DAGs folder, and a team's bundle with the DAG file in a subfolder."""
    home: Path = tmp_path_factory.mktemp("airflow")
    company = sandbox.create_company("Team GmbH", limits=None)
    bundle = home / "team"
    (home / "dags").mkdir()
    accounts = write_accounts(bundle / "sync" / "accounts", [company], frequency='"* * * * *"')
    shutil.copy(ROOT / "dags" / "debitoor_sync.py", bundle / "sync")
    bundles = [
        {"name": "dags-folder", "classpath": _LOCAL, "kwargs": {}},
        {"name": "team", "classpath": _LOCAL, "kwargs": {"path": str(bundle)}},
    ]
    settings = {
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER": "",
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(bundles),
    }
    known = connections(sandbox, [company])
    local = LocalAirflow(home / "home", home / "none", known, database=metadata_database, settings=settings)
    dag_ids = [f"debitoor__{account}" for account in accounts]
    with local.running() as airflow:
        airflow.until(lambda: set(dag_ids) <= airflow.dag_ids(), "to find the accounts", 120)
        for dag_id in dag_ids:
            airflow.unpause(dag_id)
        airflow.until(lambda: airflow.finished(dag_ids), "to run the accounts", 240)
        yield Idle(sandbox, airflow, company, *accounts)


def test_a_run_with_nothing_to_do_is_planned_in_the_triggerer(team: Idle) -> None:
    (run,) = team.next_runs(team.exports)
    assert {row["state"] for row in run["tasks"].values()} == {"skipped"}
    assert {row["pid"] for row in run["tasks"].values()} == {None}


def test_new_documents_are_moved(team: Idle) -> None:
    uid = receive(team.company, 1)
    run = team.next_run(team.exports, lambda run: run["tasks"]["plan"]["state"] != "skipped")
    states = {task: row["state"] for task, row in run["tasks"].items()}
    assert states == dict.fromkeys(run["tasks"], "skipped") | {"plan": "success"}
    assert [entry.source_id for entry in team.ledger.documents.entries(states=DONE)] == [str(uid)]
    assert len(team.company.expenses()) == 1
