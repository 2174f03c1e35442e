"""What OpenLineage's listener makes of an account's run on a real scheduler."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.sync.ledger import DONE, Ledger
from demo.accounts import connections, write_accounts
from demo.airflow import LocalAirflow

if TYPE_CHECKING:
    from debitoor_provider.sandbox.client import SandboxAdmin

LISTENER = Path(__file__).parent.parent.parent / ".lineage"
pytestmark = [pytest.mark.system, pytest.mark.takes(40)]
GMI, DEBITOOR = "getmyinvoices://getmyinvoices_acme-gmbh", "debitoor://debitoor_acme-gmbh"
ENDS = {"COMPLETE", "FAIL"}


def ends(file: Path) -> dict[str, dict[str, Any]]:
    """Return the last event of each job, by the job's name."""
    events = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return {event["job"]["name"]: event for event in events if event["eventType"] in ENDS}


def datasets(event: dict[str, Any], side: str) -> list[str]:
    return [f"{dataset['namespace']}/{dataset['name']}" for dataset in event[side]]


@pytest.fixture(scope="module")
def ledger_and_events(
    sandbox: SandboxAdmin, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Ledger, dict[str, dict[str, Any]]]:
    """Return the ledger and the last event of each job, when both accounts of a company have run."""
    assert LISTENER.is_dir(), "OpenLineage is missing: make .lineage/.ready"
    home: Path = tmp_path_factory.mktemp("lineage")
    company = sandbox.create_company("Acme GmbH")
    company.generate(documents=6, invoices=3, seed=1)
    accounts = write_accounts(home / "accounts", [company])
    dag_ids = [f"debitoor__{account}" for account in accounts]
    file = home / "events.json"
    transport = {"type": "file", "log_file_path": str(file), "append": True}
    listening = {
        "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(transport),
        "AIRFLOW__DEBITOOR__SMALL_RUN": "3",
        "PYTHONPATH": os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(LISTENER)]),
    }
    there = connections(sandbox, [company])
    with LocalAirflow(home / "home", home / "accounts", there, settings=listening).running() as airflow:
        airflow.until(lambda: set(dag_ids) <= airflow.dag_ids(), "to find the accounts", 120)
        for dag_id in dag_ids:
            airflow.unpause(dag_id)
        airflow.until(lambda: airflow.finished(dag_ids), "to run the accounts", 400)
        airflow.until(lambda: set(dag_ids) <= set(ends(file)), "to say that the runs have ended", 120)
    return Ledger.open(f"sqlite:///{home / 'home' / 'debitoor_ledger.db'}"), ends(file)


@pytest.mark.parametrize(
    ("job", "reads", "writes"),
    [
        ("acme-gmbh-receipts.plan", [f"{GMI}/documents"], []),
        ("acme-gmbh-receipts.export", [f"{GMI}/documents"], [f"{DEBITOOR}/expenses"]),
        (
            "acme-gmbh-sales.plan",
            [f"{DEBITOOR}/sales_documents"],
            [f"{GMI}/documents"],
        ),  # a small run: it moves them, too
    ],
)
def test_a_step_names_what_it_reads_and_writes(
    ledger_and_events: tuple[Ledger, dict[str, dict[str, Any]]], job: str, reads: list[str], writes: list[str]
) -> None:
    event = ledger_and_events[1][f"debitoor__{job}"]
    assert (datasets(event, "inputs"), datasets(event, "outputs")) == (reads, writes)


@pytest.mark.parametrize(("account", "step"), [("acme-gmbh-receipts", "export"), ("acme-gmbh-sales", "plan")])
def test_a_run_that_moved_documents_has_their_number_and_sums(
    ledger_and_events: tuple[Ledger, dict[str, dict[str, Any]]], account: str, step: str
) -> None:
    ledger, events = ledger_and_events
    event = events[f"debitoor__{account}.{step}"]
    moved = sum(ledger.figures.of(account).get(state, 0) for state in DONE)
    assert moved
    (written,) = event["outputs"]
    assert written["outputFacets"]["outputStatistics"]["rowCount"] == moved
    facet = event["run"]["facets"]["debitoor_sync"]
    assert (facet["account"], facet["documents"]) == (account, moved)
    assert facet["sums"]
