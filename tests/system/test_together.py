"""Many idle accounts of one key, each with the schedule of its own, are asked for together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.sync.ledger import DONE, Ledger
from demo.accounts import connections, slug
from demo.airflow import LocalAirflow
from tests.system.test_exchange import receive

if TYPE_CHECKING:
    from pathlib import Path

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

pytestmark = [pytest.mark.system, pytest.mark.takes(140)]

ACCOUNTS = 8
_FILE = """\
type: export
name: Client {number}
debitoor_id: {email}
frequency: "* * * * *"
connections: {{getmyinvoices: getmyinvoices_{slug}, debitoor: debitoor_{slug}}}
filter: {{tags: {{any: [client{number}]}}}}
"""


def test_idle_accounts_of_one_key_cost_less_than_a_call_each(
    sandbox: SandboxAdmin, tmp_path: Path, metadata_database: str
) -> None:
    company = sandbox.create_company("Tax Advisers", limits=None)
    folder = tmp_path / "accounts"
    folder.mkdir()
    for number in range(ACCOUNTS):
        described = _FILE.format(number=number, email=company.debitoor_email, slug=slug(company))
        (folder / f"client{number}.yaml").write_text(described)
    dag_ids = [f"debitoor__client{number}" for number in range(ACCOUNTS)]
    local = LocalAirflow(tmp_path / "home", folder, connections(sandbox, [company]), database=metadata_database)
    with local.running() as airflow:
        airflow.until(lambda: set(dag_ids) <= airflow.dag_ids(), "to find the accounts", 240)
        for dag_id in dag_ids:
            airflow.unpause(dag_id)
        airflow.until(lambda: airflow.finished(dag_ids), "to list everything once", 400)
        ledger = Ledger.open(f"sqlite:///{airflow.home / 'debitoor_ledger.db'}")

        before, seen = _idle_runs(airflow, dag_ids), sandbox.last_seq()
        airflow.until(
            lambda: len(_idle_runs(airflow, dag_ids)) >= len(before) + ACCOUNTS, "to run each account once more", 400
        )
        runs = len(_idle_runs(airflow, dag_ids)) - len(before)
        listed = _lists(sandbox, company, seen)
        assert listed < runs, f"{listed} lists in {runs} idle runs of {ACCOUNTS} accounts"

        uid = receive(company, 1, tags=["client3"])
        airflow.until(
            lambda: bool(list(ledger.documents.entries(states=DONE))),
            "to move a document",
            240,
        )
        (entry,) = ledger.documents.entries(states=DONE)
        assert (entry.account, entry.source_id) == ("client3", str(uid))
        assert len(company.expenses()) == 1


def _idle_runs(airflow: LocalAirflow, dag_ids: list[str]) -> list[dict[str, Any]]:
    """Return the runs that ended."""
    return [run for dag_id in dag_ids for run in airflow.runs(dag_id) if run["state"] == "success"]


def _lists(sandbox: SandboxAdmin, company: CompanyAdmin, since: int) -> int:
    return len([row for row in sandbox.calls(since=since, company=company) if row["operation"] == "gmi.documents.list"])
