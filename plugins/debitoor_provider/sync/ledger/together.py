"""Short transactions of several threads committed as one: while one is written down, the next ones gather.

To begin and to commit takes SQLite as long as all else of a document's step. Each thread goes on when its own step is
on the disk, as if it had been alone.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from debitoor_provider.sync.ledger.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Connection

    Transaction = Callable[[], AbstractContextManager[Connection]]

T = TypeVar("T")


class _Step(Generic[T]):
    """What one thread wants to be written down, and what came of it."""

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self.done = False
        self._work = work
        self._result: T | None = None
        self._error: Exception | None = None

    def take(self, connection: Connection) -> None:
        """Do the work; an error of the ledger's own is the step's alone, since nothing was written then."""
        self._error = None
        try:
            self._result = self._work(connection)
        except LedgerError as error:
            self._error = error

    def fail(self, error: Exception) -> None:
        self._error, self.done = error, True

    def outcome(self) -> T:
        if self._error is not None:
            raise self._error
        return cast("T", self._result)


class Together:
    """Carries out the steps of many threads.

    :param transaction: begins one and commits it at the end
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._gathered: deque[_Step[Any]] = deque()
        self._turn = threading.Lock()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do the work in a transaction and return its result once that is committed.

        :param work: raises :class:`LedgerError` without having written anything
        """
        step = _Step(work)
        self._gathered.append(step)
        with self._turn:
            if not step.done:  # otherwise the thread before has done it along with its own
                self._carry_out(step)
        return step.outcome()

    def _carry_out(self, own: _Step[Any]) -> None:
        steps: list[_Step[Any]] = []
        try:
            with self._transaction() as connection:
                steps += self._take_gathered()
                for step in steps:
                    step.take(connection)
        except Exception as error:  # noqa: BLE001 whose it is raises it
            if len(steps) > 1:  # one of them is to blame: the others are not to suffer for it
                for step in steps:
                    self._carry_out_alone(step)
            else:  # when not even a transaction can begin, nobody has to find that out again
                for step in steps or self._take_gathered():
                    step.fail(error)
        except BaseException:  # this thread is ended: the others do theirs themselves
            steps = steps or self._take_gathered()
            self._gathered.extendleft(step for step in reversed(steps) if step is not own)
            raise
        else:
            for step in steps:
                step.done = True

    def _take_gathered(self) -> list[_Step[Any]]:
        return [self._gathered.popleft() for _ in range(len(self._gathered))]

    def _carry_out_alone(self, step: _Step[Any]) -> None:
        try:
            with self._transaction() as connection:
                step.take(connection)
        except Exception as error:  # noqa: BLE001 its own thread raises it
            step.fail(error)
        else:
            step.done = True
