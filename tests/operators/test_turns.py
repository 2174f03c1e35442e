from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import AirflowRescheduleException

from debitoor_provider.operators import turns
from debitoor_provider.operators.base import SyncOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.services.errors import ToldToEnd, Unavailable

if TYPE_CHECKING:
    from debitoor_provider.operators.exchange import Exchange

PERIOD = {"from": "2026-01-01", "to": None}


class Endless(SyncOperator):
    """Works until it is told to end."""

    def step(self, exchange: Exchange, context: Any) -> dict[str, Any]:
        assert exchange.ending.wait(30)
        raise ToldToEnd("3 of 4 documents are left.")


@pytest.fixture
def short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__DEBITOOR__TURN_SECONDS", "0")


@pytest.fixture
def endless(account) -> Endless:
    return Endless(task_id="step", account=account())


@pytest.mark.parametrize(("run_type", "form"), [("backfill", {}), ("manual", PERIOD)])
def test_a_long_period_gives_its_slot_back_and_comes_again_soon(context, endless, short_turns, run_type, form):
    before = datetime.now(UTC)
    with pytest.raises(AirflowRescheduleException) as rest:
        endless.execute(context(run_type) | {"params": form})
    assert timedelta(seconds=20) < rest.value.reschedule_date - before < timedelta(minutes=2)


def test_a_day_s_run_keeps_it(context, account, short_turns):
    class Quick(SyncOperator):
        def step(self, exchange: Exchange, context: Any) -> dict[str, Any]:
            return {"told to end": exchange.ending.wait(0.1)}

    assert Quick(task_id="step", account=account()).execute(context("scheduled")) == {"told to end": False}


def test_who_is_told_to_end_by_airflow_is_not_at_its_turn_s_end(context, endless, monkeypatch):
    def stopped(task: Endless, exchange: Exchange, context: Any) -> dict[str, Any]:
        task.on_kill()
        raise ToldToEnd("3 of 4 documents are left.")

    monkeypatch.setattr(Endless, "step", stopped)
    with pytest.raises(ToldToEnd):
        endless.execute(context("backfill"))


def test_a_failure_is_told_also_at_the_end_of_a_turn(context, endless, short_turns, monkeypatch):
    def fails(task: Endless, exchange: Exchange, context: Any) -> dict[str, Any]:
        assert exchange.ending.wait(30)
        raise Unavailable("Debitoor does not answer.")

    monkeypatch.setattr(Endless, "step", fails)
    with pytest.raises(Unavailable):
        endless.execute(context("backfill"))


def test_a_period_that_takes_many_turns_arrives_whole_and_once(context, acme, account, receipt, ledger, monkeypatch):
    account(parallel=1)
    uids = {receipt() for _ in range(6)}
    within = context("manual") | {"params": PERIOD}
    DebitoorPlanOperator(task_id="plan", account="acme", period_from="2026-01-01").execute(within)
    export, taken = DebitoorExportOperator(task_id="export", account="acme"), 0

    from debitoor_provider.sync.ledger import Ledger

    moved = Ledger.moved

    def a_turn_s_end_after_the_second(ledger: Ledger, *args: Any, **kwargs: Any) -> Any:
        if len(acme.expenses()) % 2 == 0:
            ends[-1]()
        return moved(ledger, *args, **kwargs)

    ends: list[Any] = []

    class Timer:
        daemon = True

        def __init__(self, seconds: float, end: Any) -> None:
            assert seconds == 600
            ends.append(end)

        def start(self) -> None: ...
        def cancel(self) -> None: ...

    monkeypatch.setattr(turns.threading, "Timer", Timer)
    monkeypatch.setattr(Ledger, "moved", a_turn_s_end_after_the_second)
    while True:
        taken += 1
        try:
            assert export.execute(within) == {"moved": 6}
            break
        except AirflowRescheduleException:
            assert len(acme.expenses()) == 2 * taken
    assert taken == 3
    assert [(run.error, run.verdict) for run in ledger.runs("acme")] == [("", "")]
    sent = [expense["lines"][0]["description"].rpartition("[GMI ")[2] for expense in acme.expenses()]
    assert sorted(sent) == sorted(f"{uid}]" for uid in uids)
