"""How Airflow retries a failed step: not at all when a person has to act, later when waiting helps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from airflow.sdk import RetryDecision, RetryPolicy

from debitoor_provider.services.http.errors import RejectError, RetryError, StopError

if TYPE_CHECKING:
    from airflow.sdk import Context


class ServiceRetryPolicy(RetryPolicy):
    """Fail at once when a person has to act; wait as long as the service asked on a :class:`RetryError`.

    A :class:`RejectError` that ends a step is a refusal that concerns all documents: asked again, it would come again.
    """

    def evaluate(
        self,
        exception: BaseException,
        try_number: int,  # noqa: ARG002
        max_tries: int,  # noqa: ARG002
        context: Context | None = None,  # noqa: ARG002
    ) -> RetryDecision:
        """Decide by the kind of error (see :mod:`debitoor_provider.services.http.errors`)."""
        if isinstance(exception, StopError | RejectError) or _is_of_the_ledger(exception):
            return RetryDecision.fail(reason=str(exception))
        if isinstance(exception, RetryError) and exception.retry_after:
            return RetryDecision.retry(delay=timedelta(seconds=exception.retry_after), reason=str(exception))
        return RetryDecision.default()


def _is_of_the_ledger(exception: BaseException) -> bool:
    """Return whether the ledger has to be set up or upgraded; only a failed task pays for the import."""
    from debitoor_provider.sync.ledger import LedgerMisconfigured, LedgerOutdated, LedgerTooNew

    return isinstance(exception, LedgerMisconfigured | LedgerOutdated | LedgerTooNew)
