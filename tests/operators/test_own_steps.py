"""Steps know which account's run they belong to, and what a run may not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk import DAG, task

from debitoor_provider.operators.archive import DebitoorArchiveOperator
from debitoor_provider.operators.check import DebitoorCheckOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.import_ import DebitoorImportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.services.errors import Misconfigured, ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_step_of_another_account_before_it_does_not_keep_a_step_from_planning_again(
    run, context, sandbox, acme, account, ledger
):
    account()
    account("import", stem="sales")
    acme.add_invoice(date="2026-03-01")
    with DAG("anybodys_dag"):
        export = DebitoorExportOperator(task_id="export", account="acme")
        step = DebitoorImportOperator(task_id="import", account="sales")
        export >> step
    now = context(run_id="r")
    run(export, within=now)
    fault = sandbox.fault("status", operation="debitoor.*", company=acme, status=503)
    with pytest.raises(ServiceError):
        run(step, within=now)
    sandbox.clear_faults(fault)
    assert run(step, within=now) == {"moved": 1}
    assert ledger.runs.latest("sales")[0].verdict == "success"


@pytest.mark.parametrize("last", [DebitoorCheckOperator, DebitoorArchiveOperator])
def test_the_last_step_of_a_run_concludes_it(run, context, account, receipt, ledger, last):
    account(archive_after_transfer=True)
    receipt()
    with DAG("anybodys_dag"):
        export = DebitoorExportOperator(task_id="export", account="acme")
        after = last(task_id="after", account="acme")
        export >> after
    run(export, after, within=context(run_id="r"))
    entered = ledger.runs.get("anybodys_dag/r#acme")
    assert (entered.verdict, entered.counts.get("moved")) == ("success", 1)
    assert entered.finished_at is not None


def test_a_step_after_a_dry_run_moves_nothing_that_an_earlier_run_has_left(run, context, acme, account, receipt):
    account()
    receipt()
    run(DebitoorPlanOperator(task_id="plan", account="acme"))  # planned, and left
    with DAG("anybodys_dag"):
        plan = DebitoorPlanOperator(task_id="plan", account="acme", preview=True)
        export = DebitoorExportOperator(task_id="export", account="acme", trigger_rule="all_done")
        plan >> export
    now = context(run_id="dry", map_index=0)  # a mapped plan skips nothing
    assert run(plan, export, within=now) == {}
    assert acme.expenses() == []


@pytest.mark.parametrize("nothing", [[], (), None, "[]", ["", " "]])
def test_a_list_without_documents_is_not_everything_new(run, acme, account, receipt, nothing: Any):
    account()
    receipt()
    with pytest.raises(Misconfigured, match="document"):
        run(DebitoorPlanOperator(task_id="plan", account="acme", document_ids=nothing))


def test_a_report_goes_by_the_steps_of_its_account_alone(run, context, account, ledger):
    account()
    account("import", stem="sales")
    with DAG("anybodys_dag"):

        @task
        def cleanup() -> None: ...

        other = DebitoorImportOperator(task_id="other", account="sales")
        report = DebitoorReportOperator(task_id="report", account="acme")
        [cleanup(), other] >> report
    states = {"cleanup": "failed", "other": "failed"}
    run(report, within=context(run_id="r", states=states))
    assert ledger.runs.get("anybodys_dag/r#acme").verdict == "success"


@task
def chosen() -> str:
    return "acme"


@pytest.mark.parametrize("account_of", [lambda: "{{ params.account }}", chosen])
def test_a_step_whose_account_is_known_later_may_be_of_this_one(account_of: Callable[[], Any]):
    with DAG("anybodys_dag"):
        plan = DebitoorPlanOperator(task_id="plan", account=account_of())
        report = DebitoorReportOperator(task_id="report", account="acme")
        plan >> report
    assert report.own_steps(upstream=True) == ["plan"]
