"""Every example DAG on a real scheduler: sensors that wait in the triggerer, a DAG that an asset event starts, XCom."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.sync.ledger import Ledger, State
from demo.accounts import connections, write_accounts
from demo.airflow import ROOT, LocalAirflow
from tests.airflow_context import EXAMPLES
from tests.mailbox import Mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

pytestmark = [pytest.mark.system, pytest.mark.takes(180)]

NAMES = {file.stem.removeprefix("example_") for file in EXAMPLES.glob("example_*.py")}
SHORTER = {"minutes=15": "seconds=15", "minutes=30": "seconds=15"}  # the intervals of the sensors

OF_THE_WHOLE_DAG = """\
from airflow.sdk import DAG, task
from debitoor_provider.notifications.account import DebitoorAccountNotifier

tell = DebitoorAccountNotifier(account="acme-receipts", connection="mail_acme", to="books@acme.example", language="fr")

with DAG("debitoor_example_of_the_whole_dag", schedule=None, on_failure_callback=tell):
    @task
    def fail():
        raise RuntimeError("no")
    fail()
"""


@pytest.fixture(scope="module")
def company(sandbox: SandboxAdmin) -> CompanyAdmin:
    return sandbox.create_company("Acme", limits=None)


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    yield box
    box.stop()


@pytest.fixture(scope="module")
def airflow(
    sandbox: SandboxAdmin,
    company: CompanyAdmin,
    mailbox: Mailbox,
    tmp_path_factory: pytest.TempPathFactory,
    metadata_database: str,
) -> Iterator[LocalAirflow]:
    """Start Airflow with the examples and the accounts that they name, in its default configuration."""
    home = tmp_path_factory.mktemp("airflow")
    write_accounts(home / "accounts", [company], frequency="manual")
    (home / "dags").mkdir()
    shutil.copy(ROOT / "dags" / "debitoor_sync.py", home / "dags")
    for file in EXAMPLES.glob("example_*.py"):
        text = file.read_text()
        for longer, shorter in SHORTER.items():
            text = text.replace(longer, shorter)
        (home / "dags" / file.name).write_text(text)
    (home / "dags" / "of_the_whole_dag.py").write_text(OF_THE_WHOLE_DAG)
    plain = {"from_email": "airflow@acme.example", "disable_tls": True, "disable_ssl": True, "retry_limit": 0}
    mail = {"conn_type": "smtp", "host": "127.0.0.1", "port": mailbox.port, "extra": plain}
    local = LocalAirflow(
        home / "home",
        home / "accounts",
        {**connections(sandbox, [company]), "mail_acme": mail},
        database=metadata_database,
        settings={"AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags")},
    )
    with local.running() as airflow:
        airflow.until(lambda: set(map(_dag, NAMES)) <= airflow.dag_ids(), "to find the examples", 180)
        assert airflow.call("GET", "/importErrors")["import_errors"] == []
        for name in [*NAMES, "of_the_whole_dag"]:
            airflow.unpause(_dag(name))
        yield airflow


def test_an_asset_event_starts_a_dag_that_reads_what_was_moved(airflow: LocalAirflow, company: CompanyAdmin) -> None:
    for number, amount in enumerate(("119.00", "0.10")):
        _receive(company, number, gross_amount=amount)
    _succeeds(airflow, "export", airflow.trigger(_dag("export")))
    airflow.until(lambda: airflow.finished([_dag("asset")]), "to start the DAG that waits for the asset", 120)
    (run,) = airflow.runs(_dag("asset"))
    assert run["run_type"] == "asset_triggered"
    (line,) = _returned(airflow, "asset", run["dag_run_id"], "what_was_moved")
    assert line.startswith("2 documents, {'EUR': '119.10'}, in run debitoor_example_export/manual__")
    (event,) = airflow.call("GET", "/assets/events", source_dag_id=_dag("export"))["asset_events"]
    assert event["extra"]["direction"] == "export"
    assert event["extra"]["period"] == {"from": "2026-03-01", "to": "2026-03-01"}


def test_records_pass_from_task_to_task_in_the_default_configuration(airflow: LocalAirflow) -> None:
    run = airflow.trigger(_dag("getmyinvoices_hook"))
    other = airflow.trigger(_dag("debitoor_hook"))
    _succeeds(airflow, "getmyinvoices_hook", run)
    assert _returned(airflow, "getmyinvoices_hook", run, "oldest_first") == ["01.03.2026 0.10", "01.03.2026 119.00"]
    _succeeds(airflow, "debitoor_hook", other)


def test_a_document_that_comes_later_is_found_by_the_triggerer(airflow: LocalAirflow, company: CompanyAdmin) -> None:
    run = airflow.trigger(_dag("document_sensor"))
    airflow.until(lambda: _state(airflow, "document_sensor", run, "receipts") == "deferred", "to defer the sensor", 120)
    in_half_a_year = datetime.now(UTC).date() + timedelta(days=180)  # in no other period
    uid = _receive(company, 3, document_date=in_half_a_year.isoformat())
    _succeeds(airflow, "document_sensor", run)
    assert _returned(airflow, "document_sensor", run, "receipts") == [uid]
    assert _returned(airflow, "document_sensor", run, "count") == 1


def test_an_account_that_is_settled_later_is_found_by_the_triggerer(
    airflow: LocalAirflow, company: CompanyAdmin
) -> None:
    _receive(company, 4, currency="USD")
    _succeeds(airflow, "export", airflow.trigger(_dag("export")))
    run = airflow.trigger(_dag("account_sensor"))
    airflow.until(lambda: _state(airflow, "account_sensor", run, "settled") == "deferred", "to defer the sensor", 120)
    ledger = Ledger.open(f"sqlite:///{airflow.home / 'debitoor_ledger.db'}")
    held = ledger.documents.entries("acme-receipts", states=[State.HELD])
    assert len(held) == 1
    ledger.documents.ignore(held, "user:ada", "not ours")
    _succeeds(airflow, "account_sensor", run)
    assert _returned(airflow, "account_sensor", run, "close") == "2 documents are in the books"


def test_callbacks_of_a_task_and_of_a_dag_notify_people(airflow: LocalAirflow, mailbox: Mailbox) -> None:
    for name in ("notifier", "of_the_whole_dag"):
        run = airflow.trigger(_dag(name))
        airflow.until(lambda run=run, name=name: _run_state(airflow, name, run) == "failed", f"to fail {name}", 120)
    airflow.until(lambda: len(mailbox.mails) == 2, "to tell people", 120)
    of_the_task, of_the_dag = mailbox.mails
    assert (
        of_the_task["subject"] == "Acme, receipts: Die Aufgabe close von debitoor_example_notifier ist fehlgeschlagen."
    )
    assert of_the_dag["subject"].endswith(": Une exécution du DAG debitoor_example_of_the_whole_dag a échoué.")


def test_the_others_run(airflow: LocalAirflow) -> None:
    done = {"asset", "export", "getmyinvoices_hook", "debitoor_hook", "document_sensor", "account_sensor", "notifier"}
    for name in sorted(NAMES - done):
        _succeeds(airflow, name, airflow.trigger(_dag(name)))


def _dag(name: str) -> str:
    return f"debitoor_example_{name}"


def _receive(company: CompanyAdmin, number: int, **differing: Any) -> int:
    known = {
        "document_number": f"R-{number}",
        "document_date": "2026-03-01",
        "document_type": "RECEIPT",
        "supplier": "Paper Ltd",
        "gross_amount": "119.00",
        "tax_rates": ["19"],
        "currency": "EUR",
        "payment_status": "Not paid",
    }
    return company.add_document(b"%%PDF-1.4\n%% file %d\n%%%%EOF\n" % number, f"scan{number}.pdf", **known | differing)


def _succeeds(airflow: LocalAirflow, name: str, run: str) -> None:
    airflow.until(lambda: _run_state(airflow, name, run) in {"success", "failed"}, f"to run {name}", 240)
    assert (name, _run_state(airflow, name, run)) == (name, "success")


def _run_state(airflow: LocalAirflow, name: str, run: str) -> str:
    return str(airflow.call("GET", f"/dags/{_dag(name)}/dagRuns/{run}")["state"])


def _state(airflow: LocalAirflow, name: str, run: str, task: str) -> str:
    return airflow.tasks(_dag(name), run)[task]


def _returned(airflow: LocalAirflow, name: str, run: str, task: str) -> Any:
    path = f"/dags/{_dag(name)}/dagRuns/{run}/taskInstances/{task}/xcomEntries/return_value"
    return airflow.call("GET", path, deserialize=True)["value"]
