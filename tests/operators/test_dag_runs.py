"""Whole runs of generated DAGs, scheduled and executed by Airflow in this process."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import ParamValidationError

from debitoor_provider.dag_factory import sync_dags
from debitoor_provider.runs import jobs
from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.window import RunKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent.parent
CONSUMER = """\
from airflow.sdk import DAG, Asset, task

with DAG("consumer", schedule=[Asset("debitoor__{account}")]):
    @task
    def look(): ...
    look()
"""
ANYBODY = """\
from airflow.sdk import DAG
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.report import DebitoorReportOperator

with DAG("anybody", params={{"report": ""}}):
    plan = DebitoorPlanOperator.partial(task_id="plan").expand(account={accounts})
    export = DebitoorExportOperator.partial(task_id="export").expand(account={accounts})
    plan >> export >> DebitoorReportOperator(task_id="report", account="{{{{ params.report }}}}")
"""


@pytest.fixture
def dags_folder(airflow_database: Path, airflow_home: Path, acme: object) -> Path:
    shutil.copy(ROOT / "dags" / "debitoor_sync.py", airflow_home / "dags")
    return airflow_home / "dags"


@pytest.fixture
def trigger(dags_folder: Path) -> Callable[..., tuple[str, dict[str, str]]]:
    """Run the DAG of an account; return the state of the run and of its tasks."""

    def run(account: str, logical_date: datetime | None = None, **form: Any) -> tuple[str, dict[str, str]]:
        run = sync_dags()[f"debitoor__{account}"].test(run_conf=form or None, logical_date=logical_date)
        return str(run.state), {ti.task_id: str(ti.state) for ti in run.get_task_instances()}

    return run


@pytest.fixture
def make_run(dags_folder: Path) -> Callable[..., Any]:
    """Make a run of an account's DAG in Airflow's database, to be looked at as its scheduler does."""

    @contextmanager
    def make(account: str, moment: datetime) -> Iterator[tuple[Any, Any]]:
        from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
        from airflow.models.dagbundle import DagBundleModel
        from airflow.models.serialized_dag import SerializedDagModel
        from airflow.utils.session import create_session
        from airflow.utils.state import DagRunState
        from airflow.utils.types import DagRunTriggeredByType, DagRunType

        bag = DagBag(str(dags_folder / "debitoor_sync.py"), bundle_name="dags-folder")
        with create_session() as session:
            session.merge(DagBundleModel(name="dags-folder"))
            session.flush()
            sync_bag_to_db(bag, "dags-folder", None, session=session)
            dag = SerializedDagModel.get_dag(f"debitoor__{account}", session=session)
            run = dag.create_dagrun(
                run_id="manual__1",
                logical_date=moment,
                data_interval=(moment, moment + timedelta(days=31)),
                run_after=moment,
                run_type=DagRunType.MANUAL,
                triggered_by=DagRunTriggeredByType.TEST,
                state=DagRunState.RUNNING,
                session=session,
            )
            run.dag = dag
            yield run, session

    return make


def events_of(account: str) -> list[dict[str, Any]]:
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        asset = select(AssetModel.id).where(AssetModel.name == f"debitoor__{account}").scalar_subquery()
        return list(session.scalars(select(AssetEvent.extra).where(AssetEvent.asset_id == asset)))


def test_an_export_from_the_first_document_to_the_archive(trigger, acme, account, receipt, ledger):
    name = account(stem="receipts", archive_after_transfer=True, rename="{company}_{document_number}", retries=0)
    uids = {receipt(), receipt()}
    steps = ("plan", "rename", "export", "archive", "report")
    assert trigger(name) == ("success", dict.fromkeys(steps, "success"))
    assert len(acme.expenses()) == 2
    assert {document["uid"] for document in acme.documents() if document["isArchived"]} == uids
    (event,) = events_of(name)
    assert event["documents"] == 2

    # Nothing new: only the plan runs, and it reports; no notification is sent.
    skipped = dict.fromkeys(("rename", "export", "archive", "report"), "skipped")
    assert trigger(name) == ("success", {"plan": "success", **skipped})
    assert len(events_of(name)) == 1
    assert [run.verdict for run in ledger.runs.latest(name)] == ["success", "success"]


@pytest.fixture
def scheduled(monkeypatch):
    """Let a run that is executed in this process count as a scheduled one."""
    monkeypatch.setattr(jobs, "kind_of", lambda _: RunKind.SCHEDULED)


def test_a_small_scheduled_run_is_done_by_its_plan(trigger, scheduled, acme, account, receipt, ledger):
    name = account(stem="small", archive_after_transfer=True, retries=0)
    receipt()
    rest = dict.fromkeys(("rename", "export", "archive", "report"), "skipped")
    assert trigger(name) == ("success", {"plan": "success", **rest})
    assert len(acme.expenses()) == 1
    assert [bool(document["isArchived"]) for document in acme.documents()] == [True]
    (event,) = events_of(name)
    assert event["documents"] == 1
    (run,) = ledger.runs.latest(name)
    assert (run.verdict, run.counts["moved"], run.counts["archived"]) == ("success", 1, 1)


def test_a_larger_one_goes_through_its_steps(trigger, scheduled, acme, account, receipt, monkeypatch):
    monkeypatch.setenv("AIRFLOW__DEBITOOR__SMALL_RUN", "1")
    name = account(stem="larger", archive_after_transfer=True, retries=0)
    receipt(), receipt()
    steps = ("plan", "rename", "export", "archive", "report")
    assert trigger(name) == ("success", dict.fromkeys(steps, "success"))
    assert len(acme.expenses()) == 2
    assert [event["documents"] for event in events_of(name)] == [2]


def test_a_rejected_document_makes_the_report_of_a_small_run_red(trigger, scheduled, account, receipt):
    name = account(stem="small-rejected", retries=0)
    receipt(tax_rates=["7", "19", "0"])
    steps = dict.fromkeys(("plan", "rename", "export"), "success")
    assert trigger(name) == ("failed", {**steps, "report": "failed"})


def test_a_skipped_plan_skips_all_other_steps_in_one_pass_of_the_scheduler(make_run, account):
    from airflow.utils.state import TaskInstanceState

    moment = datetime(2026, 3, 1, tzinfo=UTC)
    with make_run(account(stem="one-pass", archive_after_transfer=True, frequency="daily"), moment) as (run, session):
        run.get_task_instance("plan", session=session).set_state(TaskInstanceState.SKIPPED, session=session)
        run.update_state(session=session)
        session.flush()
        states = {ti.task_id: ti.state for ti in run.get_task_instances(session=session)}
    assert states == dict.fromkeys(("plan", "rename", "export", "archive", "report"), TaskInstanceState.SKIPPED)


def test_a_run_with_a_logical_date_of_long_ago_has_its_tasks(make_run, account):
    """Airflow 3.3.2 makes a run from before the DAG's start date green at once, without a task."""
    with make_run(account(stem="long-ago", frequency="daily"), datetime(1999, 3, 1, tzinfo=UTC)) as (run, session):
        ready, _ = run.update_state(session=session)
        assert ([ti.task_id for ti in ready], run.state) == (["plan"], "running")


def test_an_import(trigger, acme, account):
    name = account("import", stem="sales", retries=0)
    acme.add_invoice(date="2026-03-01")
    assert trigger(name) == ("success", {"plan": "success", "import": "success", "report": "success"})
    assert len(acme.documents()) == 1


def test_a_rejected_document_makes_its_run_red_and_the_next_green(trigger, account, receipt, ledger):
    name = account(stem="rejected", retries=0)
    receipt(tax_rates=["7", "19", "0"])
    assert trigger(name) == (
        "failed",
        {"plan": "success", "rename": "success", "export": "success", "report": "failed"},
    )
    state, tasks = trigger(name)
    assert (state, tasks["export"], tasks["report"]) == ("success", "skipped", "skipped")
    assert [entry.state for entry in ledger.documents.entries(name)] == [State.REJECTED]


def test_a_refused_key_fails_at_once_and_is_in_the_report(trigger, acme, account, ledger):
    name = account(stem="blocked", retries=5)
    acme.block_key()
    assert trigger(name) == (
        "failed",
        {"plan": "failed", "rename": "upstream_failed", "export": "upstream_failed", "report": "failed"},
    )
    (run,) = ledger.runs.latest(name)
    assert "plan failed" in run.error
    assert "API access" in run.remedy  # where to fix it


def test_the_trigger_form(trigger, acme, account, receipt, ledger):
    name = account(stem="form", retries=0)
    receipt(document_date="2026-01-31")
    wanted = receipt(document_date="2026-02-15")
    by_id = receipt(document_date="2026-03-15")
    assert trigger(name, dry_run=True)[1]["export"] == "skipped"
    assert acme.expenses() == []
    period = {"from": "2026-02-01", "to": "2026-02-28"}
    assert trigger(name, **period)[0] == "success"
    assert {entry.source_id for entry in ledger.documents.entries(name)} == {str(wanted)}
    assert trigger(name, document_ids=[str(by_id)])[0] == "success"
    assert {entry.source_id for entry in ledger.documents.entries(name)} == {str(wanted), str(by_id)}
    assert len(acme.expenses()) == 2
    by_number = receipt(document_date="2026-03-16")
    assert trigger(name, document_ids=[by_number])[0] == "success"
    assert len(acme.expenses()) == 3


def test_a_dag_that_waits_for_documents_is_started_by_them(trigger, dags_folder, account, receipt):
    from airflow.models.asset import AssetDagRunQueue
    from airflow.utils.session import create_session
    from sqlalchemy import select

    name = account(stem="watched", retries=0)
    (dags_folder / "consumer.py").write_text(CONSUMER.format(account=name))

    def queued() -> list[str]:
        with create_session() as session:
            waiting = session.scalars(select(AssetDagRunQueue.target_dag_id))
            return [dag_id for dag_id in waiting if dag_id == "consumer"]

    trigger(name)
    assert queued() == []
    receipt()
    trigger(name)
    assert queued() == ["consumer"]


def test_a_custom_dag_with_mapped_steps_for_several_accounts(dags_folder, acme, account, receipt, ledger):
    from airflow.dag_processing.dagbag import DagBag

    names = [account(stem="busy", retries=0), account(stem="idle", filter={"tags": {"any": ["none"]}})]
    receipt()
    (dags_folder / "anybody.py").write_text(ANYBODY.format(accounts=names))
    dag = DagBag(str(dags_folder / "anybody.py")).dags["anybody"]
    run = dag.test(run_conf={"report": "busy"})
    assert {(ti.task_id, ti.map_index): str(ti.state) for ti in run.get_task_instances()} == {
        (task, index): "success" for task in ("plan", "export") for index in (0, 1)
    } | {("report", -1): "success"}
    assert len(acme.expenses()) == 1
    assert [event["documents"] for event in events_of("busy")] == [1]
    assert events_of("idle") == []
    assert ledger.runs.latest("busy")[0].counts == {"moved": 1, "e_invoices": {"unreadable": 1}}


def test_a_broken_account_fails_with_what_is_wrong_and_moves_nothing(trigger, acme, account, receipt):
    name = account(stem="broken", frequency="sometimes")
    receipt()
    assert trigger(name) == ("failed", {"account_file": "failed"})
    assert acme.expenses() == []


@pytest.mark.parametrize(
    ("conf", "remedy"),
    [
        ({"dryrun": True}, "did you mean dry_run?"),
        ({"Dry-Run": True}, "did you mean dry_run?"),
        ({"document_id": ["1"]}, "did you mean document_ids?"),
        ({"frm": "2026-01-01"}, "did you mean from?"),
        ({"everything": True}, "no other keys than from, to, document_ids, dry_run"),
        ({"dry_run": True, "x" * 1000: 1}, "no other keys"),
        ({"document_ids": []}, "Name documents"),
        ({"document_ids": ["", " "]}, "Name documents"),
        ({"document_ids": ["R-17"]}, "look like 4711"),
        ({"from": "2026-05-01", "to": "2026-03-01"}, "Enter the earlier date as From"),
    ],
)
def test_what_a_run_is_triggered_with_is_understood_or_nothing_is_done(
    trigger, sandbox, acme, account, receipt, ledger, conf, remedy
):
    name = account(stem="misspelt", retries=3)
    receipt()
    seen = sandbox.last_seq()
    state, tasks = trigger(name, **conf)
    assert (state, tasks["plan"], tasks["export"]) == ("failed", "failed", "upstream_failed")
    assert sandbox.calls(since=seen, company=acme) == []
    assert remedy in str(ledger.runs.latest(name)[0].message)


@pytest.mark.parametrize(
    "conf",
    [
        {"dry_run": "true"},
        {"dry_run": 1},
        {"from": ""},
        {"from": 20260101},
        {"from": "01.02.2026"},
        {"to": "2026-02-30"},
        {"document_ids": "4711"},
        {"document_ids": [True]},
    ],
)
def test_values_of_the_wrong_form_are_refused_by_airflow_itself(trigger, sandbox, acme, account, conf):
    name = account(stem="mistyped", retries=0)
    seen = sandbox.last_seq()
    with pytest.raises(ParamValidationError, match=next(iter(conf))):
        trigger(name, **conf)
    assert sandbox.calls(since=seen, company=acme) == []


def test_a_run_triggered_for_a_day_takes_the_documents_of_its_data_interval(trigger, account, receipt, ledger):
    name = account(stem="interval", retries=0, frequency="daily", timezone="UTC")
    receipt(document_date="2026-03-03")
    wanted = receipt(document_date="2026-03-04")
    receipt(document_date="2026-03-05")
    assert trigger(name, logical_date=datetime(2026, 3, 5, 9, tzinfo=UTC))[0] == "success"
    assert {entry.source_id for entry in ledger.documents.entries(name)} == {str(wanted)}


def test_a_run_triggered_for_hours_without_a_midnight_is_reported(trigger, acme, account, receipt, ledger):
    name = account(stem="hours", retries=0, frequency="hourly", timezone="UTC")
    receipt()
    assert trigger(name, logical_date=datetime(2026, 3, 5, 9, 30, tzinfo=UTC))[0] == "failed"
    assert "no day begins" in ledger.runs.latest(name)[0].error
    assert acme.expenses() == []


def test_the_logical_date_that_airflow_s_form_proposes_chooses_nothing(trigger, acme, account, receipt):
    name = account(stem="proposed", retries=0, frequency="daily")
    receipt(document_date="2026-03-04")
    assert trigger(name, logical_date=datetime.now(UTC) - timedelta(minutes=5))[0] == "success"
    assert len(acme.expenses()) == 1


def test_a_logical_date_of_the_past_without_a_schedule_takes_nothing(trigger, acme, account, receipt, ledger):
    name = account(stem="by-hand", retries=0, frequency="manual")
    receipt(document_date="2026-03-04")
    assert trigger(name, logical_date=datetime(2026, 3, 31, tzinfo=UTC))[0] == "failed"
    assert "the logical date" in ledger.runs.latest(name)[0].error
    assert acme.expenses() == []
    assert trigger(name, logical_date=datetime.now(UTC) - timedelta(minutes=5))[0] == "success"
    assert len(acme.expenses()) == 1
