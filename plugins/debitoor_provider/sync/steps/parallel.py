"""Several items at once, until all are done or going on is of no use."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Interrupted, RateLimited, RetryError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_FAILURES_IN_A_ROW = 5  # so many transient failures without a success: the service is down, not the documents


class SizedIterable(Protocol[T_co]):
    """Any number of items, which are made or read as they are needed."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[T_co]: ...


class ParallelRun(Generic[T]):
    """One go at several items.

    :param items: to be worked on; asked for the next one by one thread at a time
    :param work: raises :class:`RetryError` for a transient failure; anything else is grave and ends it
    :param ending: once it is set, nothing more begins; what did not begin is ``left``
    """

    def __init__(self, items: SizedIterable[T], work: Callable[[T], None], ending: threading.Event) -> None:
        self.failures: list[RetryError] = []
        self.given_up = False
        self.grave: BaseException | None = None
        self.left = len(items)
        """How many were not begun."""
        self._items = iter(items)
        self._work = work
        self._ending = ending
        self._in_a_row = 0
        self._any_begun = False
        self._asking = threading.Lock()
        self._lock = threading.Lock()

    def go(self) -> None:
        """Take one item after the other until there is none, or this is over. For any number of threads."""
        while some := self._next():
            self._take(*some)

    def _next(self) -> tuple[T] | tuple[()]:
        with self._asking:
            if self._any_begun and self._is_over():  # the first begins in any case, see policies/time_slices
                return ()
            try:
                item = next(self._items)
            except StopIteration:
                self.left = 0
                return ()
            except BaseException as error:  # noqa: BLE001 raised when all threads are through
                self._end(error)
                return ()
            if self._is_over():
                return ()
            self._any_begun = True
            self.left -= 1
            return (item,)

    def _is_over(self) -> bool:
        return self.given_up or self._ending.is_set()

    def _take(self, item: T) -> None:
        try:
            self._work(item)
        except RetryError as failure:
            self._note(failure)
        except BaseException as error:  # noqa: BLE001 raised when all threads are through
            self._end(error)
        else:
            self._in_a_row = 0

    def _end(self, error: BaseException) -> None:
        self.given_up = True
        self.grave = self.grave or error

    def _note(self, failure: RetryError) -> None:
        with self._lock:
            self.failures.append(failure)
            self._in_a_row += 1
            self.given_up |= isinstance(failure, RateLimited) or self._in_a_row >= _FAILURES_IN_A_ROW


def each(
    items: SizedIterable[T],
    work: Callable[[T], None],
    *,
    parallel: int,
    tick: Callable[[], None] = lambda: None,
    every: float | None = None,
    ending: threading.Event | None = None,
) -> ParallelRun[T]:
    """Work on each item, several at once; return the transient failures and whether it was given up.

    It is given up when a service asks to slow down, after several transient failures in a row, and when the process is
    asked to end. What runs by then is waited for, what has not begun does not begin.

    :param parallel: how many at the same time
    :param tick: called every so often while the work continues
    :param every: seconds
    :param ending: set when the process is to end
    :raises Interrupted: when the process is to end and not everything was begun
    :raises Exception: what one of them raised, when that is no transient failure
    """
    this = ParallelRun(items, work, ending or threading.Event())
    if not items:
        return this
    threads = min(parallel, len(items))
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
        raise Interrupted(Message("task_interrupted", count=this.left, total=len(items)))
    return this


def postponed(failures: Collection[RetryError], total: int, deed: str) -> RetryError:
    """Return how many of the items are left, with the longest wait that a service asked for.

    :param deed: what they are waiting for, e.g. ``moved``
    """
    worst = max(failures, key=lambda failure: failure.retry_after or 0)
    return RetryError(
        Message(f"documents_not_{deed}", count=len(failures), total=total, reason=worst.message),
        retry_after=worst.retry_after,
        service=worst.service,
        operation=worst.operation,
    )
