"""Who may wait gives its worker's slot back now and then, so that nobody waits for the end of a long period."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from airflow.sdk.exceptions import AirflowRescheduleException

from debitoor_provider.configuration import turn_seconds
from debitoor_provider.services.errors import ToldToEnd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.operators.exchange import Exchange

REST = timedelta(seconds=30)
"""How long it stays out of the queue then: long enough for the scheduler to give its slot to who waits."""


@contextmanager
def in_turns(exchange: Exchange) -> Iterator[None]:
    """Let a patient step work for a while only; what is left goes in its next turn.

    A turn is no try: Airflow counts none, however long the period is.

    :raises AirflowRescheduleException: when something is left
    """
    if not exchange.patient:
        yield
        return
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        exchange.ending.set()

    timer = threading.Timer(turn_seconds(), end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except ToldToEnd:
        if not is_over.is_set():
            raise
        raise AirflowRescheduleException(datetime.now(UTC) + REST) from None  # type: ignore[no-untyped-call]
    finally:
        timer.cancel()
