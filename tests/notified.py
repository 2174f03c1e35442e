"""A mail server and a webhook that receive notifications, with the connections ``mail`` and ``hook`` to them."""

from __future__ import annotations

import json

import pytest

from tests.mailbox import Mailbox
from tests.services.scripted import Reply, ScriptedService

HOOK = "/hooks/T0KEN-CANARY"


@pytest.fixture
def connect(monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example/base/")

    def connect(name: str, **connection: object) -> None:
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(connection))

    return connect


@pytest.fixture
def mailbox(connect):
    box = Mailbox()
    plain = {"from_email": "airflow@acme.example", "disable_tls": True, "disable_ssl": True, "retry_limit": 0}
    connect("mail", conn_type="smtp", host="127.0.0.1", port=box.port, extra=plain)
    yield box
    box.stop()


@pytest.fixture
def webhook(connect):
    service = ScriptedService()
    service.on("POST", HOOK, Reply({}))
    connect("hook", conn_type="http", host=service.url + HOOK, extra={"X-Secret": "s3cret-CANARY"})
    yield service
    service.stop()


def received(webhook: ScriptedService) -> list:
    """Return what the webhook received."""
    return [asked.json for asked in webhook.calls("POST", HOOK)]
