from __future__ import annotations

from datetime import timedelta

import pytest
from airflow.sdk import RetryAction
from airflow.sdk.exceptions import AirflowFailException

from debitoor_provider.policies.retry import ServiceRetryPolicy, final
from debitoor_provider.services.errors import (
    CredentialsRefused,
    Misconfigured,
    QuotaUsedUp,
    RateLimited,
    Refused,
    Unavailable,
    UnclearOutcome,
)
from debitoor_provider.sync.ledger import LedgerMisconfigured, LedgerOutdated, LedgerTooNew, LedgerUnavailable


def decide(error: Exception):
    return ServiceRetryPolicy().evaluate(error, 1, 3)


@pytest.mark.parametrize(
    "error",
    [
        CredentialsRefused("The key is not known."),
        Misconfigured("Airflow has no connection x."),
        QuotaUsedUp("The allowance of the day is spent."),
        Refused("Debitoor did not accept the request (400)."),
        LedgerMisconfigured("The ledger's address is not a database URL."),
        LedgerOutdated("The tables are old."),
        LedgerTooNew("The tables are new."),
    ],
)
def test_an_error_that_needs_a_person_fails_at_once(error):
    decision = decide(error)
    assert (decision.action, decision.reason) == (RetryAction.FAIL, str(error))


def test_the_next_attempt_waits_as_long_as_the_service_requested():
    decision = decide(RateLimited("Slow down.", retry_after=90))
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(seconds=90))


@pytest.mark.parametrize(
    "error", [Unavailable("Down."), UnclearOutcome("Cut off."), LedgerUnavailable("Busy."), ValueError("a mistake")]
)
def test_anything_else_is_tried_again_as_the_account_says(error):
    assert decide(error).action is RetryAction.DEFAULT


def test_no_task_waits_for_a_day():
    decision = decide(RateLimited("Slow down.", retry_after=86_400))
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(hours=1))


def test_a_permanent_error_is_final_for_airflow_and_stays_what_it_is():
    refused = CredentialsRefused("The key is not known.", service="Debitoor", status=401, remedy="Enter another.")
    failed = final(refused)
    assert isinstance(failed, CredentialsRefused)
    assert isinstance(failed, AirflowFailException)
    assert (str(failed), failed.remedy, failed.status) == (str(refused), refused.remedy, 401)
    assert type(failed).__name__ == "CredentialsRefused"
    assert final(failed).__class__ is type(failed)
