"""When a call is sent again, after how long, and when its outcome is unclear.

The rules follow the contracts (GetMyInvoices 1.4 and 6.4, Debitoor section 10):

========================================  ======  =========  ==========
what happened                             READ    WRITE      REPEATABLE
========================================  ======  =========  ==========
asked to slow down (429)                  again   again      again
no connection, nothing was sent           again   again      again
server fault, broken off, unreadable      again   *unclear*  again
anything else                             no      no         no
========================================  ======  =========  ==========
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from debitoor_provider.services.http.errors import (
    BadAnswer,
    NotSent,
    RateLimited,
    RetryError,
    Unavailable,
    UnclearOutcome,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenacity import RetryCallState

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which failures of a call are worth another attempt.

    :param again: the errors after which the same call is sent again
    :param unclear: whether a fault may hide a success, so that it is reported as an unclear outcome
    """

    again: tuple[type[RetryError], ...]
    unclear: bool = False


READ = Rule(again=(RateLimited, Unavailable, BadAnswer))
REPEATABLE = READ
WRITE = Rule(again=(RateLimited, NotSent), unclear=True)
QUESTION = Rule(again=(RateLimited, NotSent))
"""A read that is asked with POST, which the contract does not let us repeat after a server fault."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often and how long.

    :param slow_down: seconds before each further attempt after a 429 without a time (GetMyInvoices 1.4)
    :param fault: seconds before each further attempt after a fault
    :param longest: a service that asks for a longer wait gets it from the scheduler: the error is raised at once
    :param sleep: how to wait
    :param clock: monotonic seconds, which pass while it waits
    """

    slow_down: tuple[float, ...] = (10, 20, 40)
    fault: tuple[float, ...] = (1, 2, 4)
    longest: float = 60
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def wait(self, error: BaseException | None, attempt: int) -> float | None:
        """Return the seconds to wait after the attempt of this number (from 1), or ``None`` to give up."""
        waits = self.slow_down if isinstance(error, RateLimited) else self.fault
        if not isinstance(error, RetryError) or attempt > len(waits):
            return None
        asked = error.retry_after
        if asked is None:
            return waits[attempt - 1]
        return asked if asked <= self.longest else None


def with_retries(call: Callable[[], T], rule: Rule, backoff: Backoff) -> T:
    """Make a call as often as its rule allows.

    :raises UnclearOutcome: when the rule says that a fault may hide a success
    :raises ServiceError: the last error otherwise
    """
    try:
        return _clear(call, rule)
    except rule.again as error:
        failed = [error]
    # Almost every call succeeds at once, and what follows costs more than the rest of it.
    from tenacity import Retrying, retry_if_exception_type

    def attempt() -> T:
        if failed:
            raise failed.pop()  # the first one's turn is over
        return _clear(call, rule)

    def seconds(state: RetryCallState) -> float | None:
        return backoff.wait(state.outcome.exception() if state.outcome else None, state.attempt_number)

    def announce(state: RetryCallState) -> None:
        log.info("%s Next attempt in %.0f s.", state.outcome and state.outcome.exception(), state.upcoming_sleep)

    retrying = Retrying(
        retry=retry_if_exception_type(rule.again),
        wait=lambda state: seconds(state) or 0.0,
        stop=lambda state: seconds(state) is None,
        before_sleep=announce,
        sleep=backoff.sleep,
        reraise=True,
    )
    return retrying(attempt)


def _clear(call: Callable[[], T], rule: Rule) -> T:
    try:
        return call()
    except (Unavailable, BadAnswer) as fault:
        if not rule.unclear or isinstance(fault, NotSent):
            raise
        raise UnclearOutcome(
            f"{fault.message} Whether it was carried out is not known.",
            service=fault.service,
            operation=fault.operation,
            status=fault.status,
            code=fault.code,
            retry_after=fault.retry_after,
        ) from fault
