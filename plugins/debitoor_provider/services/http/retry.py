"""When a call is sent again, after how long, and when its outcome is unclear.

The rules follow the contracts (GetMyInvoices 1.4 and 6.4, Debitoor section 10):

========================================  ======  =========  ==========
what happened                             READ    WRITE      REPEATABLE
========================================  ======  =========  ==========
asked to slow down (429)                  again   again      again
no connection, nothing was sent           again   again      again
server fault, broken off, unreadable      again   *unclear*  again
longer than its time limit                no      *unclear*  no
anything else                             no      no         no
========================================  ======  =========  ==========
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import (
    BadAnswer,
    NotSent,
    RateLimited,
    RetryError,
    ServiceError,
    TooSlow,
    Unavailable,
    UnclearOutcome,
)
from debitoor_provider.services.pacing.pacer import LONGEST_WAIT

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often and how long.

    :param slow_down: seconds before each further attempt after a 429 without a time (GetMyInvoices 1.4)
    :param fault: seconds before each further attempt after a fault
    :param longest: seconds that a call waits at most because a service asks for it, all its attempts together; a longer
        wait is left to the scheduler: the error is raised at once
    :param sleep: how to wait
    :param clock: monotonic seconds, which pass while it waits
    """

    slow_down: tuple[float, ...] = (10, 20, 40)
    fault: tuple[float, ...] = (1, 2, 4)
    longest: float = LONGEST_WAIT
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def wait(self, error: RetryError, attempt: int, waited: float = 0) -> float | None:
        """Return the seconds to wait after the attempt of this number (from 1), or ``None`` to give up.

        :param waited: seconds that were waited after the attempts before
        """
        waits = self.slow_down if isinstance(error, RateLimited) else self.fault
        if attempt > len(waits):
            return None
        requested = error.retry_after
        if requested is None:
            return waits[attempt - 1]
        return requested if waited + requested <= self.longest else None


@dataclass(frozen=True, slots=True)
class RetryRule:
    """What follows from a failed attempt.

    :param again: the errors after which the same call is sent again
    :param unclear: whether a fault may hide a success, so that it is reported as an unclear outcome
    """

    again: tuple[type[RetryError], ...]
    unclear: bool = False

    def wait(self, error: ServiceError, attempt: int, backoff: Backoff, waited: float = 0) -> float | None:
        """Return the seconds after which the call is sent again, or ``None`` when it is not.

        :param attempt: number of the attempt that failed, from 1
        :param waited: seconds that were waited after the attempts before
        """
        if isinstance(error, RetryError) and isinstance(error, self.again):
            return backoff.wait(error, attempt, waited)
        return None

    def outcome(self, error: ServiceError) -> ServiceError:
        """Return the error to raise when the call is not sent again."""
        if not self.unclear or not isinstance(error, Unavailable | BadAnswer | TooSlow) or isinstance(error, NotSent):
            return error
        unclear = UnclearOutcome(
            Message("outcome_unclear", reason=error.message),
            service=error.service,
            operation=error.operation,
            status=error.status,
            code=error.code,
            retry_after=error.retry_after,
        )
        unclear.__cause__ = error
        return unclear


READ = RetryRule(again=(RateLimited, Unavailable, BadAnswer))
REPEATABLE = READ
WRITE = RetryRule(again=(RateLimited, NotSent), unclear=True)
QUESTION = RetryRule(again=(RateLimited, NotSent))
"""A read by POST, which the contract does not let us repeat after a server fault."""
ONCE = RetryRule(again=())
"""A call that is never repeated."""
