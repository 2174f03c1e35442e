"""Two companies, both ways, by the real scheduler on the embedded defaults (SQLite)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.sync.ledger import DONE, Ledger
from demo.accounts import connections, slug, write_accounts
from demo.airflow import LocalAirflow
from demo.check import check_company

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

pytestmark = [pytest.mark.system, pytest.mark.takes(120)]

BROKEN = """\
type: export
name: Broken
debitor_id: books@acme.example
connections: {getmyinvoices: a, debitoor: b}
"""


@dataclass
class TwoCompanies:
    """The sandbox, Airflow and the accounts of two companies, each synchronised once by the scheduler."""

    sandbox: SandboxAdmin
    airflow: LocalAirflow
    companies: list[CompanyAdmin]
    accounts: list[str]

    @property
    def ledger(self) -> Ledger:
        return Ledger.open(f"sqlite:///{self.airflow.home / 'debitoor_ledger.db'}")

    def run(self, account: str, **conf: Any) -> dict[str, Any]:
        """Trigger a manual run and wait for its end."""
        dag_id = f"debitoor__{account}"
        run_id = self.airflow.trigger(dag_id, **conf)

        def found() -> dict[str, Any]:
            return next(run for run in self.airflow.runs(dag_id) if run["dag_run_id"] == run_id)

        self.airflow.until(lambda: found()["state"] in {"success", "failed"}, f"to run {account}", 240)
        return {**found(), "tasks": self.airflow.tasks(dag_id, run_id)}

    def writes(self, since: int) -> list[dict[str, Any]]:
        return [call for call in self.sandbox.calls(since=since) if call["method"] != "GET"]


def receive(company: CompanyAdmin, number: int, **fields: object) -> int:
    """Let a receipt arrive in GetMyInvoices now; return its id."""
    known = {
        "supplier": "Lieferant GmbH",
        "supplier_country": "DE",
        "document_type": "RECEIPT",
        "document_number": f"late-{number}",
        "document_date": "2026-09-01",
        "net_amount": "100.00",
        "gross_amount": "119.00",
        "tax_rates": [19],
        "currency": "EUR",
    }
    return company.add_document(
        b"%%PDF-1.4\n%% late receipt %d\n%%%%EOF\n" % number, f"late-{number}.pdf", **known | fields
    )


@pytest.fixture(scope="module")
def exchange(sandbox: SandboxAdmin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoCompanies]:
    home: Path = tmp_path_factory.mktemp("airflow")
    companies = [sandbox.create_company("Acme GmbH"), sandbox.create_company("Nordlicht ApS")]
    for number, company in enumerate(companies):
        company.generate(documents=12, invoices=4, seed=number)
    accounts = write_accounts(home / "accounts", companies)
    (home / "accounts" / "broken.yaml").write_text(BROKEN)
    dag_ids = [f"debitoor__{account}" for account in accounts]
    with LocalAirflow(home / "home", home / "accounts", connections(sandbox, companies)).running() as airflow:
        airflow.until(lambda: {*dag_ids, "debitoor__broken"} <= airflow.dag_ids(), "to find the accounts", 120)
        for dag_id in dag_ids:
            airflow.unpause(dag_id)
        airflow.until(lambda: airflow.finished(dag_ids), "to run the accounts", 400)
        yield TwoCompanies(sandbox, airflow, companies, accounts)


def test_every_document_is_where_it_belongs_byte_for_byte_once(exchange: TwoCompanies) -> None:
    for company in exchange.companies:
        assert not check_company(company, exchange.ledger, f"{slug(company)}-receipts", f"{slug(company)}-sales")
    moved = exchange.ledger.documents.entries(states=DONE)
    assert len(moved) > 20


def test_a_second_run_of_everything_makes_no_write_call(exchange: TwoCompanies) -> None:
    before = exchange.sandbox.last_seq()
    runs = [exchange.run(account) for account in exchange.accounts]
    assert [run["state"] for run in runs] == ["success"] * 4
    assert all(run["tasks"]["plan"] == "success" for run in runs)
    assert {run["tasks"].get("export", run["tasks"].get("import")) for run in runs} == {"skipped"}
    assert exchange.writes(before) == []


def test_a_broken_account_hides_no_other_and_shows_its_remedy(exchange: TwoCompanies) -> None:
    dag = exchange.airflow.call("GET", "/dags/debitoor__broken/details")
    assert "broken.yaml:3: debitor_id" in dag["doc_md"]
    assert "debitoor_id" in dag["doc_md"]
    exchange.airflow.unpause("debitoor__broken")
    before = exchange.sandbox.last_seq()
    assert exchange.run("broken")["state"] == "failed"
    assert exchange.sandbox.calls(since=before) == []


def test_a_dry_run_moves_nothing(exchange: TwoCompanies) -> None:
    company = exchange.companies[0]
    receive(company, 1)
    before = exchange.sandbox.last_seq()
    run = exchange.run(f"{slug(company)}-receipts", dry_run=True)
    assert run["tasks"]["export"] == "skipped"
    assert exchange.writes(before) == []


def test_a_person_sends_single_documents_by_their_ids(exchange: TwoCompanies) -> None:
    company = exchange.companies[0]
    other, wanted = receive(company, 2), receive(company, 3)
    run = exchange.run(f"{slug(company)}-receipts", document_ids=[str(wanted)])
    assert run["state"] == "success"
    archived = {row["uid"]: row["isArchived"] for row in company.documents()}
    assert archived[wanted]
    assert not archived[other]


def test_a_revoked_token_ends_the_run_at_once_and_says_what_to_do(exchange: TwoCompanies) -> None:
    company = exchange.companies[1]
    receive(company, 3)
    token = company.debitoor_token
    assert token
    company.revoke_token()
    before = exchange.sandbox.last_seq()
    run = exchange.run(f"{slug(company)}-receipts")
    assert run["state"] == "failed"
    assert run["tasks"]["export"] == "failed"
    assert run["tasks"]["archive"] == "upstream_failed"
    refused = exchange.sandbox.calls(since=before, service="debitoor")
    assert [call["status"] for call in refused] == [401]
    ledger_run = exchange.ledger.runs.get(f"debitoor__{slug(company)}-receipts/{run['dag_run_id']}")
    assert ledger_run is not None
    assert "Debitoor" in ledger_run.error
    assert token not in ledger_run.error
