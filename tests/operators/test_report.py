from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowFailException

from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.services.errors import ServiceError


def test_a_successful_run_is_green_and_counted(run, context, account, receipt, ledger, steps):
    account()
    receipt()
    now = context(run_id="r", states={"plan": "success", "export": "success"})
    assert run(*steps, within=now) == {"moved": 1, "e_invoices": {"unreadable": 1}}
    entered = ledger.runs.get("anybodys_dag/r#acme")
    assert (entered.verdict, entered.counts, entered.error) == (
        "success",
        {"moved": 1, "e_invoices": {"unreadable": 1}},
        "",
    )
    assert entered.finished_at is not None


def test_a_failed_step_makes_it_red_with_the_reason(run, context, acme, account, ledger, steps):
    account()
    acme.block_key()
    plan, _, report = steps
    now = context(run_id="r", states={"plan": "failed", "export": "upstream_failed"})
    with pytest.raises(ServiceError) as why:
        run(plan, within=now)
    with pytest.raises(AirflowFailException) as verdict:
        run(report, within=now)
    assert "plan failed" in str(verdict.value)
    assert "export" not in str(verdict.value)  # it did not run
    assert str(why.value) in str(verdict.value)
    entered = ledger.runs.get("anybodys_dag/r#acme")
    assert (entered.verdict, entered.remedy) == ("stopped", why.value.remedy)
    assert entered.remedy


def test_a_step_that_may_succeed_later_stops_nothing(run, context, sandbox, acme, account, ledger, steps):
    account()
    plan, _, report = steps
    now = context(run_id="r", states={"plan": "failed"})
    sandbox.fault("rate_limited", operation="gmi.*", company=acme, retry_after=600)
    with pytest.raises(ServiceError):
        run(plan, within=now)
    with pytest.raises(AirflowFailException):
        run(report, within=now)
    assert ledger.runs.get("anybodys_dag/r#acme").verdict == "failed"


def test_skipped_steps_are_no_failure(run, context, account, steps):
    account()
    *_, report = steps
    DebitoorPlanOperator(task_id="plan", account="acme").execute(now := context())
    now["ti"].states = {"plan": "success", "export": "skipped"}
    assert run(report, within=now) == {}


def test_a_rejected_document_makes_its_run_red_once(run, context, account, receipt, steps):
    account()
    receipt(tax_rates=["7", "19", "0"])
    with pytest.raises(AirflowFailException, match=r"1 document was rejected.*airflow debitoor documents list"):
        run(*steps)
    receipt()
    assert run(*steps) == {"moved": 1, "e_invoices": {"unreadable": 1}}


def test_a_held_document_does_not(run, account, receipt, steps):
    account()
    receipt(currency="USD")
    assert run(*steps) == {"held": 1, "e_invoices": {"unreadable": 1}}


def test_it_runs_whatever_happened_before_it():
    assert DebitoorReportOperator(task_id="report", account="acme").trigger_rule == "all_done"
    rule = "none_skipped"
    assert DebitoorReportOperator(task_id="report", account="acme", trigger_rule=rule).trigger_rule == rule


def test_alone_it_reports_too(run, context, account, receipt):
    account()
    receipt()
    now = context()
    DebitoorPlanOperator(task_id="plan", account="acme").execute(now)
    assert run(DebitoorReportOperator(task_id="report", account="acme"), within=now) == {}


def test_a_limit_stops_the_run_before_anything_is_written_until_a_person_allows_it_once(
    run, context, acme, account, receipt, ledger, steps
):
    account(limits={"new_documents": 1})
    receipt(), receipt()
    plan, export, report = steps
    stopped = context(run_id="r1", states={"plan": "success", "export": "failed"})
    run(plan, within=stopped)
    with pytest.raises(ServiceError) as why:
        run(export, within=stopped)
    assert isinstance(why.value, AirflowFailException)  # no retry
    with pytest.raises(AirflowFailException, match="The run has 2 documents to move, and the account allows 1"):
        run(report, within=stopped)
    entered = ledger.runs.get("anybodys_dag/r1#acme")
    assert entered.verdict == "stopped"
    assert "airflow debitoor accounts allow acme" in entered.remedy
    assert acme.expenses() == []
    ledger.stops.allow("acme", "user:anna")
    allowed = context(run_id="r2", states={"plan": "success", "export": "success"})
    assert run(*steps, within=allowed) == {"moved": 2, "e_invoices": {"unreadable": 2}}
