"""Scheduled runs that wait for the same source with the same key are planned together."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextvars import Context, copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.runs.scheduled import plan_scheduled
from debitoor_provider.sync.steps.shared import shared_listings
from debitoor_provider.triggers.threads import in_thread

if TYPE_CHECKING:
    from debitoor_provider.runs.plan import Planned
    from debitoor_provider.runs.scheduled import Scheduled
    from debitoor_provider.sync.steps.shared import SharedListing


class _Waiting(NamedTuple):
    scheduled: Scheduled
    context: Context
    result: Future[Planned | None]


_lock = threading.Lock()
_waiting: dict[str, list[_Waiting]] = {}
"""Of each source that a thread is at work for, those who came meanwhile."""


async def plan_together(scheduled: Scheduled) -> Planned | None:
    """Plan a run in a thread, in turn with others that ask the same source; those who wait share a listing.

    Each is planned in the context of its own trigger, and what goes wrong with one concerns no other.

    :raises ServiceError: whatever went wrong at the source
    :raises LedgerError: when the ledger cannot be used
    """
    waiting = _Waiting(scheduled, copy_context(), Future())
    with _lock:
        is_first = scheduled.turn not in _waiting
        _waiting.setdefault(scheduled.turn, []).append(waiting)
    if is_first:
        in_thread(partial(_serve, scheduled.turn))
    return await asyncio.wrap_future(waiting.result)


def _serve(turn: str) -> None:
    """Plan all that wait, and those who come meanwhile, until nobody waits."""
    while True:
        with _lock:
            batch = _waiting[turn]
            if not batch:
                del _waiting[turn]
                return
            _waiting[turn] = []
        listings = shared_listings([waiting.scheduled.question for waiting in batch])
        for waiting, shared in zip(batch, listings, strict=True):
            _plan(waiting, shared)


def _plan(waiting: _Waiting, shared: SharedListing[Any] | None) -> None:
    """Plan one run, unless its trigger has ended meanwhile; its errors are its trigger's."""
    is_wanted = waiting.result.set_running_or_notify_cancel()
    try:
        planned = waiting.context.run(_planned, waiting.scheduled, shared, is_wanted=is_wanted)
    except BaseException as error:  # noqa: BLE001  the others go on
        if is_wanted:
            waiting.result.set_exception(error)
    else:
        if is_wanted:
            waiting.result.set_result(planned)


def _planned(scheduled: Scheduled, shared: SharedListing[Any] | None, *, is_wanted: bool) -> Planned | None:
    try:
        return plan_scheduled(scheduled, shared) if is_wanted else None
    finally:
        scheduled.close()
