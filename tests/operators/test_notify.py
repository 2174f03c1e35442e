"""A real report tells people by a real mail server and a real webhook, through Airflow's notifiers."""

from __future__ import annotations

import json

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException, DownstreamTasksSkipped

from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.services.errors import ServiceError
from tests.notified import HOOK, received
from tests.services.scripted import Reply


@pytest.fixture
def run_idly(run, steps):
    """Execute a run that finds nothing to do; its plan reports on it."""

    def execute() -> None:
        with pytest.raises(DownstreamTasksSkipped):
            run(steps[0])

    return execute


def test_a_mail_names_what_needs_a_decision_in_the_readers_language(run, run_idly, mailbox, account, receipt, steps):
    account(notify={"connection": "mail", "to": ["anna@acme.example", "ben@acme.example"], "language": "fr"})
    receipt(currency="USD", document_number="R-7", supplier="<b>Papier & Co</b>", gross_amount="1234.50")
    run(*steps)
    (mail,) = mailbox.mails
    assert mailbox.receivers == [["anna@acme.example", "ben@acme.example"]]
    assert mail["subject"] == "Acme\N{NO-BREAK SPACE}: 1 document attend une décision"
    assert mail["from"] == "airflow@acme.example"
    body = mail.get_body(("html",)).get_content()
    assert "1 nouveau document attend une décision" in body
    assert "Devise étrangère (1)" in body
    assert "R-7 · &lt;b&gt;Papier &amp; Co&lt;/b&gt; · 1\u202f234,50 USD · " in body
    assert 'href="https://airflow.example/base/plugin/synchronisation/attention?account=acme"' in body
    run_idly()
    assert len(mailbox.mails) == 1


def test_a_webhook_gets_what_failed_with_its_remedy_and_later_that_it_works_again(
    run, run_idly, context, webhook, acme, account, steps
):
    account(notify={"connection": "hook"})
    acme.block_key()
    plan, _, report = steps
    for run_id in ("r1", "r2"):
        now = context(run_id=run_id, states={"plan": "failed", "export": "upstream_failed"})
        with pytest.raises(ServiceError):
            run(plan, within=now)
        with pytest.raises(AirflowFailException):
            run(report, within=now)
    (notification,) = received(webhook)
    assert notification["subject"] == "Acme: The synchronisation failed."
    assert notification["failure"]["remedy"] in notification["text"]
    assert "blocked" in notification["failure"]["text"]
    assert notification["link"] == "https://airflow.example/base/plugin/synchronisation/accounts/acme"
    assert acme.gmi_api_key not in json.dumps(notification)
    acme.unblock_key()
    run_idly()
    run_idly()
    _, again = received(webhook)
    assert (again["works_again"], again["failure"], again["attention"]["count"]) == (True, None, 0)


def test_names_of_documents_are_no_templates(run, webhook, account, receipt, steps):
    account(notify={"connection": "hook"})
    receipt(currency="USD", supplier="{{ conn.gmi.password }}{{ 6 * 7 }}")
    run(*steps)
    (notification,) = received(webhook)
    assert "{{ conn.gmi.password }}{{ 6 * 7 }}" in notification["text"]


@pytest.mark.parametrize(
    "answer", [Reply({}, status=500), Reply(hang_up=True), Reply(status=302, headers={"Location": "/"})]
)
def test_a_failed_webhook_is_a_warning_and_is_repeated_after_the_next_run(
    run, run_idly, context, webhook, account, receipt, ledger, steps, caplog, answer
):
    account(notify={"connection": "hook"})
    receipt(currency="USD")
    webhook.on("POST", HOOK, answer)
    assert run(*steps, within=context(run_id="r")) == {"held": 1, "e_invoices": {"unreadable": 1}}
    entered = ledger.runs.get("anybodys_dag/r#acme")
    (warning,) = entered.warnings
    assert entered.verdict == "success"
    assert warning.code == "notify_not_sent"
    assert "CANARY" not in str(warning)
    assert str(warning) in caplog.text
    webhook.on("POST", HOOK, Reply({}))
    run_idly()
    assert received(webhook)[-1]["attention"]["count"] == 1


def test_a_mail_that_is_refused_is_a_warning_too(run, context, mailbox, account, receipt, ledger, steps):
    account(notify={"connection": "mail", "to": ["anna@acme.example"]})
    receipt(currency="USD")
    mailbox.refuses = "550 no"
    run(*steps, within=context(run_id="r"))
    (warning,) = ledger.runs.get("anybodys_dag/r#acme").warnings
    assert warning.params["detail"].startswith("SMTP")


def test_a_ledger_that_fails_meanwhile_does_not_fail_the_run(run, webhook, account, receipt, steps, monkeypatch):
    from debitoor_provider.sync.ledger import LedgerUnavailable
    from debitoor_provider.sync.ledger.notices import Notices

    def fail(*_: object) -> None:
        raise LedgerUnavailable("The ledger is busy.")

    account(notify={"connection": "hook"})
    receipt(currency="USD")
    monkeypatch.setattr(Notices, "last", fail)
    assert run(*steps) == {"held": 1, "e_invoices": {"unreadable": 1}}


def test_a_dry_run_sends_no_notification(run, webhook, account, receipt):
    account(notify={"connection": "hook"})
    receipt(currency="USD")
    with DAG("anybodys_dag"):
        plan = DebitoorPlanOperator(task_id="plan", account="acme", preview=True)
        plan >> DebitoorReportOperator(task_id="report", account="acme")
    run(plan)
    assert received(webhook) == []


def test_a_step_alone_tells_that_it_failed_and_enters_it(run, context, webhook, acme, account, ledger):
    account(notify={"connection": "hook"})
    acme.block_key()
    with DAG("anybodys_dag"):
        export = DebitoorExportOperator(task_id="export", account="acme")
    with pytest.raises(ServiceError):
        run(export, within=context(run_id="r"))
    (notification,) = received(webhook)
    assert "blocked" in notification["failure"]["text"]
    assert ledger.runs.get("anybodys_dag/r#acme").verdict == "stopped"


def test_a_step_alone_that_is_tried_again_tells_nothing_yet(run, context, webhook, sandbox, acme, account):
    account(notify={"connection": "hook"})
    sandbox.fault("rate_limited", operation="gmi.*", company=acme, retry_after=600)
    with DAG("anybodys_dag"):
        export = DebitoorExportOperator(task_id="export", account="acme")
    now = context(run_id="r")
    now["ti"].try_number, now["ti"].max_tries = 1, 1
    with pytest.raises(ServiceError):
        run(export, within=now)
    assert received(webhook) == []
    now["ti"].try_number = 2
    with pytest.raises(ServiceError):
        run(export, within=now)
    assert len(received(webhook)) == 1
