from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import AirflowRescheduleException

from debitoor_provider.operators.base import SyncOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.services.errors import Interrupted, Unavailable
from debitoor_provider.sync.steps.parallel import each

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sync.steps.job import Job

PERIOD = {"from": "2026-01-01", "to": None}


@pytest.fixture(autouse=True)
def short_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__DEBITOOR__TURN_SECONDS", "0")


@pytest.fixture
def step(account: Callable[..., str]) -> Callable[[Callable[[Job], None]], SyncOperator]:
    """Build a step from what it does for each of three documents."""

    def make(work: Callable[[Job], None]) -> SyncOperator:
        class Step(SyncOperator):
            def step(self, job: Job, context: Any) -> dict[str, Any]:
                each([1, 2, 3], lambda _: work(job), parallel=1, ending=job.ending)
                return {}

        return Step(task_id="step", account=account())

    return make


@pytest.mark.parametrize(
    ("run_type", "form"), [("backfill", {}), ("manual", PERIOD), ("manual", {}), ("scheduled", {})]
)
def test_a_long_step_releases_its_slot_and_resumes_soon(context, step, run_type, form):
    done, before = [], datetime.now(UTC)
    with pytest.raises(AirflowRescheduleException) as rest:
        step(done.append).execute(context(run_type) | {"params": form})
    assert timedelta(seconds=20) < rest.value.reschedule_date - before < timedelta(minutes=2)
    assert len(done) == 1  # each time slice moves something


def test_a_turn_that_is_long_enough_is_the_only_one(context, step, monkeypatch):
    monkeypatch.setenv("AIRFLOW__DEBITOOR__TURN_SECONDS", "600")
    done = []
    step(done.append).execute(context("backfill"))
    assert len(done) == 3


def test_a_task_that_airflow_terminates_is_not_at_the_end_of_its_turn(context, step):
    task = step(lambda _: task.on_kill())
    with pytest.raises(Interrupted):
        task.execute(context("backfill"))


def test_a_failure_at_the_end_of_a_turn_is_raised(context, account):
    class Fails(SyncOperator):
        def step(self, job: Job, context: Any) -> dict[str, Any]:
            while not job.ending.is_set():
                pass
            raise Unavailable("Debitoor does not answer.")

    with pytest.raises(Unavailable):
        Fails(task_id="step", account=account()).execute(context("backfill"))


def test_a_period_that_takes_many_turns_arrives_whole_and_once(context, acme, account, receipt, ledger):
    account(parallel=1)
    uids = {receipt() for _ in range(4)}
    within = context("manual") | {"params": PERIOD}
    DebitoorPlanOperator(task_id="plan", account="acme", period_from="2026-01-01").execute(within)
    export = DebitoorExportOperator(task_id="export", account="acme")

    for number in range(1, 4):
        with pytest.raises(AirflowRescheduleException):
            export.execute(within)
        assert len(acme.expenses()) == number
    assert export.execute(within) == {"moved": 4}

    assert [(run.error, run.verdict) for run in ledger.runs.latest("acme")] == [("", "")]
    sent = [expense["lines"][0]["description"].rpartition("[GMI ")[2] for expense in acme.expenses()]
    assert sorted(sent) == sorted(f"{uid}]" for uid in uids)
