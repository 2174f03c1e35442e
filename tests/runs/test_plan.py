from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
import time_machine

from debitoor_provider.configuration import ledger_url
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.services.errors import CredentialsRefused
from debitoor_provider.sync.ledger import Ledger

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def plan() -> DebitoorPlanOperator:
    return DebitoorPlanOperator(task_id="plan", account="acme")


@pytest.fixture
def asked(sandbox, acme):
    """Count the calls to a service since the last call."""
    seen = sandbox.last_seq()

    def look(service: str) -> int:
        nonlocal seen
        since, seen = seen, sandbox.last_seq()
        return sum(row["operation"].startswith(f"{service}.") for row in sandbox.calls(since=since, company=acme))

    return look


@pytest.mark.parametrize("direction", ["export", "import"])
def test_a_run_that_a_person_starts_asks_both_services(run, context, acme, account, direction):
    account(direction)
    run(plan(), within=context("manual"))
    if direction == "export":
        acme.revoke_token()
    else:
        acme.block_key()
    with pytest.raises(CredentialsRefused):
        run(plan(), within=context("manual"))


def test_a_dry_run_asks_both_services(run, context, acme, account):
    account()
    acme.revoke_token()
    with pytest.raises(CredentialsRefused):
        run(DebitoorPlanOperator(task_id="plan", account="acme", preview=True), within=context("manual"))


@pytest.mark.parametrize(("direction", "target"), [("export", "debitoor"), ("import", "gmi")])
def test_idle_runs_call_the_target_once_a_day(run, context, account, asked, direction, target):
    account(direction)
    per_day = []
    for day in range(3):
        for hour in range(4):
            with time_machine.travel(NOON + timedelta(days=day, hours=hour)):
                run(plan(), within=context("scheduled"))
        per_day.append(asked(target))
    assert per_day[1:] == [1, 1]
    assert per_day[0] <= 2


def test_a_revoked_token_is_noticed_by_idle_runs_until_it_is_replaced(run, context, acme, account):
    account()
    with time_machine.travel(NOON):
        run(plan(), within=context("scheduled"))
    acme.revoke_token()
    for hours in (24, 25):
        with time_machine.travel(NOON + timedelta(hours=hours)), pytest.raises(CredentialsRefused):
            run(plan(), within=context("scheduled"))


def test_a_dry_run_warns_of_a_wrong_clock_too(run, context, account, ledger):
    account()
    dry_run = DebitoorPlanOperator(task_id="plan", account="acme", preview=True)
    assert "warnings" not in run(dry_run, within=context("manual", run_id="right"))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        summary = run(dry_run, within=context("manual", run_id="wrong"))
    (warning,) = summary["warnings"]
    assert "20 minutes" in warning
    assert [entered.code for entered in ledger.runs.get("anybodys_dag/wrong#acme").warnings] == ["clock_differs_fast"]


class TestNamesThatDoNotExist:
    """Companies and tags of the filter: mistyped, or not there yet."""

    FILTER: ClassVar = {"companies": {"exclude": ["Privat GmbH (mistyped)"]}, "tags": {"none": ["privat"]}}
    CODES: ClassVar = ["filter_company_name", "filter_tag_unknown"]

    @staticmethod
    def warned() -> list[str]:
        ledger = Ledger.open(ledger_url())
        (last,) = ledger.runs.latest("acme", limit=1)
        return [warning.code for warning in last.warnings]

    def test_a_run_that_lists_everything_warns_of_them_and_the_next_asks_no_more(self, run, context, account, asked):
        account(filter=self.FILTER)
        run(plan(), within=context("scheduled"))
        assert self.warned() == self.CODES
        asked("gmi")
        run(plan(), within=context("scheduled"))
        assert (self.warned(), asked("gmi")) == ([], 1)

    def test_a_backfill_does_not_ask(self, run, context, account):
        account(filter=self.FILTER)
        run(plan(), within=context("backfill", interval=(NOON, NOON + timedelta(days=1))))
        assert self.warned() == []

    def test_a_dry_run_warns_of_them(self, run, context, account):
        account(filter=self.FILTER)
        run(DebitoorPlanOperator(task_id="plan", account="acme", preview=True), within=context("manual"))
        assert self.warned() == self.CODES

    def test_without_any_in_the_filter_nothing_is_asked(self, run, context, account, asked):
        account()
        run(plan(), within=context("scheduled"))
        assert self.warned() == []
        assert asked("gmi") == 1
