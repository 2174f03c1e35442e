"""Scheduled runs that wait for the same source with the same key are planned together."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from contextvars import Context, copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.runs.report import tell
from debitoor_provider.runs.scheduled import plan_scheduled
from debitoor_provider.sync.steps.shared import shared_listings
from debitoor_provider.triggers.threads import in_thread

if TYPE_CHECKING:
    from debitoor_provider.runs.plan import Planned
    from debitoor_provider.runs.scheduled import Scheduled
    from debitoor_provider.sync.steps.report import Report
    from debitoor_provider.sync.steps.shared import SharedListing


class _Queued(NamedTuple):
    scheduled: Scheduled
    context: Context
    result: Future[Planned | None]


_lock = threading.Lock()
_queues: dict[str, list[_Queued]] = {}
"""Of each source that a thread is at work for, those who came in the meantime."""


async def plan_together(scheduled: Scheduled) -> Planned | None:
    """Plan a run in a thread, in turn with others that ask the same source; those who wait share a listing.

    Each is planned in the context of its own trigger, and what goes wrong with one concerns no other.

    :raises ServiceError: whatever went wrong at the source
    :raises LedgerError: when the ledger cannot be used
    :raises Exception: what kept it from being planned at all
    """
    queued = _Queued(scheduled, copy_context(), Future())
    with _lock:
        is_first = scheduled.lock_key not in _queues
        _queues.setdefault(scheduled.lock_key, []).append(queued)
    if is_first:
        try:
            in_thread(partial(_serve, scheduled.lock_key))
        except Exception as error:  # noqa: BLE001  of all who wait by now
            with _lock:
                batch = _queues.pop(scheduled.lock_key)
            _fail(batch, error)
    return await asyncio.wrap_future(queued.result)


def _serve(lock_key: str) -> None:
    """Plan all that wait, and those who come in the meantime, until none is left."""
    while batch := _next(lock_key):
        try:
            listings = shared_listings([queued.scheduled.list_request for queued in batch])
            for queued, shared in zip(batch, listings, strict=True):
                _plan(queued, shared)
        except BaseException as error:  # noqa: BLE001  those who come in the meantime are planned anyway
            _fail(batch, error)


def _next(lock_key: str) -> list[_Queued]:
    """Return those who wait; when there are none, the next one who comes needs a thread of its own."""
    with _lock:
        batch = _queues.pop(lock_key)
        if batch:
            _queues[lock_key] = []
        return batch


def _fail(batch: list[_Queued], error: BaseException) -> None:
    """Let the triggers whose runs have not been planned have an error."""
    for queued in batch:
        with suppress(InvalidStateError):  # it was planned, or its trigger has ended
            queued.result.set_exception(_harmless(error))
        _close(queued)


def _harmless(error: BaseException) -> Exception:
    """Return an error as one that ends its trigger only: ``SystemExit`` would end the event loop of all."""
    return error if isinstance(error, Exception) else RuntimeError(repr(error))


def _plan(queued: _Queued, shared: SharedListing[Any] | None) -> None:
    """Plan one run, unless its trigger has ended in the meantime; its errors are its trigger's."""
    scheduled = queued.scheduled
    if not queued.result.set_running_or_notify_cancel():
        _close(queued)
        return
    try:
        planned, report = queued.context.run(plan_scheduled, scheduled, shared)
    except BaseException as error:  # noqa: BLE001  the others continue
        _close(queued)
        queued.result.set_exception(_harmless(error))
        return
    end = partial(_end, queued, planned, report)
    if report and scheduled.job.account.notify:
        in_thread(end)  # the others need not wait for a mail server
    else:
        end()


def _end(queued: _Queued, planned: Planned | None, report: Report | None) -> None:
    """Tell the account's people of a report, if there is one, and let the trigger have the plan."""
    try:
        if report:
            queued.context.run(tell, queued.scheduled.job, report)
    finally:
        _close(queued)
        queued.result.set_result(planned)


def _close(queued: _Queued) -> None:
    with suppress(Exception):
        queued.context.run(queued.scheduled.close)
