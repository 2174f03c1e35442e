"""How Airflow retries a failed step: not at all when a person has to act, later when waiting helps."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from airflow.sdk import RetryDecision, RetryPolicy
from airflow.sdk.exceptions import AirflowFailException

from debitoor_provider.services.errors import QuotaUsedUp, RejectError, RetryError, StopError

if TYPE_CHECKING:
    from airflow.sdk import Context

LONGEST_DELAY = timedelta(hours=1)
"""A service may ask to wait for a day; the next attempt then only finds that it still has to wait, and asks nothing."""


class ServiceRetryPolicy(RetryPolicy):
    """Fail at once where a person has to act; after a :class:`RetryError` wait as long as the service asked.

    It waits an hour at most.

    A :class:`RejectError` that ends a step is a refusal that concerns all documents: asked again, it would come again.
    """

    def evaluate(
        self,
        exception: BaseException,
        try_number: int,
        max_tries: int,
        context: Context | None = None,
    ) -> RetryDecision:
        """Decide by the kind of error (see :mod:`debitoor_provider.services.errors`)."""
        if is_permanent(exception):
            return RetryDecision.fail(reason=str(exception))
        if isinstance(exception, RetryError) and exception.retry_after:
            delay = min(timedelta(seconds=exception.retry_after), LONGEST_DELAY)
            return RetryDecision.retry(delay=delay, reason=str(exception))
        return RetryDecision.default()


def is_permanent(error: BaseException) -> bool:
    """Return whether an error stays until a person has acted, so that no attempt can succeed before."""
    return isinstance(error, AirflowFailException | StopError | RejectError) or _is_of_the_ledger(error)


def passes(error: BaseException) -> bool:
    """Return whether waiting is enough: a task that waits anyway then continues, also when the quota is used up."""
    from debitoor_provider.sync.ledger import LedgerUnavailable

    return isinstance(error, RetryError | QuotaUsedUp | LedgerUnavailable)


def next_look(error: BaseException, interval: float) -> float:
    """Return the seconds until another look makes sense, after one that failed.

    :param interval: between two looks
    """
    asked = getattr(error, "retry_after", None) or 0.0
    return max(interval, min(asked, LONGEST_DELAY.total_seconds()))


def final(error: Exception) -> Exception:
    """Return a permanent error as one that Airflow does not retry in any DAG; text, attributes and type stay."""
    known = _final_kind(type(error))  # type: ignore[arg-type]  # mypy takes the class for its instances
    copy = known.__new__(known, *error.args)
    copy.__dict__.update(error.__dict__)
    return copy.with_traceback(error.__traceback__)


@cache  # the same class for the same kind, so that both can be compared
def _final_kind(kind: type[Exception]) -> type[Exception]:
    if issubclass(kind, AirflowFailException):
        return kind
    names = {"__doc__": kind.__doc__, "__module__": kind.__module__, "__qualname__": kind.__qualname__}
    return type(kind.__name__, (kind, AirflowFailException), names)


def _is_of_the_ledger(error: BaseException) -> bool:
    """Return whether the ledger has to be set up or upgraded; only a failed task pays for the import."""
    from debitoor_provider.sync.ledger import LedgerMisconfigured, LedgerOutdated, LedgerTooNew

    return isinstance(error, LedgerMisconfigured | LedgerOutdated | LedgerTooNew)
