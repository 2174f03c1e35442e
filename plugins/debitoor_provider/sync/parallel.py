"""Several things at once, until all are done or going on is of no use."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from debitoor_provider.services.errors import RateLimited, RetryError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

T = TypeVar("T")

_FAILURES_IN_A_ROW = 5  # so many transient failures without a success: the service is down, not the documents


@dataclass(slots=True)
class Round:
    """What came of a round.

    :param failures: the transient failures, each of one thing
    :param given_up: whether the round ended before all had their turn
    """

    failures: list[RetryError] = field(default_factory=list)
    given_up: bool = False


def each(
    things: Collection[T],
    work: Callable[[T], None],
    *,
    parallel: int,
    tick: Callable[[], None] = lambda: None,
    every: float | None = None,
) -> Round:
    """Work on each thing, several at once.

    Ends early when a service asks to slow down, and after several transient failures in a row. What runs by then is
    waited for, what has not begun does not begin.

    :param work: raises :class:`RetryError` for a transient failure; anything else ends the round and is raised
    :param parallel: how many at the same time
    :param tick: called whenever something is done, and at least as often as told
    :param every: seconds
    """
    result = Round()
    if not things:
        return result
    in_a_row = 0
    with ThreadPoolExecutor(max_workers=min(parallel, len(things)), thread_name_prefix="sync") as pool:
        waiting: set[Future[None]] = {pool.submit(work, thing) for thing in things}
        try:
            while waiting and not result.given_up:
                done, waiting = wait(waiting, timeout=every, return_when=FIRST_COMPLETED)
                tick()
                for future in done:
                    failure = _failure_of(future)
                    in_a_row = in_a_row + 1 if failure else 0
                    if failure:
                        result.failures.append(failure)
                        result.given_up |= isinstance(failure, RateLimited) or in_a_row >= _FAILURES_IN_A_ROW
        finally:
            for future in waiting:
                future.cancel()
    return result


def postponed(failures: Collection[RetryError], total: int, deed: str) -> RetryError:
    """Tell how many of the things are left, with the longest wait that a service asked for.

    :param deed: what they are waiting for, e.g. ``moved``
    """
    worst = max(failures, key=lambda failure: failure.retry_after or 0)
    return RetryError(
        f"{len(failures)} of {total} documents could not be {deed} yet. {worst.message}",
        retry_after=worst.retry_after,
        service=worst.service,
        operation=worst.operation,
    )


def _failure_of(future: Future[None]) -> RetryError | None:
    """Give the transient failure of one thing; anything graver is raised."""
    try:
        future.result()
    except RetryError as failure:
        return failure
    return None
