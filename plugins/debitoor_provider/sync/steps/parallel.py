"""Several things at once, until all are done or going on is of no use."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Generic, TypeVar

from debitoor_provider.messages import Message
from debitoor_provider.services.http.errors import Interrupted, RateLimited, RetryError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

T = TypeVar("T")

_FAILURES_IN_A_ROW = 5  # so many transient failures without a success: the service is down, not the documents


class Round(Generic[T]):
    """One go at several things.

    :param things: to be worked on
    :param work: raises :class:`RetryError` for a transient failure; anything else is grave and ends the round
    :param ending: once it is set, nothing more begins; what did not begin is ``left``
    """

    def __init__(self, things: Iterable[T], work: Callable[[T], None], ending: threading.Event) -> None:
        self.failures: list[RetryError] = []
        self.given_up = False
        self.grave: BaseException | None = None
        self._things = deque(things)
        self._work = work
        self._ending = ending
        self._in_a_row = 0
        self._lock = threading.Lock()

    @property
    def left(self) -> int:
        """How many were not begun."""
        return len(self._things)

    def go(self) -> None:
        """Take one thing after the other until there is none, or the round is over. For any number of threads."""
        while not (self.given_up or self._ending.is_set()):
            try:
                thing = self._things.popleft()
            except IndexError:
                return
            self._take(thing)

    def _take(self, thing: T) -> None:
        try:
            self._work(thing)
        except RetryError as failure:
            self._note(failure)
        except BaseException as error:  # noqa: BLE001 raised when all threads are through
            self.given_up = True
            self.grave = self.grave or error
        else:
            self._in_a_row = 0

    def _note(self, failure: RetryError) -> None:
        with self._lock:
            self.failures.append(failure)
            self._in_a_row += 1
            self.given_up |= isinstance(failure, RateLimited) or self._in_a_row >= _FAILURES_IN_A_ROW


def each(
    things: Collection[T],
    work: Callable[[T], None],
    *,
    parallel: int,
    tick: Callable[[], None] = lambda: None,
    every: float | None = None,
    ending: threading.Event | None = None,
) -> Round[T]:
    """Work on each item, several at once; return the transient failures and whether the round was given up.

    It is given up when a service asks to slow down, after several transient failures in a row, and when the process is
    asked to end. What runs by then is waited for, what has not begun does not begin.

    :param parallel: how many at the same time
    :param tick: called every so often while the work continues
    :param every: seconds
    :param ending: set when the process is to end
    :raises Interrupted: when the process is to end and not everything was begun
    :raises Exception: what one of them raised, when that is no transient failure
    """
    this = Round(things, work, ending or threading.Event())
    if not things:
        return this
    threads = min(parallel, len(things))
    with ThreadPoolExecutor(threads, "sync") as pool:
        at_work = {pool.submit(this.go) for _ in range(threads)}
        try:
            while at_work := wait(at_work, timeout=every).not_done:
                tick()
        except BaseException:
            this.given_up = True
            raise
    if this.grave:
        raise this.grave
    if this.left and not this.given_up:
        raise Interrupted(Message("task_interrupted", count=this.left, total=len(things)))
    return this


def postponed(failures: Collection[RetryError], total: int, deed: str) -> RetryError:
    """Return how many of the things are left, with the longest wait that a service asked for.

    :param deed: what they are waiting for, e.g. ``moved``
    """
    worst = max(failures, key=lambda failure: failure.retry_after or 0)
    return RetryError(
        Message(f"documents_not_{deed}", count=len(failures), total=total, reason=worst.message),
        retry_after=worst.retry_after,
        service=worst.service,
        operation=worst.operation,
    )
