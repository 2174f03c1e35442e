"""What a callback of somebody's DAG tells of an account, by a real webhook and a real mail server."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG

from debitoor_provider.notifications.account import DebitoorAccountNotifier
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.runs.arguments import ArgumentError
from debitoor_provider.runs.notifiers import NotificationNotSent
from debitoor_provider.services.errors import CredentialsRefused, ServiceError
from tests.notified import received

FAILED = {
    "exception": RuntimeError("password=CANARY"),
    "ti": SimpleNamespace(task_id="close", dag_id="month"),
}


def tell(context: dict[str, Any] | None = None, **options: Any) -> None:
    """Call the notifier as Airflow's callbacks do."""
    DebitoorAccountNotifier(**{"account": "acme", "connection": "hook"} | options)(dict(context or {}))


@pytest.fixture
def sync(run):
    return lambda: run(DebitoorExportOperator(task_id="export", account="acme"))


def test_a_failed_task_is_named_with_what_needs_a_decision(webhook, sync, account, receipt):
    account()
    receipt(currency="USD", document_number="R-7")
    sync()
    tell(FAILED)
    (notification,) = received(webhook)
    assert notification["subject"] == "Acme: The task close of month failed."
    assert "1 document needs a decision:" in notification["text"]
    assert notification["attention"]["documents"][0]["number"] == "R-7"
    assert "CANARY" not in str(notification)


def test_open_documents_are_notified_again(webhook, sync, account, receipt, ledger):
    account()
    receipt(currency="USD")
    sync()
    tell()
    tell()
    assert [notification["attention"]["count"] for notification in received(webhook)] == [1, 1]
    ledger.documents.ignore(ledger.documents.entries("acme"), "user:ada", "not ours")
    tell()
    assert len(received(webhook)) == 2


def test_the_account_s_own_notifications_are_not_touched(webhook, sync, account, receipt, ledger):
    account()
    receipt(currency="USD")
    sync()
    tell()
    assert ledger.notices.last("acme").seen == 0


def test_the_reason_of_the_account_s_last_run_comes_before_that_of_a_task(webhook, sync, acme, account):
    account()
    acme.block_key()
    with pytest.raises(ServiceError):
        sync()
    tell(FAILED)
    (notification,) = received(webhook)
    assert notification["subject"] == "Acme: The synchronisation failed."
    assert "blocked" in notification["failure"]["text"]
    assert acme.gmi_api_key not in str(notification)


def test_an_error_of_a_service_is_notified_with_its_remedy(webhook, account):
    account()
    error = CredentialsRefused("The token is not accepted.", service="Debitoor", remedy="Enter another one.")
    tell({**FAILED, "exception": error})
    (notification,) = received(webhook)
    assert notification["failure"]["remedy"] == "Enter another one."


def test_a_failed_run_of_a_whole_dag_is_notified_too(webhook, account):
    account()
    of_the_dag = {"dag": DAG("month"), "run_id": "manual__1"}
    tell({**of_the_dag, "reason": "task_failure"})
    tell({**of_the_dag, "reason": "success"})
    (notification,) = received(webhook)
    assert notification["subject"] == "Acme: A run of the DAG month failed."


def test_no_notification_is_sent_when_all_is_well(webhook, sync, account, receipt):
    account()
    receipt()
    sync()
    tell()
    assert received(webhook) == []


def test_a_mistyped_account_is_no_silence(webhook, account):
    account()
    notifier = DebitoorAccountNotifier(account="amce", connection="hook")
    with pytest.raises(NotificationNotSent, match="acme"):
        notifier.notify({})
    assert received(webhook) == []


def test_without_a_connection_the_account_s_own_setting_counts(mailbox, account):
    account(notify={"connection": "mail", "to": ["anna@acme.example"], "language": "da", "when": ["attention"]})
    tell(FAILED, connection="")
    (mail,) = mailbox.mails
    assert mail["subject"] == "Acme: Opgaven close i month mislykkedes."


def test_an_account_without_a_file_is_called_by_its_id(mailbox, acme):
    tell(FAILED, account="adhoc", connection="mail", to=["anna@acme.example"], language="fr")
    assert mailbox.mails[0]["subject"] == "adhoc\u00a0: La tâche close de month a échoué."
    assert mailbox.receivers == [["anna@acme.example"]]


def test_a_deadline_may_use_it_in_the_triggerer(webhook, sync, account, receipt):
    account()
    receipt(currency="USD")
    sync()

    async def missed() -> None:
        await DebitoorAccountNotifier(account="acme", connection="hook")

    asyncio.run(missed())
    assert len(received(webhook)) == 1


def test_the_account_may_be_a_template(webhook, account):
    account()
    tell({**FAILED, "params": {"account": "acme"}}, account="{{ params.account }}")
    assert received(webhook)[0]["account"] == "acme"


class TestMistakes:
    @pytest.mark.parametrize(
        ("arguments", "problem"),
        [
            ({"language": "dk"}, "language: 'dk' is not a valid value. Use one of en, fr, de, da"),
            ({"to": "anna"}, "to"),
            ({"connection": "with blanks"}, "connection: This is not a connection id"),
            ({"connection": "", "to": "anna@acme.example"}, "connection: This field is missing"),
        ],
    )
    def test_are_named_while_the_dag_is_read(self, arguments, problem):
        with pytest.raises(ArgumentError, match=problem):
            DebitoorAccountNotifier(**{"account": "acme", "connection": "hook"} | arguments)

    def test_an_account_without_recipients(self, account):
        account()
        with pytest.raises(NotificationNotSent, match=r"has no notify\.connection"):
            tell(FAILED, connection="")
