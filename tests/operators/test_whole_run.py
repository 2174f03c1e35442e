"""A small plan of a scheduled run: its task does all the rest."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk import DAG, BaseOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowRescheduleException, DownstreamTasksSkipped

from debitoor_provider.messages import Reader, written_for
from debitoor_provider.operators.archive import DebitoorArchiveOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.import_ import DebitoorImportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.rename import DebitoorRenameOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.runs.arguments import ArgumentError
from debitoor_provider.services.errors import Misconfigured, StopError, Unavailable
from debitoor_provider.sync.export.mover import ExpenseMover
from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.steps import archive as archive_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
    from debitoor_provider.sync.ledger import Entry

STEPS = ["archive", "export", "rename", "report"]


@pytest.fixture
def first() -> Callable[..., DebitoorPlanOperator]:
    """Make the DAG of an account as the factory does; return its plan."""

    def make(**options: Any) -> DebitoorPlanOperator:
        with DAG("anybodys_dag"):
            plan = DebitoorPlanOperator(task_id="plan", account="acme", **{"carries_out": 2} | options)
            rename = DebitoorRenameOperator(task_id="rename", account="acme")
            export = DebitoorExportOperator(task_id="export", account="acme")
            archive = DebitoorArchiveOperator(task_id="archive", account="acme")
            report = DebitoorReportOperator(task_id="report", account="acme", trigger_rule="none_skipped")
            plan >> rename >> export >> archive >> report
            plan >> [export, archive, report]
        return plan

    return make


@pytest.fixture
def due(context: Callable[..., dict[str, Any]], account: Callable[..., str]) -> dict[str, Any]:
    """Return the context of a scheduled run of an account that archives."""
    account(archive_after_transfer=True, rename="{company}_{document_number}")
    return context("scheduled", run_id="r")


@pytest.fixture
def refused(
    acme: CompanyAdmin, sandbox: SandboxAdmin
) -> Callable[..., AbstractContextManager[Callable[[], list[str]]]]:
    """Let a service refuse what a run asks of it; the context is a look at what it was asked since the last look."""

    @contextmanager
    def refuse(service: str, operation: str = "") -> Iterator[Callable[[], list[str]]]:
        name = operation or {"Debitoor": "debitoor.*", "GetMyInvoices": "gmi.documents.get"}[service]
        fault = sandbox.fault("status", operation=name, company=acme, status=401)
        seen = [sandbox.last_seq()]

        def calls() -> list[str]:
            rows = sandbox.calls(since=seen[0], company=acme)
            seen[0] = sandbox.last_seq()
            return [row["operation"] for row in rows if row["status"] == 401]

        yield calls
        sandbox.clear_faults(fault)

    return refuse


def rest_of(plan: DebitoorPlanOperator) -> list[DebitoorPlanOperator]:
    """Return the steps after a plan, in their order."""
    tasks = plan.dag.task_dict
    return [tasks[name] for name in ("rename", "export", "archive", "report")]


class TestDoneByThePlan:
    def test_documents_are_named_moved_archived_and_reported_on(self, first, due, acme, receipt, ledger):
        uids = {receipt(supplier="Paper Ltd", document_number="R-1"), receipt()}
        with pytest.raises(DownstreamTasksSkipped) as skipped:
            first().execute(due)
        assert skipped.value.tasks == STEPS
        assert len(acme.expenses()) == 2
        assert {document["uid"] for document in acme.documents() if document["isArchived"]} == uids
        assert "Paper Ltd_R-1.pdf" in {entry.target_name for entry in ledger.documents.entries()}
        run = ledger.runs.get("anybodys_dag/r#acme")
        assert (run.verdict, run.counts["moved"], run.counts["archived"]) == ("success", 2, 2)
        assert run.finished_at is not None
        summary = due["ti"].pushed["return_value"]
        assert (summary["due"], summary["archive"]) == (2, {"archived": 2})

    def test_the_event_of_the_accounts_asset_is_the_plans(self, first, due, receipt):
        receipt()
        plan = first()
        with pytest.raises(DownstreamTasksSkipped):
            plan.execute(due)
        (alias,) = plan.outlets
        (event,) = due["outlet_events"][alias].asset_alias_events
        assert event.extra["documents"] == 1
        assert plan.lineage.facts["documents"] == 1
        assert [name for _, name in plan.lineage.outputs] == ["expenses", "documents"]

    def test_the_plan_leads_to_the_records(self, first, due, acme, receipt, monkeypatch):
        connection = json.loads(os.environ["AIRFLOW_CONN_GMI"])
        connection["extra"] |= {"web_url": "https://gmi.example/{id}"}
        monkeypatch.setenv("AIRFLOW_CONN_GMI", json.dumps(connection))
        uid = receipt()
        plan = first()
        with pytest.raises(DownstreamTasksSkipped):
            plan.execute(due)
        links = {link.name: link.get_link(plan, ti_key=None) for link in plan.operator_extra_links[1:]}
        assert links == {"Document at the source": f"https://gmi.example/{uid}", "Record at the target": ""}

    def test_a_plan_that_was_made_in_the_triggerer_is_carried_out_without_another_one(
        self, first, due, acme, receipt, sandbox
    ):
        receipt()
        plan = first()
        DebitoorPlanOperator(task_id="plan", account="acme").execute(due)
        seen = sandbox.last_seq()
        with pytest.raises(DownstreamTasksSkipped):
            plan.resume_execution("go_on", {"event": {"due": 1}}, due)
        assert len(acme.expenses()) == 1
        assert not [call for call in sandbox.calls(since=seen, company=acme) if "updated" in str(call)]

    def test_an_import_too(self, context, acme, account):
        account("import")
        acme.add_invoice(date="2026-03-01")
        with DAG("anybodys_dag"):
            plan = DebitoorPlanOperator(task_id="plan", account="acme", carries_out=1)
            move = DebitoorImportOperator(task_id="import", account="acme")
            plan >> move >> DebitoorReportOperator(task_id="report", account="acme")
        with pytest.raises(DownstreamTasksSkipped) as skipped:
            plan.execute(context("scheduled"))
        assert skipped.value.tasks == ["import", "report"]
        assert len(acme.documents()) == 1

    def test_steps_that_are_cleared_afterwards_find_nothing_to_do(self, first, due, acme, receipt):
        receipt()
        plan = first()
        with pytest.raises(DownstreamTasksSkipped):
            plan.execute(due)
        for step in rest_of(plan):
            step.execute(due)
        assert len(acme.expenses()) == 1


class TestLeftToTheSteps:
    """The plan ends with its summary, and each step does what is left of its work."""

    def test_more_documents_than_it_moves(self, first, due, acme, receipt):
        receipt(), receipt(), receipt()
        assert first().execute(due)["due"] == 3
        assert acme.expenses() == []

    def test_by_default_all(self, first, due, acme, receipt):
        receipt()
        assert first(carries_out=0).execute(due)["due"] == 1
        assert acme.expenses() == []

    @pytest.mark.parametrize("kind", ["manual", "asset_triggered"])
    def test_a_run_that_is_not_a_scheduled_one(self, first, context, account, acme, receipt, kind):
        account()
        receipt()
        assert first().execute(context(kind))["due"] == 1
        assert acme.expenses() == []

    def test_a_backfill(self, first, context, account, acme, receipt):
        account(timezone="UTC")
        receipt(document_date="2026-03-01")
        day = datetime(2026, 3, 1, tzinfo=UTC)
        assert first().execute(context("backfill", interval=(day, day + timedelta(days=1))))["due"] == 1
        assert acme.expenses() == []

    def test_one_of_several_mapped_plans(self, first, context, account, acme, receipt):
        account()
        receipt()
        assert first().execute(context("scheduled", map_index=0))["due"] == 1
        assert acme.expenses() == []

    @pytest.mark.parametrize("where", ["between", "beside", "after"])
    def test_a_task_of_another_kind(self, due, acme, receipt, where):
        receipt()
        with DAG("anybodys_dag"):
            plan = DebitoorPlanOperator(task_id="plan", account="acme", carries_out=2)
            export = DebitoorExportOperator(task_id="export", account="acme")
            report = DebitoorReportOperator(task_id="report", account="acme")
            other = BaseOperator(task_id="other")
            plan >> export >> report
            if where == "between":
                export >> other >> report
            else:
                (plan if where == "beside" else report) >> other
        assert plan.execute(due)["due"] == 1
        assert acme.expenses() == []

    def test_a_step_of_another_account(self, due, account, acme, receipt):
        account(stem="other")
        receipt()
        with DAG("anybodys_dag"):
            plan = DebitoorPlanOperator(task_id="plan", account="acme", carries_out=2)
            export = DebitoorExportOperator(task_id="export", account="other")
            plan >> export >> DebitoorReportOperator(task_id="report", account="acme")
        assert plan.execute(due)["due"] == 1
        assert acme.expenses() == []

    def test_a_step_for_accounts_of_another_direction(self, due, acme, receipt, log):
        receipt()
        with DAG("anybodys_dag"):
            plan = DebitoorPlanOperator(task_id="plan", account="acme", carries_out=2)
            move = DebitoorImportOperator(task_id="import", account="acme")
            plan >> move >> DebitoorReportOperator(task_id="report", account="acme")
        assert plan.execute(due)["due"] == 1
        assert acme.expenses() == []
        with pytest.raises(Misconfigured):
            move.execute(due)

    def test_a_rejected_document_is_in_the_report_which_is_red(self, first, due, receipt, ledger):
        receipt(tax_rates=["7", "19", "0"])
        plan = first()
        assert plan.execute(due)["due"] == 1
        assert [entry.state for entry in ledger.documents.entries()] == [State.REJECTED]
        assert ledger.runs.get("anybodys_dag/r#acme").finished_at is None
        *steps, report = rest_of(plan)
        for step in steps:
            step.execute(due)
        with pytest.raises(AirflowFailException, match="rejected"):
            report.execute(due)

    @pytest.mark.parametrize("service", ["Debitoor", "GetMyInvoices"])
    def test_a_refused_key_fails_the_step_that_meets_it_and_is_not_tried_again(
        self, first, due, acme, receipt, log, ledger, refused, service
    ):
        receipt()
        plan = first()
        with refused(service) as calls:
            assert plan.execute(due)["due"] == 1
            assert "run in their own tasks" in log()
            assert len(calls()) == 1
            *_, report = rest_of(plan)
            rename, export, *_ = rest_of(plan)
            rename.execute(due)
            with pytest.raises(AirflowFailException, match=service) as stopped:
                export.execute(due)
            assert isinstance(stopped.value, StopError)
            assert calls() == []
        due["ti"].states = {"plan": "success", "rename": "success", "export": "failed", "archive": "upstream_failed"}
        with pytest.raises(AirflowFailException, match=service):
            report.execute(due)
        run = ledger.runs.get("anybodys_dag/r#acme")
        assert (run.verdict, run.message.params["steps"], run.message.params["reason"]["params"]["service"]) == (
            "stopped",
            ["export"],
            service,
        )
        assert acme.gmi_api_key not in log() + str(run.message)
        # Corrected, and the failed steps are cleared.
        due["ti"].try_number = 2
        export.execute(due)
        assert len(acme.expenses()) == 1

    def test_a_key_that_may_not_archive_is_not_tried_again_and_what_was_moved_is_announced(
        self, first, due, acme, receipt, ledger, refused
    ):
        receipt()
        plan = first()
        with refused("GetMyInvoices", "gmi.documents.update") as calls:
            assert plan.execute(due)["due"] == 1
            rename, export, archive, _ = rest_of(plan)
            rename.execute(due)
            export.execute(due)
            assert len(calls()) == 1
            with pytest.raises(StopError):
                archive.execute(due)
            assert calls() == []
        assert [event.extra["documents"] for event in due["outlet_events"][export.outlets[0]].asset_alias_events] == [1]
        assert ledger.runs.get("anybodys_dag/r#acme").verdict == "stopped"

    def test_the_other_service_is_still_asked(self, due, acme, receipt, refused):
        """A step that comes whatever happened before it, of a service whose key is a good one."""
        receipt()
        with DAG("anybodys_dag"):
            plan = DebitoorPlanOperator(task_id="plan", account="acme", carries_out=2)
            export = DebitoorExportOperator(task_id="export", account="acme")
            archive = DebitoorArchiveOperator(task_id="archive", account="acme", trigger_rule="all_done")
            plan >> export >> archive >> DebitoorReportOperator(task_id="report", account="acme")
        export.execute(due | {"dag_run": SimpleNamespace(dag_id="x", run_id="before", run_type="manual")})
        receipt()
        with refused("Debitoor"):
            assert plan.execute(due)["due"] == 1
            with pytest.raises(StopError):
                export.execute(due)
            assert archive.execute(due) == {"archived": 1}

    def test_a_limit_stops_the_step_that_would_exceed_it(self, first, due, account, acme, receipt, ledger):
        account(limits={"new_documents": 1}, rename="{company}")
        receipt(), receipt()
        plan = first()
        assert plan.execute(due)["due"] == 2
        with pytest.raises(StopError):
            rest_of(plan)[1].execute(due)
        assert acme.expenses() == []

    def test_what_was_moved_before_an_error_is_announced_once_by_its_step(
        self, first, due, receipt, monkeypatch, ledger
    ):
        receipt()
        plan = first()
        with monkeypatch.context() as patch:
            patch.setattr(archive_module, "archive", _raising(Unavailable("The service is down.")))
            assert plan.execute(due)["due"] == 1
        assert plan.outlets == []
        for step in rest_of(plan):
            step.execute(due)
        (event,) = [
            event for alias in rest_of(plan)[1].outlets for event in due["outlet_events"][alias].asset_alias_events
        ]
        assert event.extra["documents"] == 1
        assert ledger.runs.get("anybodys_dag/r#acme").verdict == "success"

    def test_the_event_of_the_step_that_goes_on_is_of_the_whole_run(self, first, due, acme, receipt, monkeypatch, log):
        dated = {f"2026-0{month}-15": str(receipt(document_date=f"2026-0{month}-15")) for month in (1, 2)}
        move = ExpenseMover.move

        def breaks(self: ExpenseMover, entry: Entry) -> None:
            if entry.source_id == dated["2026-02-15"]:
                raise Unavailable("The service is down.")
            move(self, entry)

        plan = first()
        with monkeypatch.context() as patch:
            patch.setattr(ExpenseMover, "move", breaks)
            assert plan.execute(due)["due"] == 2
        assert (len(acme.expenses()), plan.outlets) == (1, [])
        rename, export, *_ = rest_of(plan)
        rename.execute(due)
        assert export.execute(due)["moved"] == 2
        [event] = due["outlet_events"][export.outlets[0]].asset_alias_events
        moved = event.extra
        assert (moved["documents"], moved["counts"]) == (2, {"moved": 2})
        assert moved["period"] == {"from": "2026-01-15", "to": "2026-02-15"}
        booked = sum(Decimal(str(expense["totalGrossAmount"])) for expense in acme.expenses())
        assert {currency: Decimal(gross) for currency, gross in moved["sums"].items()} == {"EUR": booked}
        assert export.lineage.facts == event.extra

    @pytest.mark.parametrize("meanwhile", ["a time slice that ends", "a process that is killed"])
    def test_what_was_moved_in_an_earlier_turn_or_try_of_the_plan_is_in_its_event(
        self, first, due, acme, receipt, monkeypatch, meanwhile
    ):
        receipt(), receipt()
        plan = first()
        with monkeypatch.context() as patch:
            if meanwhile == "a time slice that ends":
                patch.setenv("AIRFLOW__DEBITOOR__TURN_SECONDS", "0")
                ended: type[BaseException] = AirflowRescheduleException
            else:
                patch.setattr(archive_module, "archive", _raising(KeyboardInterrupt()))
                ended = KeyboardInterrupt
            with pytest.raises(ended):
                plan.execute(due)
        assert acme.expenses()
        with pytest.raises(DownstreamTasksSkipped):
            plan.execute(due)
        [event] = due["outlet_events"][plan.outlets[0]].asset_alias_events
        assert event.extra["documents"] == event.extra["counts"]["moved"] == len(acme.expenses()) == 2

    def test_the_turn_of_the_plans_task_ends_as_any_other(self, first, due, acme, receipt, monkeypatch):
        receipt(), receipt()
        monkeypatch.setenv("AIRFLOW__DEBITOOR__TURN_SECONDS", "0")
        with pytest.raises(AirflowRescheduleException):
            first().execute(due)
        assert len(acme.expenses()) == 1


def _raising(error: BaseException) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("wrong", [-1, "25", "x", 1.5, None, True])
def test_what_is_no_number_of_documents_is_refused_while_the_dag_is_read(wrong):
    with pytest.raises(ArgumentError, match="carries_out is a whole number of documents, 0 or more") as refused:
        DebitoorPlanOperator(task_id="plan", account="acme", carries_out=wrong)
    with written_for(Reader("fr")):
        assert "carries_out est un nombre entier" in str(refused.value.message)
