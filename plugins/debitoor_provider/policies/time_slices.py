"""A step releases its worker's slot from time to time, so that no other run waits for its end and a worker can stop.

Airflow sends no signal to a task whose Celery worker or scheduler is stopped: they wait for the whole task, until
their own time to stop has passed and the task is killed with them.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from airflow.sdk.exceptions import AirflowRescheduleException

from debitoor_provider.configuration import turn_seconds
from debitoor_provider.services.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.sync.steps.job import Job

REST = timedelta(seconds=30)
"""How long it stays out of the queue then: long enough for the scheduler to give its slot to who waits."""


class TimeSlice(threading.Event):
    """The event that ends a step; set automatically some time after the first document, so that every slice moves one.

    :param seconds: the time
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        self._began: float | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether Airflow terminated the step."""
        return super().is_set()

    def is_set(self) -> bool:
        """Return whether no further document may begin."""
        if self._began is None:
            self._began = monotonic()
            return self.is_stopped
        return self.is_stopped or monotonic() - self._began >= self._seconds


@contextmanager
def in_time_slices(job: Job) -> Iterator[None]:
    """Let a step work for a while only; what is left goes in its next time slice.

    A time slice is no attempt: Airflow counts none, however long the period is.

    :raises AirflowRescheduleException: when something is left
    """
    job.ending = time_slice = TimeSlice(turn_seconds())
    try:
        yield
    except Interrupted:
        if time_slice.is_stopped:
            raise
        raise AirflowRescheduleException(datetime.now(UTC) + REST) from None
