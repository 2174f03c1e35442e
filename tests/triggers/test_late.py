"""A deadline of Airflow has passed: whether the account is late, and who is notified."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from debitoor_provider.configuration import ledger_url
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.sync.ledger import Ledger, Run
from debitoor_provider.triggers import late
from debitoor_provider.triggers.late import tell_when_late
from tests.services.scripted import Reply, ScriptedService

HOOK = "/hooks/late"
NOON = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
RUN = {"dag_id": "debitoor__acme", "dag_run_id": "scheduled__1", "run_after": "2026-03-02T11:00:00Z"}


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def webhook(monkeypatch):
    service = ScriptedService()
    service.on("POST", HOOK, Reply({}))
    monkeypatch.setenv("AIRFLOW_CONN_HOOK", json.dumps({"conn_type": "http", "host": service.url + HOOK}))
    yield service
    service.stop()


@pytest.fixture
def notifications(webhook):
    return lambda: [call.json for call in webhook.calls("POST", HOOK)]


def ended(at: datetime, run_id: str = "debitoor__acme/scheduled__0") -> None:
    ledger = Ledger.open(ledger_url(), now=lambda: at)
    ledger.runs.start(Run(run_id, "acme", "export", "scheduled", {"kind": "scheduled", "full": True}, started_at=at))
    ledger.runs.finish(run_id, counts={}, verdict="success")
    ledger.close()


def deadline_passes(tmp_path: Path) -> str:
    return asyncio.run(tell_when_late("acme", str(tmp_path / "accounts"), {"dag_run": RUN}))


def test_a_late_account_is_notified_once_a_day(clock, account, notifications, tmp_path):
    account(frequency="hourly", notify={"connection": "hook", "language": "da"})
    ended(NOON - timedelta(hours=2, minutes=1))
    assert deadline_passes(tmp_path).startswith("No run has finished since 2026-03-02 11:29 CET")
    deadline_passes(tmp_path)
    (notification,) = notifications()
    assert notification["subject"].endswith(": Synkroniseringen er forsinket.")
    assert notification["failure"]["code"] == "sync_late"
    clock.shift(timedelta(days=1))
    deadline_passes(tmp_path)
    assert len(notifications()) == 2


def test_a_run_that_failed_makes_nothing_late_when_a_later_one_has_finished(clock, account, notifications, tmp_path):
    account(frequency="hourly", notify={"connection": "hook"})
    ended(NOON - timedelta(minutes=29))
    assert deadline_passes(tmp_path) == "A run has finished since then."
    assert notifications() == []


def test_it_waits_until_the_account_is_late(clock, account, notifications, tmp_path, monkeypatch):
    account(frequency="hourly", notify={"connection": "hook"})
    ended(NOON - timedelta(minutes=100))
    waits = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock.shift(timedelta(seconds=seconds))

    monkeypatch.setattr(late.asyncio, "sleep", sleep)
    assert "No run has finished since" in deadline_passes(tmp_path)
    assert waits == [20 * 60]
    assert len(notifications()) == 1


def test_an_account_without_failure_notifications_sends_none_when_late(clock, account, notifications, tmp_path):
    account(frequency="hourly", notify={"connection": "hook", "when": ["attention"]})
    ended(NOON - timedelta(hours=3))
    assert "No run has finished since" in deadline_passes(tmp_path)
    assert notifications() == []


def test_without_notifications_it_only_says_so(clock, account, tmp_path):
    account(frequency="hourly")
    ended(NOON - timedelta(hours=3))
    assert "No run has finished since" in deadline_passes(tmp_path)


def test_an_account_that_is_not_scheduled_any_more_is_not_late(clock, account, tmp_path):
    account(frequency="manual")
    assert deadline_passes(tmp_path) == "It is not scheduled any more."


def test_a_file_that_cannot_be_used_is_an_error_with_its_place(clock, account, tmp_path):
    account(frequency="hourly", perid={})
    with pytest.raises(Misconfigured, match="perid"):
        deadline_passes(tmp_path)
