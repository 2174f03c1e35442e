"""What the hooks, operators and sensors raise, for the retry policies and ``except`` clauses of other DAGs.

The class says what has to happen next; ``docs/dags-of-your-own.md`` has the table. In a retry policy, a rule names a
class by its path here::

    ExceptionRetryPolicy(
        rules=[RetryRule(exception="debitoor_provider.exceptions.StopError", action=RetryAction.FAIL)]
    )

The policy :class:`~debitoor_provider.policies.retry.ServiceRetryPolicy` has these rules already, and also waits as long
as a service asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.runs.arguments import ArgumentError
from debitoor_provider.services.errors import (
    AlreadyExists,
    BadAnswer,
    CredentialsRefused,
    FileRefused,
    Interrupted,
    Misconfigured,
    NotFound,
    NotSent,
    PathGone,
    PermissionMissing,
    QuotaUsedUp,
    RateLimited,
    Redirected,
    Refused,
    RejectError,
    RetryError,
    ServiceError,
    StopError,
    TooSlow,
    Unavailable,
    UnclearOutcome,
    WrongUserAgent,
)

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import (
        LedgerError,
        LedgerMisconfigured,
        LedgerOutdated,
        LedgerTooNew,
        LedgerUnavailable,
    )

__all__ = [
    "AlreadyExists",
    "ArgumentError",
    "BadAnswer",
    "CredentialsRefused",
    "FileRefused",
    "Interrupted",
    "LedgerError",
    "LedgerMisconfigured",
    "LedgerOutdated",
    "LedgerTooNew",
    "LedgerUnavailable",
    "Misconfigured",
    "NotFound",
    "NotSent",
    "PathGone",
    "PermissionMissing",
    "QuotaUsedUp",
    "RateLimited",
    "Redirected",
    "Refused",
    "RejectError",
    "RetryError",
    "ServiceError",
    "StopError",
    "TooSlow",
    "Unavailable",
    "UnclearOutcome",
    "WrongUserAgent",
]


def __getattr__(name: str) -> Any:
    """Return an error of the ledger, which few DAGs need and which takes SQLAlchemy to load."""
    if name in __all__:
        from debitoor_provider.sync import ledger

        return getattr(ledger, name)
    raise AttributeError(f"module {__name__} has no {name}")
