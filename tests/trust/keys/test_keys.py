"""Refused tokens, keys and allowances: the run stops at once and says what to do, and later runs do not hammer."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk import RetryAction

from debitoor_provider.operators.archive import DebitoorArchiveOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.import_ import DebitoorImportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.policies.retry import ServiceRetryPolicy
from debitoor_provider.services.errors import CredentialsRefused, RetryError, ServiceError
from tests.airflow_context import context
from tests.trust.common.account_at_work import AccountAtWork
from tests.trust.common.referee import Referee
from tests.trust.keys.refusals import REFUSALS, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.sdk import BaseOperator

    from tests.sync.stage import Stage
    from tests.trust.common.tally import Tally
    from tests.trust.keys.refusals import Way

__all__ = ["context"]

_SETTINGS: dict[Way, dict[str, Any]] = {"export": {"archive_after_transfer": True}, "import": {}}
_DOCUMENTS = 10
_LATER_RUNS = 2
_A_HANDFUL = 6
_WITH_WAYS = [(name, way) for name, refusal in REFUSALS.items() for way in refusal.ways]

_AT_THE_SERVICE = [
    (name, way) for name, way in _WITH_WAYS if not REFUSALS[name].of_connection and name != "allowance of the day"
]


@pytest.mark.parametrize("parallel", [1, 8])
@pytest.mark.parametrize(("name", "way"), _WITH_WAYS)
def test_a_refusal_stops_the_run_and_the_later_ones_until_it_is_fixed(
    name: str, way: Way, parallel: int, stage_of: Callable[..., Stage], tally: Tally
) -> None:
    refusal, stage = REFUSALS[name], stage_of()
    exchange = AccountAtWork(stage, way, parallel=parallel, **_SETTINGS[way])
    exchange.arrive(_DOCUMENTS)
    refusal.begin(stage)
    _stops_and_goes_on(refusal, exchange, tally, f"{name}, {way}, {parallel} at once")


@pytest.mark.parametrize("parallel", [1, 8])
@pytest.mark.parametrize(("name", "way"), _AT_THE_SERVICE)
def test_a_refusal_in_the_middle_of_a_run_stops_it_there(
    name: str, way: Way, parallel: int, stage_of: Callable[..., Stage], tally: Tally
) -> None:
    refusal, stage = REFUSALS[name], stage_of()
    exchange = AccountAtWork(stage, way, parallel=parallel, **_SETTINGS[way])
    exchange.arrive(_DOCUMENTS)
    _at_the_third_document(stage, way, lambda: refusal.begin(stage))
    _stops_and_goes_on(refusal, exchange, tally, f"{name} in the middle, {way}, {parallel} at once")


@pytest.mark.parametrize("parallel", [1, 8])
@pytest.mark.parametrize("way", ["export", "import"])
def test_a_token_replaced_during_a_run_is_used_by_the_next_one(
    way: Way, parallel: int, stage_of: Callable[..., Stage], tally: Tally
) -> None:
    stage = stage_of()
    exchange = AccountAtWork(stage, way, parallel=parallel, **_SETTINGS[way])
    exchange.arrive(_DOCUMENTS)

    def replace() -> None:
        stage.company.revoke_token()
        stage.company.new_token()

    _at_the_third_document(stage, way, replace)
    if not isinstance(exchange.try_to_run(), CredentialsRefused):
        tally.add("wrong", f"{way}: the old token went on working")
    stage.connect()
    _is_complete(exchange, tally, f"replaced token, {way}, {parallel} at once")


@pytest.mark.parametrize(("name", "way"), _AT_THE_SERVICE)
def test_a_task_fails_at_once_and_the_report_has_the_reason(
    name: str,
    way: Way,
    stage_of: Callable[..., Stage],
    account_file: Callable[..., str],
    context: Callable[..., dict[str, Any]],
    tally: Tally,
) -> None:
    stage = stage_of()
    refusal, exchange = REFUSALS[name], AccountAtWork(stage, way, **_SETTINGS[way])
    exchange.arrive(_DOCUMENTS)
    account = account_file(stage, way, **_SETTINGS[way])
    refusal.begin(stage)
    for number in range(_LATER_RUNS):
        now, watch = context(run_type="scheduled"), stage.watch()
        error = _executed(_steps(account, way), now)
        case = f"{name}, {way}, task of run {number + 1}"
        tally.case()
        decision = error and ServiceRetryPolicy().evaluate(error, 1, 3)
        passes = issubclass(refusal.error, RetryError)  # tried again, but not before it can succeed
        action, delay = (RetryAction.RETRY, timedelta(hours=1)) if passes else (RetryAction.FAIL, None)
        if decision is None or (decision.action, decision.retry_delay) != (action, delay):
            tally.add("wrong", f"{case}: {decision} after {error}")
        ledger_run = stage.ledger.runs.get(f"anybodys_dag/{now['dag_run'].run_id}#{account}")
        if ledger_run is None or refusal.says not in str(ledger_run.message):
            tally.add("wrong", f"{case}: the report does not name {refusal.says!r}")
        if number or not refusal.at_documents:
            _hammers_not(refusal, exchange, watch.calls.total(), case, tally)
    refusal.fix(stage)
    account_file(stage, way, **_SETTINGS[way])
    if error := _executed(_steps(account, way), context(run_type="scheduled")):
        tally.add("unclean", f"{name}, {way}: {error}")
    exchange.judge(tally, f"{name}, {way}, through tasks", wanted=exchange.arrived)


def _steps(account: str, way: Way) -> list[BaseOperator]:
    plan = DebitoorPlanOperator(task_id="plan", account=account)
    if way == "import":
        return [plan, DebitoorImportOperator(task_id="import", account=account)]
    archive = DebitoorArchiveOperator(task_id="archive", account=account)
    return [plan, DebitoorExportOperator(task_id="export", account=account), archive]


def _executed(steps: list[BaseOperator], now: dict[str, Any]) -> ServiceError | None:
    try:
        for step in steps:
            step.execute(now)
    except ServiceError as error:
        return error
    return None


def _at_the_third_document(stage: Stage, way: Way, action: Callable[[], None]) -> None:
    """Let something happen just before the third write of a run."""
    client, name = (stage.debitoor, "create_expense") if way == "export" else (stage.gmi, "upload")
    write, numbers, lock = getattr(client, name), itertools.count(1), threading.Lock()

    def watched(*args: Any, **kwargs: Any) -> Any:
        with lock:
            if next(numbers) == 3:
                action()
        return write(*args, **kwargs)

    setattr(client, name, watched)


def _stops_and_goes_on(refusal: Refusal, exchange: AccountAtWork, tally: Tally, case: str) -> None:
    stage = exchange.stage
    _stops(refusal, exchange, tally, case)
    for number in range(_LATER_RUNS):
        stage.clock.pass_by(hours=1)
        if not refusal.of_connection:
            stage.connect()  # each task does so
        watch = stage.watch()
        _stops(refusal, exchange, tally, f"{case}, later run {number + 1}")
        _hammers_not(refusal, exchange, watch.calls.total(), f"{case}, later run {number + 1}", tally)
    if not refusal.of_connection:
        stage.connect()
    refusal.fix(stage)
    _is_complete(exchange, tally, case)


def _stops(refusal: Refusal, exchange: AccountAtWork, tally: Tally, case: str) -> None:
    """Check that a run stops at the first refusal, and that its message says what to do."""
    stage, tally.cases = exchange.stage, tally.cases + 1
    since = stage.sandbox.last_seq()
    error = exchange.try_to_run()
    if not isinstance(error, refusal.error):
        tally.add("wrong", f"{case}: ended with {error!r}")
    if refusal.says not in str(error):
        tally.add("wrong", f"{case}: does not name {refusal.says!r}: {error}")
    for secret in (stage.company.gmi_api_key, stage.company.debitoor_token or "-" * 99):
        if secret in str(error):
            tally.add("secrets", f"{case}: {error}")
    rows = stage.sandbox.calls(since=since, company=stage.company, service=refusal.service)
    refused = [place for place, row in enumerate(rows) if row["status"] >= 400]
    if refused and len(rows) - refused[0] > exchange.account.parallel:
        tally.add("wrong", f"{case}: {len(rows) - refused[0] - 1} calls after the first that was refused")
    if stuck := [state for state in stage.states(exchange.way).values() if state.startswith(("rejected", "held"))]:
        tally.add("wrong", f"{case}: {stuck[0]}, though no document is to blame")
    tally.add_all(Referee(stage.sandbox, stage.company).judge(ledgers=[stage.ledger_file]))


def _hammers_not(refusal: Refusal, exchange: AccountAtWork, calls: int, case: str, tally: Tally) -> None:
    """Check that few calls are made; where only documents show the refusal, one for each document under way."""
    allowed = _A_HANDFUL + (3 * exchange.account.parallel if refusal.at_documents else 0)
    tally.figure("calls of a run that is refused, at most", calls if not refusal.at_documents else 0)
    if calls > allowed:
        tally.add("wrong", f"{case}: {calls} calls")


def _is_complete(exchange: AccountAtWork, tally: Tally, case: str) -> None:
    """Check that the next run moves everything once it is fixed."""
    exchange.stage.clock.pass_by(hours=1)
    if error := exchange.try_to_run():
        tally.add("unclean", f"{case}: {error}")
    if left := exchange.left():
        tally.add("unclean", f"{case}: {len(left)} documents are left")
    exchange.judge(tally, case, wanted=exchange.arrived)
    tally.case()
