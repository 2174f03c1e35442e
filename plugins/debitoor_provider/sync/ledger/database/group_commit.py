"""Group commit: short transactions of several threads are committed as one.

Beginning and committing costs SQLite as much as the rest of a document's step, so steps that arrive while one is being
committed are carried out together in the next transaction. Each thread continues when its own step is committed.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from debitoor_provider.sync.ledger.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager


C = TypeVar("C")
T = TypeVar("T")


class _Step(Generic[C, T]):
    """The work of one thread, and its result or error."""

    def __init__(self, work: Callable[[C], T]) -> None:
        self.done = False
        self._work = work
        self._result: T | None = None
        self._error: Exception | None = None

    def take(self, transaction: C) -> None:
        """Do the work; a :class:`LedgerError` concerns this step alone, since nothing was written."""
        self._error = None
        try:
            self._result = self._work(transaction)
        except LedgerError as error:
            self._error = error

    def fail(self, error: Exception) -> None:
        self._error, self.done = error, True

    def outcome(self) -> T:
        if self._error is not None:
            raise self._error
        return cast("T", self._result)


class GroupCommit(Generic[C]):
    """Carries out the steps of many threads.

    :param transaction: opens a transaction and commits it at the end
    """

    def __init__(self, transaction: Callable[[], AbstractContextManager[C]]) -> None:
        self._transaction = transaction
        self._gathered: deque[_Step[C, Any]] = deque()
        self._turn = threading.Lock()

    def run(self, work: Callable[[C], T]) -> T:
        """Do the work in a transaction and return its result after the commit.

        :param work: raises :class:`LedgerError` only before it has written anything
        """
        step = _Step(work)
        self._gathered.append(step)
        with self._turn:
            if not step.done:  # otherwise the previous thread has done it together with its own
                self._carry_out(step)
        return step.outcome()

    def _carry_out(self, own: _Step[C, Any]) -> None:
        steps: list[_Step[C, Any]] = []
        try:
            with self._transaction() as transaction:
                while gathered := self._take_gathered():  # each thread waits with one step, so there is an end
                    steps += gathered
                    for step in gathered:
                        step.take(transaction)
        except Exception as error:  # noqa: BLE001 raised by the step's own thread
            if len(steps) > 1:  # one of them failed: the others must not fail with it
                for step in steps:
                    self._carry_out_alone(step)
            else:  # no transaction could begin: the waiting steps need not try that again
                for step in steps or self._take_gathered():
                    step.fail(error)
        except BaseException:  # this thread is being ended: the others carry out their own steps
            steps = steps or self._take_gathered()
            self._gathered.extendleft(step for step in reversed(steps) if step is not own)
            raise
        else:
            for step in steps:
                step.done = True

    def _take_gathered(self) -> list[_Step[C, Any]]:
        return [self._gathered.popleft() for _ in range(len(self._gathered))]

    def _carry_out_alone(self, step: _Step[C, Any]) -> None:
        try:
            with self._transaction() as transaction:
                step.take(transaction)
        except Exception as error:  # noqa: BLE001 raised by the step's own thread
            step.fail(error)
        else:
            step.done = True
