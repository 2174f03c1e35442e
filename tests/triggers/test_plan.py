from __future__ import annotations

import asyncio
import logging
import os
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException
from airflow.triggers.base import TaskSkippedEvent, TriggerEvent

from debitoor_provider.configuration import accounts_folder
from debitoor_provider.hooks import base
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.services.errors import StopError
from debitoor_provider.services.http.retry import Backoff
from debitoor_provider.sync.account_files.files import find_account
from debitoor_provider.sync.accounts.settings import digest
from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.ledger.database.tables import watermarks
from debitoor_provider.triggers import together
from debitoor_provider.triggers.plan import PlanTrigger

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.runs.scheduled import Scheduled


@pytest.fixture
def fire(context: Callable[..., dict[str, Any]]) -> Callable[..., TriggerEvent]:
    """Run a trigger as the triggerer does, by default for a scheduled run; return its one event."""

    def run(run_type: str = "scheduled", run_id: str = "", **options: Any) -> TriggerEvent:
        async def events() -> list[TriggerEvent]:
            return [event async for event in _made(options, context(run_type, run_id=run_id)).run()]

        (event,) = asyncio.run(events())
        return event

    return run


@pytest.fixture
def listed(context: Callable[..., dict[str, Any]], run: Callable[..., Any]) -> Callable[[str], None]:
    """Let an account list everything, as its first run does."""
    return lambda account: run(DebitoorPlanOperator(task_id="plan", account=account), within=context("scheduled"))


@pytest.fixture
def run() -> Callable[..., Any]:
    def execute(*tasks: Any, within: dict[str, Any]) -> Any:
        return [task.execute(within) for task in tasks][-1]

    return execute


def _made(options: dict[str, Any], known: dict[str, Any]) -> PlanTrigger:
    trigger = PlanTrigger(**{"account": "acme"} | options)
    _, again = trigger.serialize()
    trigger = PlanTrigger(**again)
    trigger._task_instance = SimpleNamespace(get_template_context=lambda: known)
    return trigger


def test_it_can_be_made_again_by_its_name():
    path, known = PlanTrigger("acme", period_from="2026-01-01").serialize()
    assert path == "debitoor_provider.triggers.plan.PlanTrigger"
    assert set(known) == {*DebitoorPlanOperator.template_fields, "folder", "digest"}


@pytest.fixture
def log(monkeypatch, caplog):
    monkeypatch.setattr(PlanTrigger, "log", logging.getLogger("trigger"))
    caplog.set_level(logging.INFO)
    return lambda: caplog.text


class TestNothingToDo:
    def test_the_task_is_skipped_and_the_run_reported_on(self, fire, account, listed, ledger, log):
        listed(account())
        event = fire(run_id="r")
        assert isinstance(event, TaskSkippedEvent)
        nothing = {"due": 0, "new": 0, "already_there": 0, "waiting": 0, "left_out": {}}
        assert event.xcoms == {"return_value": nothing}
        assert f"Nothing to do: {nothing}" in log()
        run = ledger.runs.get("anybodys_dag/r#acme")
        assert (run.kind, run.verdict, run.counts, run.error) == ("scheduled", "success", {}, "")
        assert run.finished_at is not None

    def test_it_costs_one_call_and_moves_the_watermark(self, fire, sandbox, acme, account, listed, ledger):
        listed(account())
        before = ledger.runs.watermark("acme", "export").listed_at
        seen = sandbox.last_seq()
        sandbox.advance(30)  # the mark is the service's time, which comes in whole seconds
        try:
            fire()
        finally:
            sandbox.set_clock()
        assert len(sandbox.calls(since=seen, company=acme)) == 1
        assert ledger.runs.watermark("acme", "export").listed_at > before

    def test_a_document_that_is_left_out_or_waits_for_a_tag_is_no_work(self, fire, account, listed, receipt, ledger):
        listed(account(filter={"tags": {"all": ["books", "checked"]}}))
        receipt(tags=["books"])
        receipt(document_type="SALES_INVOICE")
        event = fire()
        assert isinstance(event, TaskSkippedEvent)
        assert event.xcoms["return_value"]["waiting"] == 1
        assert [entry.state for entry in ledger.documents.entries()] == [State.WAITING]

    def test_an_import_too(self, fire, account, listed):
        listed(account("import"))
        assert isinstance(fire(), TaskSkippedEvent)

    def test_metrics_are_sent(self, fire, account, listed, monkeypatch):
        from debitoor_provider.runs import metrics

        sent: list[str] = []
        monkeypatch.setattr(metrics.stats, "gauge", lambda name, *_, **__: sent.append(name))
        listed(account())
        fire()
        assert "debitoor.last_success.timestamp" in sent


class TestSomethingToDo:
    def test_new_documents_are_passed_to_a_worker_with_the_plan(self, fire, account, listed, receipt, ledger):
        listed(account())
        uid = receipt()
        event = fire(run_id="r")
        assert not isinstance(event, TaskSkippedEvent)
        assert event.payload["due"] == 1
        (entry,) = ledger.documents.entries()
        assert (entry.source_id, entry.state, entry.planned_by) == (str(uid), State.PLANNED, "anybodys_dag/r#acme")
        assert ledger.runs.get("anybodys_dag/r#acme").verdict == ""

    def test_documents_left_to_be_archived_are_passed_to_a_worker(self, fire, run, context, account, listed, receipt):
        listed(account(archive_after_transfer=True))
        receipt()
        fire()
        run(DebitoorExportOperator(task_id="export", account="acme"), within=context())
        assert fire().payload["due"] == 0

    def test_documents_that_an_earlier_run_left_are_passed_to_a_worker(self, fire, account, listed, receipt):
        listed(account())
        receipt()
        assert fire().payload["due"] == 1
        assert fire().payload["due"] == 1

    def test_documents_that_wait_for_their_approval_are_passed_to_a_worker(
        self, fire, run, context, account, listed, receipt, ledger
    ):
        listed(account(filter={"approved_only": True}))
        receipt()
        fire()
        run(DebitoorExportOperator(task_id="export", account="acme"), within=context())
        assert [entry.state for entry in ledger.documents.entries()] == [State.WAITING]
        assert fire().payload["due"] == 1


class TestForAWorker:
    """The triggerer leaves the work to a worker, and makes no call."""

    @pytest.fixture(autouse=True)
    def no_call(self, sandbox, acme, account, listed):
        listed(account())
        seen = sandbox.last_seq()
        yield
        assert sandbox.calls(since=seen, company=acme) == []

    @pytest.mark.parametrize("run_type", ["manual", "backfill", "asset_triggered"])
    def test_a_run_that_is_not_scheduled(self, fire, run_type):
        assert fire(run_type).payload is None

    @pytest.mark.parametrize(
        "asked",
        [
            {"period_from": "2026-01-01"},
            {"period_to": "2026-01-01"},
            {"document_ids": "4711"},
            {"preview": "True"},
            {"preview": "tru"},
        ],
    )
    def test_a_run_that_is_asked_for_something(self, fire, asked):
        assert fire(**asked).payload is None

    def test_a_listing_of_everything(self, fire, ledger):
        with ledger._database.write() as connection:
            connection.execute(watermarks.delete())
        assert fire().payload is None

    def test_an_account_that_is_not_there(self, fire):
        assert fire(account="nobody").payload is None


class TestTheAccountsFile:
    """It is read in the bundle of the DAG, and only believed if it says what the DAG's version says."""

    @pytest.fixture
    def elsewhere(self, account, listed, tmp_path, monkeypatch):
        """Create a folder that is not the configured one, with the account's file."""
        listed(account())
        folder = tmp_path / "bundle" / "accounts"
        folder.parent.mkdir()
        accounts_folder().rename(folder)
        return folder

    def test_of_another_bundle(self, fire, elsewhere):
        settings = find_account(elsewhere, "acme").account
        assert isinstance(fire(folder=str(elsewhere), digest=digest(settings)), TaskSkippedEvent)

    def test_a_missing_bundle_leaves_the_plan_to_a_worker(self, fire, elsewhere):
        assert fire().payload is None
        assert fire(folder="/nowhere").payload is None

    def test_of_another_version_leaves_the_plan_to_a_worker(self, fire, elsewhere, sandbox, acme):
        settings = find_account(elsewhere, "acme").account
        other = settings.model_copy(update={"note": "of yesterday"})
        seen = sandbox.last_seq()
        assert fire(folder=str(elsewhere), digest=digest(other)).payload is None
        assert sandbox.calls(since=seen, company=acme) == []


class TestErrors:
    def test_a_failure_of_the_service_is_reported_by_a_worker_which_asks_again(
        self, fire, sandbox, acme, account, listed, ledger, log, monkeypatch
    ):
        listed(account())
        sandbox.fault("status", operation="gmi.documents.list", company=acme, status=503)
        monkeypatch.setattr(base, "Backoff", lambda: Backoff(fault=()))
        assert fire(run_id="r").payload is None
        assert ledger.runs.get("anybodys_dag/r#acme").verdict == ""
        assert "planned on a worker" in log()

    def test_a_refused_key_is_reported_by_a_worker_which_does_not_try_it_again(
        self, fire, context, sandbox, acme, account, listed, ledger, log
    ):
        listed(account())
        acme.block_key()
        seen = sandbox.last_seq()
        event = fire(run_id="r").payload
        assert (len(sandbox.calls(since=seen, company=acme)), "The run stops: GetMyInvoices" in log()) == (1, True)
        with DAG("anybodys_dag"):
            plan = DebitoorPlanOperator(task_id="plan", account="acme")
            plan >> DebitoorReportOperator(task_id="report", account="acme")
        now = context("scheduled", run_id="r")
        with pytest.raises(AirflowFailException) as failed:
            plan.resume_execution("go_on", {"event": event}, now)
        assert isinstance(failed.value, StopError)
        assert len(sandbox.calls(since=seen, company=acme)) == 1
        run = ledger.runs.get("anybodys_dag/r#acme")
        assert (run.verdict, run.message.params["service"], run.message.as_json()) == (
            "stopped",
            "GetMyInvoices",
            event["stopped"],
        )
        assert acme.gmi_api_key not in log() + str(event)
        # Corrected, and the plan is cleared.
        acme.unblock_key()
        assert isinstance(fire(run_id="r"), TaskSkippedEvent)
        assert ledger.runs.get("anybodys_dag/r#acme").verdict == "success"

    def test_so_is_one_that_the_target_refused(self, fire, sandbox, acme, account, listed):
        """A run with nothing to do asks it once a day."""
        listed(account())
        fault = sandbox.fault("status", operation="debitoor.*", company=acme, status=401)
        with time_machine.travel(datetime.now(UTC) + timedelta(days=1), tick=True):
            assert fire().payload["stopped"]["params"]["service"] == "Debitoor"
            sandbox.clear_faults(fault)
            assert isinstance(fire(), TaskSkippedEvent)

    def test_a_connection_that_was_changed_is_looked_up_again_after_an_error(
        self, fire, acme, account, listed, monkeypatch
    ):
        listed(account())
        assert isinstance(fire(), TaskSkippedEvent)
        works = os.environ["AIRFLOW_CONN_GMI"]
        monkeypatch.setenv("AIRFLOW_CONN_GMI", works.replace(acme.gmi_api_key, "revoked"))
        assert isinstance(fire(), TaskSkippedEvent)
        acme.block_key()
        assert fire().payload is None
        acme.unblock_key()
        assert "stopped" in fire().payload  # with the key that is there now, which is refused
        monkeypatch.setenv("AIRFLOW_CONN_GMI", works)
        assert isinstance(fire(), TaskSkippedEvent)


class TestAmongOthers:
    def test_the_event_loop_continues_and_only_calls_of_one_connection_wait_for_each_other(
        self, account, context, monkeypatch
    ):
        account(stem="one")
        account(stem="two")
        account("import", stem="other")
        at_work, go_on, begun = threading.Event(), threading.Event(), []

        def slow(scheduled: Scheduled, _: object) -> tuple[None, None]:
            account_id = scheduled.job.account_id
            begun.append(account_id)
            if account_id == "other":
                assert at_work.wait(30)
            else:
                at_work.set()
                assert go_on.wait(30)
            return None, None

        monkeypatch.setattr(together, "plan_scheduled", slow)

        async def all_three() -> list[str]:
            running = [
                asyncio.create_task(_first(_made({"account": stem}, context("scheduled"))))
                for stem in ("one", "two", "other")
            ]
            await running[2]
            await asyncio.to_thread(at_work.wait, 30)
            first = list(begun)
            go_on.set()
            await asyncio.gather(*running)
            return first

        assert sorted(asyncio.run(all_three())) == ["one", "other"]
        assert sorted(begun) == ["one", "other", "two"]


async def _first(trigger: PlanTrigger) -> TriggerEvent:
    (event,) = [event async for event in trigger.run()]
    return event
