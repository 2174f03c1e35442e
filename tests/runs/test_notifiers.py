from __future__ import annotations

import json
import sys
from types import ModuleType
from typing import Any

import pytest

from debitoor_provider.messages import languages
from debitoor_provider.runs.notification import Notification
from debitoor_provider.runs.notifiers import NOTIFIERS, NotificationNotSent, require_notifier, send
from debitoor_provider.sync.accounts.sections import Notify

NOTIFICATION = Notification(
    "Acme: <!channel>", ("a & b", ("<x>",)), "https://airflow.example/p?a=1&b=2", {"account": "acme"}
)


@pytest.fixture
def connect(monkeypatch):
    def connect(conn_type: str, **connection: object) -> None:
        monkeypatch.setenv("AIRFLOW_CONN_TELL", json.dumps({"conn_type": conn_type, **connection}))

    return connect


def refusal(**notify: Any) -> NotificationNotSent:
    with pytest.raises(NotificationNotSent) as why:
        require_notifier(Notify(connection="tell", **notify))
    return why.value


def test_a_connection_that_is_not_there():
    assert "Airflow has no connection tell" in str(refusal())


def test_a_connection_of_another_type_is_refused_with_the_types_that_work(connect):
    connect("ftp", host="h")
    assert str(refusal()).endswith("Use a connection of one of the types http, slackwebhook, smtp.")


def test_a_missing_package_is_named_with_how_to_install_it(connect, monkeypatch):
    monkeypatch.setitem(sys.modules, "airflow.providers.slack", None)
    connect("slackwebhook", password="T0/B0/xyz")
    assert str(refusal()).endswith("pip install apache-airflow-providers-slack")


def test_mail_needs_receivers_and_a_sender(connect):
    connect("smtp", host="h")
    assert refusal().message.code == "notify_nobody"
    assert refusal(to=["anna@acme.example"]).message.code == "notify_no_sender"
    connect("smtp", host="h", extra={"from_email": "a@acme.example"})
    assert require_notifier(Notify(connection="tell", to=("anna@acme.example",))) is NOTIFIERS["smtp"]


def test_receivers_of_mail_are_of_no_effect_elsewhere_and_so_refused(connect):
    connect("http", host="h")
    assert refusal(to=["anna@acme.example"]).message.code == "notify_no_mail"


def test_slack_gets_no_mentions_and_no_links_from_names(connect, monkeypatch):
    sent: list[dict[str, Any]] = []

    class SlackWebhookNotifier:
        def __init__(self, **arguments: Any) -> None:
            self.arguments = arguments

        def notify(self, _: object) -> None:
            sent.append(self.arguments)

    module = ModuleType("airflow.providers.slack.notifications.slack_webhook")
    module.SlackWebhookNotifier = SlackWebhookNotifier
    for name in ("airflow.providers.slack", "airflow.providers.slack.notifications"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    connect("slackwebhook", password="T0/B0/xyz")
    send(Notify(connection="tell"), NOTIFICATION)
    (arguments,) = sent
    assert arguments["slack_webhook_conn_id"] == "tell"
    assert arguments["text"].startswith("*Acme: &lt;!channel&gt;*\n\na &amp; b\n\n• &lt;x&gt;")


def test_html_and_text_of_a_letter():
    assert NOTIFICATION.html == (
        "<p>a &amp; b</p>\n<ul><li>&lt;x&gt;</li></ul>\n"
        '<p><a href="https://airflow.example/p?a=1&amp;b=2">https://airflow.example/p?a=1&amp;b=2</a></p>'
    )
    assert NOTIFICATION.text == "a & b\n\n• <x>\n\nhttps://airflow.example/p?a=1&b=2"


def test_every_language_of_the_messages_may_be_chosen():
    for language in languages():
        assert Notify(connection="c", language=language).language == language
