"""A plan that exceeds a limit waits for a person; Airflow's side of the waiting is what the tests of the system run."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from types import SimpleNamespace

import pytest
import time_machine
from airflow.providers.standard.operators import hitl
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException, TaskAwaitingInput, TaskDeferred

from debitoor_provider.operators.approval import DebitoorApprovalOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.services.errors import ServiceError
from debitoor_provider.sync.ledger import LedgerError
from debitoor_provider.sync.ledger.runs import Runs
from debitoor_provider.sync.ledger.steps import Steps
from debitoor_provider.sync.ledger.stops import Stops
from tests.services.scripted import Reply, ScriptedService

HOOK = "/hooks/plans"


@pytest.fixture
def steps():
    with DAG("anybodys_dag"):
        plan = DebitoorPlanOperator(task_id="plan", account="acme")
        approval = DebitoorApprovalOperator(task_id="approval", account="acme")
        export = DebitoorExportOperator(task_id="export", account="acme")
        report = DebitoorReportOperator(task_id="report", account="acme")
        plan >> approval >> export >> report
    return SimpleNamespace(plan=plan, approval=approval, export=export, report=report)


@pytest.fixture
def asked(monkeypatch):
    """What Airflow was given to show."""
    found: list[dict] = []
    monkeypatch.setattr(hitl, "upsert_hitl_detail", lambda **detail: found.append(detail))
    return found


@pytest.fixture
def waits(steps, context, account, receipt, asked):
    """Plan three documents and let the step ask; return the run's context and what Airflow keeps for the answer."""

    def begin(planner_is_ahead=timedelta(0), **settings):
        limits = {"new_documents": 2, "exceeded": "approval"} | settings.pop("limits", {})
        account(limits=limits, **settings)
        for _ in range(3):
            receipt()
        now = context(run_id="r")
        now["task_instance"] = SimpleNamespace(id="ti")
        with time_machine.travel(datetime.now(UTC) + planner_is_ahead, tick=True):
            steps.plan.execute(now)
        with pytest.raises(TaskAwaitingInput) as waiting:
            steps.approval.execute(now)
        return now, waiting.value

    return begin


def answered(option, by="anna"):
    user = {"id": "7", "name": by}
    return {
        "chosen_options": [option],
        "params_input": {},
        "responded_at": datetime.now(UTC),
        "responded_by_user": user,
    }


def go_on(steps, now, waiting, event):
    """Resume as a worker does: with what was stored as JSON."""
    kwargs = json.loads(json.dumps(waiting.kwargs))
    return steps.approval.resume_execution(waiting.method_name, {**kwargs, "event": event}, now)


def test_a_plan_within_the_limits_does_not_wait(run, steps, account, receipt, asked):
    account(limits={"new_documents": 2, "amount": 1000, "exceeded": "approval"})
    receipt()
    assert run(steps.plan, steps.approval) == {"asked": False}
    assert asked == []
    assert run(steps.plan, steps.approval, steps.export)["moved"] == 1


def test_the_question_shows_number_sum_and_documents_and_waits_as_long_as_the_account_says(waits, asked, acme):
    _, waiting = waits(limits={"approval_hours": 3})
    (detail,) = asked
    assert waiting.timeout.total_seconds() == 3 * 3600
    assert detail["subject"].endswith(": 3 documents wait for approval")
    assert detail["options"] == ["Approve", "Refuse"]
    assert "The run has 3 documents to move, and the account allows 2 in a run." in detail["body"]
    assert "their amounts total 357.00 EUR" in detail["body"]
    assert detail["body"].count("119.00 EUR") == 3
    assert acme.expenses() == []


def test_the_question_is_in_the_language_of_the_notifications(waits, asked, acme, steps):
    now, waiting = waits(notify={"connection": "hook", "language": "de"})
    (detail,) = asked
    assert detail["subject"].endswith("3 Belege warten auf Genehmigung")
    assert detail["options"] == ["Genehmigen", "Ablehnen"]
    assert go_on(steps, now, waiting, answered("Genehmigen"))["approved"] is True


def test_hostile_names_are_shown_as_they_are(steps, context, account, receipt, asked):
    account(limits={"new_documents": 1, "exceeded": "approval"})
    receipt(supplier="{{ 1 + 1 }} <img src=x>\n\n# [click](https://evil.example)")
    receipt()
    now = context()
    now["task_instance"] = SimpleNamespace(id="ti")
    steps.plan.execute(now)
    with pytest.raises(TaskAwaitingInput):
        steps.approval.execute(now)
    body = asked[0]["body"]
    (line,) = (line for line in body.splitlines() if "click" in line)
    assert line.startswith("    ")  # a block of code in Markdown
    assert "{{ 1 + 1 }} <img src=x> # [click]" in line
    assert not {"subject", "body"} & set(steps.approval.template_fields)


def test_an_approved_plan_moves_and_the_report_names_who_approved_it(waits, steps, ledger, acme):
    now, waiting = waits()
    (stop,) = ledger.stops.pending(["acme"])
    assert stop.message.text().startswith("The plan waits in Airflow until somebody approves or refuses it.")
    assert go_on(steps, now, waiting, answered("Approve")) == {"asked": True, "approved": True, "by": "user:anna"}
    assert ledger.stops.pending(["acme"]) == []
    steps.export.execute(now)
    assert len(acme.expenses()) == 3
    steps.report.execute(now)
    run = ledger.runs.get("anybodys_dag/r#acme")
    assert run.verdict == "success"
    assert [answer.text() for answer in run.answers] == ["Approved by anna: 3 (limits.new_documents)."]


def test_what_is_approved_is_what_was_shown(waits, steps, receipt, context, acme):
    now, waiting = waits()
    for _ in range(3):  # another run plans more than the limit alone would allow
        receipt()
    steps.plan.execute(context())
    go_on(steps, now, waiting, answered("Approve"))
    with pytest.raises(ServiceError, match="The run has 6 documents to move"):
        steps.export.execute(now)
    assert acme.expenses() == []


def test_a_refused_plan_moves_nothing_and_names_who_refused_it(waits, steps, ledger, acme):
    now, waiting = waits()
    assert go_on(steps, now, waiting, answered("Refuse", by="eve")) == {
        "asked": True,
        "approved": False,
        "by": "user:eve",
        "held": 3,
    }
    steps.export.execute(now)
    steps.report.execute(now)
    assert acme.expenses() == []
    run = ledger.runs.get("anybodys_dag/r#acme")
    assert (run.verdict, [answer.text() for answer in run.answers]) == (
        "success",
        ["Refused by eve: 3 documents are held."],
    )
    entries = ledger.documents.entries("acme")
    assert {(entry.state, entry.reason_code) for entry in entries} == {("held", "plan_refused")}
    assert {
        event.detail["why"]["params"]["by"]
        for entry in entries
        for event in ledger.documents.history(entry)
        if event.kind == "held"
    } == {"eve"}
    assert ledger.stops.pending(["acme"]) == []


def test_after_a_refusal_new_documents_go_and_the_refused_ones_when_a_person_sends_them(
    waits, steps, run, receipt, ledger, acme, asked
):
    now, waiting = waits()
    go_on(steps, now, waiting, answered("Refuse"))
    receipt()
    run(steps.plan, steps.approval, steps.export)
    assert len(acme.expenses()) == 1
    assert len(asked) == 1  # nobody was asked again
    ledger.documents.retry(
        [entry for entry in ledger.documents.entries("acme") if entry.state == "held"][:1], "user:eve"
    )
    run(steps.plan, steps.approval, steps.export)
    assert len(acme.expenses()) == 2


def test_what_arrived_after_the_question_is_not_refused_with_it(waits, steps, receipt, context, ledger):
    now, waiting = waits()
    new = receipt()
    steps.plan.execute(context())
    assert go_on(steps, now, waiting, answered("Refuse"))["held"] == 3
    assert {entry.source_id for entry in ledger.documents.entries("acme") if entry.state == "planned"} == {str(new)}


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_refusal_holds_what_was_shown_whatever_the_clock_of_the_planning_machine_says(
    waits, steps, receipt, context, ledger, minutes
):
    now, waiting = waits(planner_is_ahead=timedelta(minutes=minutes))
    new = receipt()
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=30), tick=True):
        steps.plan.execute(context())
    assert go_on(steps, now, waiting, answered("Refuse"))["held"] == 3
    assert {entry.source_id for entry in ledger.documents.entries("acme") if entry.state == "planned"} == {str(new)}


def test_a_plan_without_an_answer_ends_as_a_safety_stop(waits, steps, ledger, acme, run):
    now, waiting = waits()
    with pytest.raises(AirflowFailException) as ended:
        go_on(steps, now, waiting, {"error": "…", "error_type": "timeout"})
    assert "Nobody approved or refused the plan within 24 hours." in str(ended.value)
    now["ti"].states = {"plan": "success", "approval": "failed", "export": "upstream_failed"}
    with pytest.raises(AirflowFailException):
        steps.report.execute(now)
    assert ledger.runs.get("anybodys_dag/r#acme").verdict == "stopped"
    (stop,) = ledger.stops.allow("acme", "user:anna")
    assert stop.message.code == "limit_new_documents"  # it waits no longer
    assert run(steps.plan, steps.approval, steps.export)["moved"] == 3  # allowed on the page, nobody is asked again


def test_an_answer_that_came_too_early_is_not_asked_for_again(waits, steps, asked):
    now, waiting = waits()
    with pytest.raises(TaskDeferred) as again:  # Airflow took the task for killed, and tries again
        steps.approval.execute(now)
    assert len(asked) == 1
    assert again.value.kwargs == waiting.kwargs
    assert again.value.trigger.serialize()[0] == "debitoor_provider.triggers.answer.AnswerTrigger"
    assert go_on(steps, now, again.value, answered("Approve"))["approved"] is True


@pytest.mark.parametrize(
    ("option", "part", "call", "done", "moved"),
    [
        ("Approve", Stops, "ask", 0, 3),
        ("Refuse", Steps, "hold", 0, 0),
        ("Refuse", Steps, "hold", 1, 0),
        ("Refuse", Runs, "note_answer", 0, 0),
        ("Refuse", Stops, "withdraw", 0, 0),
    ],
)
def test_an_answer_stands_when_what_follows_from_it_meets_a_fault(
    waits, steps, asked, acme, ledger, monkeypatch, option, part, call, done, moved
):
    now, waiting = waits()
    calls, real = count(), getattr(part, call)

    def failing(*args, **kwargs):
        if next(calls) < done:
            return real(*args, **kwargs)
        raise LedgerError("The ledger is away.")

    monkeypatch.setattr(part, call, failing)
    with pytest.raises(LedgerError):
        go_on(steps, now, waiting, answered(option))
    monkeypatch.setattr(part, call, real)
    now["task_instance"] = SimpleNamespace(id="the retry's")
    with pytest.raises(TaskDeferred) as again:
        steps.approval.execute(now)
    assert again.value.trigger.ti_id == "the retry's"  # under which Airflow keeps the answer now
    go_on(steps, now, again.value, answered(option))
    assert len(asked) == 1
    assert ledger.stops.pending(["acme"]) == []
    steps.export.execute(now)
    assert len(acme.expenses()) == moved
    (answer, *_) = ledger.runs.get("anybodys_dag/r#acme").answers
    assert "anna" in answer.text()


def test_a_task_that_was_cleared_asks_anew(waits, steps, asked):
    now, _ = waits()
    now["task_instance"], now["ti"].max_tries = SimpleNamespace(id="another one"), 1
    with pytest.raises(TaskAwaitingInput):
        steps.approval.execute(now)
    assert len(asked) == 2


def test_a_run_without_documents_needs_no_approval(waits, steps, context, asked, acme):
    now, waiting = waits()
    go_on(steps, now, waiting, answered("Approve"))
    steps.export.execute(now)
    assert steps.approval.execute(context()) == {"asked": False}
    assert len(asked) == 1


def test_an_amount_above_the_limit_asks_too(waits, asked):
    waits(limits={"new_documents": None, "amount": "356.99"})
    assert "The documents of the run come to 357.00 EUR, and the account allows 356.99 in a run." in asked[0]["body"]


def test_the_notification_says_where_to_answer(waits, monkeypatch):
    service = ScriptedService()
    service.on("POST", HOOK, Reply({}))
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example/base/")
    monkeypatch.setenv("AIRFLOW_CONN_HOOK", json.dumps({"conn_type": "http", "host": service.url + HOOK}))
    try:
        waits(notify={"connection": "hook"})
        (sent,) = service.calls("POST", HOOK)
    finally:
        service.stop()
    notification = sent.json
    assert notification["subject"].endswith(": 3 documents wait for approval")
    assert (
        notification["link"] == "https://airflow.example/base/dags/anybodys_dag/runs/r/tasks/approval/required_actions"
    )
    about = notification["approval"]
    assert (about["count"], about["unknown"], about["limits"]) == (3, 0, {"new_documents": "3"})
    assert {currency: Decimal(amount) for currency, amount in about["sums"].items()} == {"EUR": 357}
