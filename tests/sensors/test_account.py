from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSensorTimeout, TaskDeferred

from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.runs.arguments import ArgumentError
from debitoor_provider.sensors.account import DebitoorAccountCleanSensor
from debitoor_provider.sync.ledger import Run
from tests.sensors.waiting import fired, resumed

if TYPE_CHECKING:
    from collections.abc import Callable


def sensor(**options: Any) -> DebitoorAccountCleanSensor:
    return DebitoorAccountCleanSensor(
        **{"task_id": "wait", "account": "acme", "poke_interval": 0, "timeout": 0} | options
    )


@pytest.fixture
def is_clean(context: Callable[..., dict[str, Any]]) -> Callable[..., bool]:
    def look(**options: Any) -> bool:
        try:
            sensor(**options).execute(context())
        except AirflowSensorTimeout:
            return False
        return True

    return look


@pytest.fixture
def sync(run: Callable[..., Any]) -> Callable[[], Any]:
    """Let the account run, as one task of somebody's DAG."""

    def go() -> None:
        with suppress(AirflowFailException):  # a rejected document, or a refused key
            run(DebitoorExportOperator(task_id="export", account="acme"))

    return go


def test_an_account_whose_documents_are_all_there_is_clean(context, sync, account, receipt):
    account()
    receipt(), receipt()
    sync()
    assert sensor().execute(context()) == {"moved": 2}


def test_a_document_that_needs_a_decision_has_to_be_settled_first(is_clean, sync, account, receipt, ledger):
    account()
    receipt(currency="USD")
    sync()
    assert not is_clean()
    assert is_clean(without=["to_do"])
    ledger.documents.ignore(ledger.documents.entries("acme"), "user:ada", "not ours")
    assert is_clean()


def test_a_document_that_waits_counts_only_when_asked_for(is_clean, sync, account, receipt):
    account(filter={"tags": {"any": ["books"], "all": ["checked"]}})
    receipt(tags=["books"])
    sync()
    assert is_clean()
    assert not is_clean(without=["attention", "to_do", "waiting"])
    assert not is_clean(without="waiting")


def test_a_period_leaves_other_documents_out(is_clean, sync, account, receipt):
    account()
    receipt(document_date="2026-03-31")
    receipt(document_date="2026-04-01", currency="USD")
    sync()
    assert not is_clean()
    assert is_clean(period_from="2026-03-01", period_to="2026-03-31")
    assert not is_clean(period_from="2026-04-01")


class TestRuns:
    def test_an_account_that_never_ran_is_not_clean(self, is_clean, account):
        account()
        assert not is_clean()

    def test_one_whose_last_run_stopped_is_not(self, is_clean, sync, acme, account):
        account()
        sync()
        assert is_clean()
        acme.block_key()
        sync()
        assert not is_clean()
        acme.unblock_key()
        sync()
        assert is_clean()

    def test_the_last_run_can_have_to_be_recent(self, is_clean, sync, account):
        account()
        sync()
        now = datetime.now(UTC)
        assert is_clean(synced_since=(now - timedelta(minutes=1)).isoformat())
        assert not is_clean(synced_since=(now + timedelta(minutes=1)).isoformat())

    @pytest.mark.parametrize("kind", ["manual", "backfill"])
    @pytest.mark.parametrize("verdict", ["success", "failed"])
    def test_a_run_for_chosen_documents_does_not_count(self, is_clean, account, ledger, kind, verdict):
        account()
        now = datetime.now(UTC)
        for hours, full, kind_, verdict_ in [(3, True, "scheduled", verdict), (1, False, kind, "success")]:
            window = {"kind": kind_, "full": full, "from": None if full else "2026-01-01"}
            run = Run(f"d/{hours}", "acme", "export", kind_, window, started_at=now - timedelta(hours=hours))
            ledger.runs.start(run)
            ledger.runs.finish(run.id, counts={}, verdict=verdict_)
        assert is_clean() is (verdict == "success")
        assert not is_clean(synced_since=(now - timedelta(hours=2)).isoformat())
        ledger.runs.start(Run("d/now", "acme", "export", "manual", {"kind": "manual", "updated_since": "2026-01-01"}))
        ledger.runs.finish("d/now", counts={}, verdict="success")
        assert is_clean(synced_since=(now - timedelta(hours=2)).isoformat())


class TestMistakes:
    def test_an_account_that_does_not_exist_is_not_waited_for(self, context, account):
        account(stem="acme-receipts")
        with pytest.raises(AirflowFailException, match=r"no account 'acme-reciepts'.*Did you mean acme-receipts\?"):
            sensor(account="acme-reciepts", timeout=60).execute(context())

    def test_a_kind_that_does_not_exist_is_named_while_the_dag_is_read(self):
        with pytest.raises(ArgumentError, match=r"without: 'todo' is not known.*Did you mean to_do\?"):
            sensor(without=["todo"])


def test_the_triggerer_waits_for_it(context, sync, account, receipt):
    account()
    receipt()
    task = sensor(deferrable=True, timeout=600, poke_interval=0.01)
    with pytest.raises(TaskDeferred) as deferred:
        task.execute(context())
    sync()
    event = fired(deferred.value)
    assert resumed(task, deferred.value, event, context()) == {"moved": 1}


def test_an_account_without_documents_is_found_by_the_triggerer_too(context, sync, account):
    account()
    task = sensor(deferrable=True, timeout=600, poke_interval=0.01)
    with pytest.raises(TaskDeferred) as deferred:
        task.execute(context())
    sync()
    assert resumed(task, deferred.value, fired(deferred.value), context()) == {}
